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
    /// - Parameter platformAPI: The Platform API, on which the form of commands depends.
    /// - Returns: The file's text.
    public func text(platformAPI: PlatformAPI) -> String {
        var table = TOMLTable()
        table.setUnlessEmpty("bom", bom)
        table.setUnlessEmpty("buildpacks", buildpacks)
        table.setUnlessEmpty("extensions", extensions.withoutImpliedFields)
        table.setUnlessEmpty("labels", labels)
        table.set("processes", .array(TOMLArray(tables: processes.map { $0.table(platformAPI: platformAPI) })))
        table.setUnlessEmpty("slices", slices)
        table.setUnlessEmpty("buildpack-default-process-type", defaultProcessType)
        return TOMLWriter.write(table, withJSONEscapesAt: ["processes", "command"])
    }
}

extension ProcessEntry {
    /// The process as an element of `[[processes]]`.
    fileprivate func table(platformAPI: PlatformAPI) -> TOMLTable {
        let process = adapted(to: platformAPI)
        var table: TOMLTable = ["type": .string(process.type)]
        if platformAPI.supports(.commandArrays) {
            table.set("command", .array(TOMLArray(strings: process.command)))
        } else {
            table.set("command", .string(process.command.first ?? ""))
        }
        if let args = process.args { table.set("args", .array(TOMLArray(strings: args))) }
        table.set("direct", .boolean(process.isDirect))
        if process.isDefault { table.set("default", true) }
        table.set("buildpack-id", .string(process.buildpackID))
        table.setUnlessEmpty("working-dir", process.workingDirectory)
        if !process.execEnvironments.isEmpty {
            table.set("exec-env", .array(TOMLArray(strings: process.execEnvironments)))
        }
        return table
    }
}
