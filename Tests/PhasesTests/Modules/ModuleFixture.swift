import BuildpackModel
import CNBCore
import Console
import POSIX
import Phases
import PlatformModel
import TestSupport

/// A builder, an app and a layers directory on disk, with buildpacks whose executables are shell scripts.
final class ModuleFixture: Sendable {
    /// The directory that holds everything.
    let root: TemporaryDirectory

    /// The phases log here, down to debug messages.
    let logger = Logger.collecting()

    init() throws {
        root = try TemporaryDirectory()
        for directory in ["app", "layers", "platform/env", "config/env"] { try root.makeDirectory(directory) }
    }

    // MARK: - The builder

    /// Adds a buildpack.
    ///
    /// - Parameters:
    ///   - id: Its id; the version is 1.0.0.
    ///   - api: Its Buildpack API.
    ///   - info: More lines of `[buildpack]`.
    ///   - more: More of buildpack.toml.
    ///   - detect: `bin/detect` in shell; nil for none.
    ///   - build: `bin/build` in shell; nil for none.
    /// - Throws: When the system refuses.
    func buildpack(
        _ id: String,
        api: String = "0.12",
        info: String = "",
        more: String = "",
        detect: String? = "true",
        build: String? = "true"
    ) throws {
        let directory = "buildpacks/\(BuildpackID.directoryName(for: id))/1.0.0"
        let head = "api = \"\(api)\"\n[buildpack]\nid = \"\(id)\"\nversion = \"1.0.0\"\n"
        try root.write("\(directory)/buildpack.toml", "\(head)\(info)\n\(more)\n")
        try script("\(directory)/bin/detect", detect)
        try script("\(directory)/bin/build", build)
    }

    /// Adds a composite buildpack; a `?` after the id of a member makes it optional.
    func composite(_ id: String, order: [[String]]) throws {
        try buildpack(id, more: Self.orderTOML("order", order), detect: nil, build: nil)
    }

    /// Adds an image extension.
    func imageExtension(_ id: String, detect: String? = nil, generate: String? = nil) throws {
        let directory = "extensions/\(BuildpackID.directoryName(for: id))/1.0.0"
        try root.write(
            "\(directory)/extension.toml",
            "api = \"0.10\"\n[extension]\nid = \"\(id)\"\nversion = \"1.0.0\"\n"
        )
        try script("\(directory)/bin/detect", detect)
        try script("\(directory)/bin/generate", generate)
    }

    /// Writes order.toml; a `?` after an id makes the element optional.
    func order(_ order: [[String]], extensions: [[String]] = []) throws {
        try root.write(
            "order.toml",
            Self.orderTOML("order", order) + Self.orderTOML("order-extensions", extensions)
        )
    }

    private func script(_ path: String, _ body: String?) throws {
        guard let body else { return }
        try root.write(path, "#!/bin/sh\nset -eu\n\(body)\n", mode: 0o755)
    }

    private static func orderTOML(_ key: String, _ order: [[String]]) -> String {
        order.map { group in
            let elements = group.map { name in
                let id = name.filter { $0 != "?" }
                return "{ id = \"\(id)\", version = \"1.0.0\", optional = \(name.hasSuffix("?")) }"
            }
            return "[[\(key)]]\ngroup = [\(elements.joined(separator: ", "))]\n"
        }.joined()
    }

    // MARK: - The phases

    /// Inputs of detection for this builder.
    func detectInputs(_ platformAPI: String = "0.15") throws -> DetectInputs {
        var inputs = DetectInputs(
            platformAPI: try PlatformAPI(platformAPI),
            environment: ["PATH=/usr/bin:/bin", "HOME=/home/me", "SECRET=1"]
        )
        inputs.appDir = root.path("app")
        inputs.buildpacksDir = root.path("buildpacks")
        inputs.extensionsDir = root.path("extensions")
        inputs.platformDir = root.path("platform")
        inputs.buildConfigDir = root.path("config")
        inputs.orderPath = root.path("order.toml")
        inputs.systemPath = root.path("system.toml")
        inputs.runPath = root.path("run.toml")
        inputs.analyzedPath = root.path("layers/analyzed.toml")
        inputs.groupPath = root.path("layers/group.toml")
        inputs.planPath = root.path("layers/plan.toml")
        inputs.generatedDir = root.path("layers/generated")
        return inputs
    }

    /// Runs detection.
    @discardableResult
    func detect(_ inputs: DetectInputs? = nil) throws -> DetectResult {
        try DetectPhase(inputs: inputs ?? detectInputs(), logger: logger).run()
    }

    /// Inputs of the build for this builder.
    func buildInputs(_ platformAPI: String = "0.15") throws -> BuildInputs {
        var inputs = BuildInputs(
            platformAPI: try PlatformAPI(platformAPI),
            environment: ["PATH=/usr/bin:/bin", "HOME=/home/me", "SECRET=1"]
        )
        inputs.appDir = root.path("app")
        inputs.layersDir = root.path("layers")
        inputs.buildpacksDir = root.path("buildpacks")
        inputs.platformDir = root.path("platform")
        inputs.buildConfigDir = root.path("config")
        return inputs
    }

    /// Runs the build with these buildpacks.
    @discardableResult
    func build(
        _ ids: [String],
        plan: ResolvedBuildPlan = ResolvedBuildPlan(),
        _ inputs: BuildInputs? = nil
    ) throws -> BuildMetadata {
        let buildpacks = try ids.map { GroupElement(id: try BuildpackID($0), version: "1.0.0", api: "0.12") }
        let group = Group(buildpacks: buildpacks)
        return try BuildPhase(inputs: inputs ?? buildInputs(), logger: logger)
            .run(group: group, plan: plan, analysis: AnalysisMetadata())
    }

    // MARK: - What came out

    /// The text of a file, or nil if there is none.
    func text(_ path: String) -> String? {
        try? FileSystem.readText(root.path(path))
    }

    /// The lines of a file; none if there is no such file.
    func lines(_ path: String) -> [String] {
        (text(path) ?? "").split(separator: "\n").map(String.init)
    }

    /// Whether a file or directory is there.
    func exists(_ path: String) -> Bool {
        FileSystem.exists(root.path(path))
    }
}

/// The kind of a phase's failure; nil if it doesn't fail.
func failureKind<Result>(_ body: () throws -> Result) -> PhaseErrorKind? {
    do {
        _ = try body()
        return nil
    } catch {
        return (error as? PhaseError)?.kind
    }
}
