public import CNBCore
public import TOML

/// launch.toml: what a buildpack says about the app image.
public struct LaunchTOML: Equatable, Sendable {
    /// Labels for the app image.
    public var labels: [ImageLabel]
    /// Processes that the app image can start.
    public var processes: [ProcessEntry]
    /// Parts of the app directory that become layers of their own.
    public var slices: [Slice]
    /// The bill of materials of old buildpacks.
    public var bom: [Requirement]

    public init(
        labels: [ImageLabel] = [],
        processes: [ProcessEntry] = [],
        slices: [Slice] = [],
        bom: [Requirement] = []
    ) {
        self.labels = labels
        self.processes = processes
        self.slices = slices
        self.bom = bom
    }

    /// Reads a launch.toml.
    ///
    /// - Parameters:
    ///   - toml: The file's contents.
    ///   - api: The buildpack's API, on which the form of processes depends.
    ///   - buildpackID: The buildpack, which the processes name.
    /// - Throws: A positioned error, also for two default processes.
    public init(toml: TOMLTable, api: BuildpackAPI, buildpackID: String) throws(TOMLError) {
        labels = try toml.values("labels")
        slices = try toml.values("slices")
        bom = try toml.values("bom")
        processes = []
        var hasDefault = false
        for table in try toml.tables("processes") ?? [] {
            let process = try ProcessEntry(launchTOML: table, api: api, buildpackID: buildpackID)
            guard !(hasDefault && process.isDefault) else {
                throw table.error("multiple default process types aren't allowed", at: "default")
            }
            hasDefault = hasDefault || process.isDefault
            processes.append(process)
        }
    }
}

/// A label that a buildpack puts on the app image.
public struct ImageLabel: Hashable, Sendable, TOMLReadable, TOMLWritable {
    /// The label's name.
    public var key: String
    /// The label's value.
    public var value: String

    public init(key: String, value: String) {
        self.key = key
        self.value = value
    }

    /// Reads an entry of `labels`.
    public init(toml: TOMLTable) throws(TOMLError) {
        key = try toml.string("key") ?? ""
        value = try toml.string("value") ?? ""
    }

    /// The table of an entry.
    public var toml: TOMLTable { ["key": .string(key), "value": .string(value)] }
}

/// A part of the app directory that becomes a layer of its own.
public struct Slice: Hashable, Sendable, TOMLReadable, TOMLWritable {
    /// Patterns of paths, in the syntax of Go's `filepath.Match`; nil when the buildpack gave none.
    public var paths: [String]?

    public init(paths: [String]?) {
        self.paths = paths
    }

    /// Reads an entry of `slices`.
    public init(toml: TOMLTable) throws(TOMLError) {
        paths = try toml.strings("paths")
    }

    /// The table of an entry.
    public var toml: TOMLTable {
        guard let paths else { return TOMLTable() }
        return ["paths": .array(TOMLArray(strings: paths))]
    }
}
