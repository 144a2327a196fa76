import CNBCore
import Console
import JSON
import POSIX
import PlatformModel

/// The target that buildpacks are run for: that of the run image, completed where the image does not say.
struct BuildTarget: Sendable {
    /// What analyzed.toml says about the run image.
    let analyzed: RunImageTarget

    /// Where to look for the distribution when the image doesn't name one: the build image's own.
    var osReleasePath = "/etc/os-release"

    /// Takes the target from analyzed.toml.
    init(_ analysis: AnalysisMetadata) {
        analyzed = analysis.runImage?.target ?? RunImageTarget()
    }

    /// The target with operating system, architecture and distribution filled in if there is no distribution.
    ///
    /// - Parameter logger: Is told that the distribution has to be looked for.
    /// - Returns: The target.
    func completed(logger: Logger) -> RunImageTarget {
        guard analyzed.distribution == nil else { return analyzed }
        logger.info("target distro name/version labels not found, reading /etc/os-release file")
        var target = analyzed
        if target.os.isEmpty { target.os = "linux" }
        if target.arch.isEmpty { target.arch = Self.ownArchitecture }
        target.distribution = distributionOfBuildImage(logger: logger)
        return target
    }

    private func distributionOfBuildImage(logger: Logger) -> RunImageTarget.Distribution? {
        guard FileSystem.isRegularFile(osReleasePath) else { return nil }
        do {
            return Self.distribution(osRelease: try FileSystem.readText(osReleasePath, limit: FileLimit.systemFile))
        } catch {
            logger.warn("Encountered error trying to read /etc/os-release file: \(error)")
            return nil
        }
    }

    /// The distribution that an os-release file names, or nil if it has neither name nor version.
    static func distribution(osRelease text: String) -> RunImageTarget.Distribution? {
        let values = OSRelease(text).values
        let distribution = RunImageTarget.Distribution(name: values["ID"] ?? "", version: values["VERSION_ID"] ?? "")
        return distribution.name.isEmpty && distribution.version.isEmpty ? nil : distribution
    }

    /// The architecture that this program is built for, in Go's naming.
    static var ownArchitecture: String {
        #if arch(x86_64)
        "amd64"
        #elseif arch(arm64)
        "arm64"
        #else
        ""
        #endif
    }
}

extension RunImageTarget {
    /// The target in the terms of the buildpack interface.
    var target: Target {
        let distributions = distribution.map { [CNBCore.Distribution(name: $0.name, version: $0.version)] }
        return Target(os: os, arch: arch, variant: variant, distributions: distributions ?? [])
    }

    /// The target as messages show it.
    var json: JSONValue {
        var object: JSONObject = [:]
        if !id.isEmpty { object["id"] = .string(id) }
        object["os"] = .string(os)
        object["arch"] = .string(arch)
        if !variant.isEmpty { object["arch-variant"] = .string(variant) }
        if let distribution {
            object["distro"] = .object(["name": .string(distribution.name), "version": .string(distribution.version)])
        }
        return .object(object)
    }
}

extension Target {
    /// A descriptor's target as errors show it.
    var json: JSONValue {
        var object: JSONObject = ["os": .string(os), "arch": .string(arch)]
        if !variant.isEmpty { object["arch-variant"] = .string(variant) }
        if !distributions.isEmpty {
            object["distros"] = .array(
                distributions.map { .object(["name": .string($0.name), "version": .string($0.version)]) }
            )
        }
        return .object(object)
    }

    /// A descriptor's target as debug messages show it: its fields, and each distribution in braces of its own.
    var summary: String {
        let distributions = distributions.map { "{\($0.name) \($0.version)}" }.joined(separator: " ")
        return "{\(os) \(arch) \(variant) [\(distributions)]}"
    }
}
