public import CNBCore
public import TOML

/// `<layers>/config/metadata.toml`: what the build made of the group, for the exporter and the launcher.
public struct BuildMetadata: Equatable, Sendable {
    /// The bill of materials of old buildpacks; empty from Platform API 0.9, which has files for it.
    public var bom: [BOMEntry]
    /// The group's buildpacks.
    public var buildpacks: [GroupElement]
    /// The group's image extensions.
    public var extensions: [GroupElement]
    /// Labels for the app image, in the order of the buildpacks; the last of a name counts.
    public var labels: [ImageLabel]
    /// The processes by type, in bytewise order of the types.
    public var processes: [ProcessEntry]
    /// Parts of the app directory that become layers of their own.
    public var slices: [Slice]
    /// The type of the process that the buildpacks want to be the default; empty when there is none.
    public var defaultProcessType: String

    /// Makes the metadata of a build.
    public init(
        bom: [BOMEntry] = [],
        buildpacks: [GroupElement] = [],
        extensions: [GroupElement] = [],
        labels: [ImageLabel] = [],
        processes: [ProcessEntry] = [],
        slices: [Slice] = [],
        defaultProcessType: String = ""
    ) {
        self.bom = bom
        self.buildpacks = buildpacks
        self.extensions = extensions
        self.labels = labels
        self.processes = processes
        self.slices = slices
        self.defaultProcessType = defaultProcessType
    }
}

extension BuildMetadata: TOMLReadable {
    /// Reads a metadata.toml of any Platform API.
    public init(toml: TOMLTable) throws(TOMLError) {
        self.init(
            bom: try toml.values("bom"),
            buildpacks: try toml.values("buildpacks"),
            extensions: try toml.values("extensions"),
            labels: try toml.values("labels"),
            processes: try toml.values("processes"),
            slices: try toml.values("slices"),
            defaultProcessType: try toml.string("buildpack-default-process-type") ?? ""
        )
    }

    /// Writes metadata.toml, with the directories above it if they are missing.
    ///
    /// - Parameters:
    ///   - path: The file's path.
    ///   - platformAPI: The Platform API, on which the form of commands depends.
    /// - Throws: ``BuildpackModelError/file(_:)``.
    public func write(_ path: String, platformAPI: PlatformAPI) throws(BuildpackModelError) {
        try TOMLFile.write(path, text: text(platformAPI: platformAPI))
    }
}

// MARK: - The text

extension BuildMetadata {
    /// The contents of metadata.toml, byte for byte as the reference writes them: the file is part of an image layer.
    ///
    /// Commands are not quoted as TOML does it but as Go's JSON does, so the processes are written here.
    ///
    /// - Parameter platformAPI: The Platform API, on which the form of commands depends.
    /// - Returns: The file's text.
    public func text(platformAPI: PlatformAPI) -> String {
        var head = TOMLTable()
        if processes.isEmpty { head.set("processes", []) }
        head.setUnlessEmpty("buildpack-default-process-type", defaultProcessType)
        head.setUnlessEmpty("bom", bom)
        head.setUnlessEmpty("buildpacks", buildpacks)
        head.setUnlessEmpty("extensions", extensions.withoutImpliedFields)
        head.setUnlessEmpty("labels", labels)
        var tail = TOMLTable()
        tail.setUnlessEmpty("slices", slices)

        var sections = [TOMLWriter.write(head)]
        sections += processes.map { $0.section(platformAPI: platformAPI) }
        sections.append(TOMLWriter.write(tail))
        return sections.filter { !$0.isEmpty }.joined(separator: "\n")
    }
}

extension ProcessEntry {
    /// The process as an element of `[[processes]]`.
    fileprivate func section(platformAPI: PlatformAPI) -> String {
        let process = adapted(to: platformAPI)
        let quoted = process.command.map(goJSONString)
        let command =
            platformAPI.supports(.commandArrays) ? "[\(quoted.joined(separator: ", "))]" : quoted.first ?? "\"\""
        var rest = TOMLTable()
        if let args = process.args { rest.set("args", .array(TOMLArray(strings: args))) }
        rest.set("direct", .boolean(process.isDirect))
        if process.isDefault { rest.set("default", true) }
        rest.set("buildpack-id", .string(process.buildpackID))
        rest.setUnlessEmpty("working-dir", process.workingDirectory)
        if !process.execEnvironments.isEmpty {
            rest.set("exec-env", .array(TOMLArray(strings: process.execEnvironments)))
        }
        let lines = [
            TOMLWriter.write(["type": .string(process.type)]), "command = \(command)\n", TOMLWriter.write(rest),
        ]
        return "[[processes]]\n" + lines.joined().split(separator: "\n").map { "  \($0)\n" }.joined()
    }
}

/// A string as Go's `json.Marshal` quotes it, which is also a TOML string.
private func goJSONString(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": quoted += "\\\""
        case "\\": quoted += "\\\\"
        case "\u{8}": quoted += "\\b"
        case "\u{C}": quoted += "\\f"
        case "\n": quoted += "\\n"
        case "\r": quoted += "\\r"
        case "\t": quoted += "\\t"
        case "<", ">", "&", "\u{0}"..."\u{1F}", "\u{2028}", "\u{2029}": quoted += escape(scalar)
        // JSON may hold a delete character as it is, TOML may not.
        case "\u{7F}": quoted += escape(scalar)
        default: quoted.unicodeScalars.append(scalar)
        }
    }
    return quoted + "\""
}

/// A scalar below 0x10000 as `\uXXXX`.
private func escape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    return "\\u" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
}
