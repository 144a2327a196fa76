import POSIX
import TOML

/// What the judge needs of a buildpack's descriptor.
struct Descriptor {
    /// A Buildpack API, as far as the judge knows them: 0.7 to 0.12.
    struct API: Comparable {
        let minor: Int

        static func < (left: API, right: API) -> Bool { left.minor < right.minor }
    }

    /// A system that the buildpack runs on.
    struct Target {
        var os = "linux"
        var arch = ""
        var variant = ""
        var distroName = ""
        var distroVersion = ""
    }

    let directory: String
    let id: String
    let version: String
    let api: API
    let sbomFormats: [String]
    let isComposite: Bool
    /// The first target for Linux.
    let target: Target
    /// Whether it is not to see the platform's variables.
    let clearsEnvironment: Bool

    /// The name of the buildpack's directory below `/cnb/buildpacks` and `/layers`.
    var directoryName: String { String(id.map { $0 == "/" ? "_" : $0 }) }
}

/// Checks buildpack.toml and the executables.
struct DescriptorCheck {
    let directory: String

    private static let file = "buildpack.toml"
    private static let reservedIDs = ["app", "config", "generated", "sbom"]
    static let sbomMediaTypes = [
        "cdx": "application/vnd.cyclonedx+json", "spdx": "application/spdx+json",
        "syft": "application/vnd.syft+json",
    ]
    private static let systems = [
        "aix", "android", "darwin", "dragonfly", "freebsd", "illumos", "ios", "js", "linux", "netbsd", "openbsd",
        "plan9", "solaris", "wasip1", "windows",
    ]
    private static let architectures = [
        "386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le",
        "riscv64", "s390x", "wasm",
    ]

    private static let group: [String: Shape] = [
        "id": .string, "version": .string, "optional": .boolean, "exec-env": .strings,
    ]
    private static let shape: [String: Shape] = [
        "api": .string,
        "buildpack": .table([
            "id": .string, "name": .string, "version": .string, "homepage": .string, "clear-env": .boolean,
            "description": .string, "keywords": .strings, "sbom-formats": .strings,
            "licenses": .tables(["type": .string, "uri": .string]),
            // An array of strings is what lifecycles have read from the beginning.
            "exec-env": .either(.strings, .tables(["name": .string])),
        ]),
        "order": .tables(["group": .tables(group)]),
        "targets": .tables([
            "os": .string, "arch": .string, "variant": .string,
            "distros": .tables(["name": .string, "version": .string]),
        ]),
        "stacks": .tables(["id": .string, "mixins": .strings]),
        "metadata": .freeTable,
    ]

    /// Reads and checks everything.
    /// - Parameter findings: Takes what is wrong.
    /// - Returns: The descriptor; nil when the buildpack can't be run with it.
    func run(_ findings: inout Findings) -> Descriptor? {
        let path = Path.join(directory, Self.file)
        guard FileSystem.exists(path) else {
            findings.add(.descriptorMissing, Self.file, "there is no such file in \(directory)")
            return nil
        }
        let bytes = try? FileSystem.readFile(path)
        guard let table = ShapeCheck.parse(bytes, as: Self.file, .descriptorSyntax, &findings) else { return nil }
        ShapeCheck(file: Self.file, typeRule: .descriptorType, unknownKeyRule: .descriptorUnknownKey)
            .check(table, Self.shape, &findings)
        let info = table["buildpack"]?.tableValue ?? TOMLTable()
        let api = checkAPI(table, &findings)
        let id = checkID(info, &findings)
        let version = checkVersion(info, &findings)
        checkInformation(info, &findings)
        let isComposite = !table.subtables("order").isEmpty
        checkOrder(table, &findings)
        checkTargets(table, api, isComposite: isComposite, &findings)
        let canRun = checkExecutables(isComposite: isComposite, &findings)
        guard let api, let id, let version, canRun else { return nil }
        return Descriptor(
            directory: directory,
            id: id,
            version: version,
            api: api,
            sbomFormats: info.texts("sbom-formats").map(Self.essence),
            isComposite: isComposite,
            target: Self.target(of: table),
            clearsEnvironment: info["clear-env"] == .boolean(true)
        )
    }

    /// A media type without its parameters.
    private static func essence(_ mediaType: String) -> String {
        String(mediaType.prefix { $0 != ";" }.filter { $0 != " " })
    }

    // MARK: Identity

    private func checkAPI(_ table: TOMLTable, _ findings: inout Findings) -> Descriptor.API? {
        guard let text = table.text("api") else {
            if table["api"] == nil { findings.add(.apiMissing, Self.file, "there is no api") }
            return nil
        }
        let line = table.line("api")
        let numbers = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(numbers.count), numbers.allSatisfy({ $0.isDecimal && UInt64($0) != nil }) else {
            findings.add(.apiFormat, Self.file, line: line, "\"\(text)\" is no version of the Buildpack API")
            return nil
        }
        guard numbers.count == 2, UInt64(numbers[0]) == 0, let minor = Int(numbers[1]), (7...12).contains(minor) else {
            findings.add(.apiUnsupported, Self.file, line: line, "Buildpack API \(text) is not supported")
            return nil
        }
        return Descriptor.API(minor: minor)
    }

    private func checkID(_ info: TOMLTable, _ findings: inout Findings) -> String? {
        guard let id = info.text("id"), !id.isEmpty else {
            if info["id"].map({ $0.stringValue != nil }) ?? true {
                findings.add(.idMissing, Self.file, "there is no id")
            }
            return nil
        }
        let line = info.line("id")
        guard id.consistsOfLettersDigits(and: "./-") else {
            findings.add(.idFormat, Self.file, line: line, "the id \"\(id)\" has other characters than are allowed")
            return nil
        }
        guard !Self.reservedIDs.contains(id) else {
            findings.add(.idReserved, Self.file, line: line, "the id \"\(id)\" is a name of the lifecycle's own")
            return nil
        }
        return id
    }

    private func checkVersion(_ info: TOMLTable, _ findings: inout Findings) -> String? {
        guard let version = info.text("version"), !version.isEmpty else {
            if info["version"].map({ $0.stringValue != nil }) ?? true {
                findings.add(.versionMissing, Self.file, "there is no version")
            }
            return nil
        }
        let numbers = version.split(separator: ".", omittingEmptySubsequences: false)
        let isValid = numbers.count == 3 && numbers.allSatisfy { $0.isDecimal && ($0 == "0" || !$0.hasPrefix("0")) }
        guard isValid else {
            findings.add(
                .versionFormat,
                Self.file,
                line: info.line("version"),
                "the version \"\(version)\" is not <X>.<Y>.<Z>"
            )
            return nil
        }
        return version
    }

    private func checkInformation(_ info: TOMLTable, _ findings: inout Findings) {
        for license in info.subtables("licenses") where license["type"] == nil && license["uri"] == nil {
            findings.add(.licenseIncomplete, Self.file, line: license.line(), "a license has neither type nor uri")
        }
        let line = info.line("exec-env")
        for text in info.texts("exec-env") + info.subtables("exec-env").map({ $0.text("name") ?? "" })
        where text.isEmpty || text.contains("/") {
            findings.add(.execEnvName, Self.file, line: line, "\"\(text)\" is no execution environment")
        }
        for format in info.texts("sbom-formats") where !Self.sbomMediaTypes.values.contains(Self.essence(format)) {
            findings.add(
                .sbomFormatUnknown,
                Self.file,
                line: info.line("sbom-formats"),
                "\"\(format)\" is no known media type"
            )
        }
    }

    // MARK: What it runs on, and with

    private func checkOrder(_ table: TOMLTable, _ findings: inout Findings) {
        for member in table.subtables("order").flatMap({ $0.subtables("group") })
        where member.text("id")?.isEmpty ?? true || member.text("version")?.isEmpty ?? true {
            findings.add(
                .orderReference,
                Self.file,
                line: member.line(),
                "a member of a group lacks its id or its version"
            )
        }
    }

    private func checkTargets(
        _ table: TOMLTable,
        _ api: Descriptor.API?,
        isComposite: Bool,
        _ findings: inout Findings
    ) {
        for target in table.subtables("targets") {
            for (key, names) in [("os", Self.systems), ("arch", Self.architectures)] {
                guard let name = target.text(key), !name.isEmpty, !names.contains(name) else { continue }
                findings.add(.targetInvalid, Self.file, line: target.line(key), "\"\(name)\" is no \(key) that Go has")
            }
        }
        let stacks = table.subtables("stacks")
        let isOld = api.map { $0.minor < 10 } ?? false
        if !stacks.isEmpty, !isOld {
            let message = "[[stacks]] is deprecated since Buildpack API 0.10"
            findings.add(.stacksDeprecated, Self.file, line: table.line("stacks"), message)
        }
        for stack in stacks {
            let id = stack.text("id") ?? ""
            guard id.isEmpty || isComposite || (id == "*" && !stack.texts("mixins").isEmpty) else { continue }
            let message =
                id.isEmpty
                ? "a stack has no id" : isComposite ? "a composite buildpack has stacks" : "the stack * has mixins"
            findings.add(.stackInvalid, Self.file, line: stack.line(), message)
        }
        if table.subtables("targets").isEmpty, stacks.isEmpty, !isComposite, !isOld {
            findings.add(.targetsMissing, Self.file, "there are no [[targets]]; tools assume Linux of any architecture")
        }
    }

    private static func target(of table: TOMLTable) -> Descriptor.Target {
        var result = Descriptor.Target()
        guard let found = table.subtables("targets").first(where: { ["linux", nil].contains($0.text("os")) }) else {
            return result
        }
        result.arch = found.text("arch") ?? ""
        result.variant = found.text("variant") ?? ""
        let distro = found.subtables("distros").first
        result.distroName = distro?.text("name") ?? ""
        result.distroVersion = distro?.text("version") ?? ""
        return result
    }

    private func checkExecutables(isComposite: Bool, _ findings: inout Findings) -> Bool {
        var canRun = true
        for name in ["bin/detect", "bin/build"] {
            let path = Path.join(directory, name)
            if isComposite {
                guard FileSystem.exists(path) else { continue }
                findings.add(.orderWithExecutables, name, "a buildpack with an order has no executables")
                canRun = false
            } else if (try? FileSystem.status(path)).map({ !$0.isRegular || !$0.mode.isExecutable }) ?? true {
                let state = FileSystem.exists(path) ? "is not executable" : "is missing"
                findings.add(.executableMissing, name, "\(name) \(state)")
                canRun = false
            }
        }
        return canRun
    }
}
