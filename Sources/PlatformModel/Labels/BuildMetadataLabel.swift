public import BuildpackModel
public import CNBCore
import JSON

/// The label `io.buildpacks.build.metadata` of an app image: which buildpacks took part, and which processes there are.
public struct BuildMetadataLabel: Sendable, Equatable {
    /// The name of the label.
    public static let name = "io.buildpacks.build.metadata"

    /// What the builder wrote to metadata.toml.
    public var build: BuildMetadata
    /// The launcher in the image.
    public var launcher: LauncherVersion

    /// Where a launcher comes from.
    public struct LauncherVersion: Sendable, Equatable {
        /// The version.
        public var version: String
        /// The git repository of its source code.
        public var repository: String
        /// The commit it was built from.
        public var commit: String

        public init(version: String, repository: String, commit: String) {
            self.version = version
            self.repository = repository
            self.commit = commit
        }
    }

    public init(build: BuildMetadata, launcher: LauncherVersion) {
        self.build = build
        self.launcher = launcher
    }

    /// The label's text.
    ///
    /// - Parameter platformAPI: The Platform API, on which the bill of materials and the form of commands depend.
    /// - Returns: The text.
    /// - Throws: When a buildpack's data has no form in JSON.
    public func label(platformAPI: PlatformAPI) throws(PlatformModelError) -> String {
        var object = JSONObject()
        if !platformAPI.supports(.legacyBOMFiles) {
            object["bom"] = try Self.list(build.bom) { (entry) throws(PlatformModelError) in try Self.json(entry) }
        }
        object["buildpacks"] = Self.list(build.buildpacks, Self.json)
        if !build.extensions.isEmpty { object["extensions"] = Self.list(build.extensions, Self.json) }
        object["launcher"] = [
            "version": .string(launcher.version),
            "source": ["git": ["repository": .string(launcher.repository), "commit": .string(launcher.commit)]],
        ]
        object["processes"] = .array(build.processes.map { Self.json($0, platformAPI) })
        if !build.defaultProcessType.isEmpty {
            object["buildpack-default-process-type"] = .string(build.defaultProcessType)
        }
        return JSONWriter.string(.object(object))
    }

    /// A list as Go writes it: `null` when nothing was added.
    static func list<Element, Failure: Error>(
        _ elements: [Element],
        _ json: (Element) throws(Failure) -> JSONValue
    ) throws(Failure) -> JSONValue {
        guard !elements.isEmpty else { return .null }
        var values: [JSONValue] = []
        for element in elements { values.append(try json(element)) }
        return .array(values)
    }

    private static func json(_ element: GroupElement) -> JSONValue {
        var object: JSONObject = ["id": .string(element.id.text), "version": .string(element.version.text)]
        if !element.homepage.isEmpty { object["homepage"] = .string(element.homepage) }
        return .object(object)
    }

    static func json(_ entry: BOMEntry) throws(PlatformModelError) -> JSONValue {
        var object: JSONObject = ["name": .string(entry.requirement.name)]
        if !entry.requirement.version.isEmpty { object["version"] = .string(entry.requirement.version) }
        if let metadata = entry.requirement.metadata {
            object["metadata"] = .object(try MetadataConversion.json(metadata))
        } else {
            object["metadata"] = .null
        }
        object["buildpack"] = entry.buildpack.map { json($0) } ?? ["id": "", "version": ""]
        return .object(object)
    }

    private static func json(_ process: ProcessEntry, _ platformAPI: PlatformAPI) -> JSONValue {
        let process = process.adapted(to: platformAPI)
        let command: JSONValue =
            platformAPI.supports(.commandArrays)
            ? .array(process.command.map { .string($0) }) : .string(process.command.first ?? "")
        var object: JSONObject = [
            "type": .string(process.type),
            "command": command,
            "args": process.args.map { .array($0.map { .string($0) }) } ?? .null,
            "direct": .boolean(process.isDirect),
        ]
        if process.isDefault { object["default"] = true }
        object["buildpackID"] = .string(process.buildpackID)
        if !process.workingDirectory.isEmpty { object["working-dir"] = .string(process.workingDirectory) }
        if !process.execEnvironments.isEmpty {
            object["exec-env"] = .array(process.execEnvironments.map { .string($0) })
        }
        return .object(object)
    }
}
