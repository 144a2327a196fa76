public import TOML

/// `<layer>.toml`: what a layer is for, and what the buildpack wants to know about it in the next build.
public struct LayerMetadata: Equatable, Sendable {
    /// Whether later buildpacks see the layer.
    public var build: Bool
    /// Whether the layer becomes part of the app image.
    public var launch: Bool
    /// Whether the layer is kept for the next build.
    public var cache: Bool
    /// The buildpack's data, by the specification a table; nil when there is none.
    public var metadata: TOMLValue?

    public init(build: Bool = false, launch: Bool = false, cache: Bool = false, metadata: TOMLValue? = nil) {
        self.build = build
        self.launch = launch
        self.cache = cache
        self.metadata = metadata
    }

    /// Whether the layer is for nothing: its directory is renamed to `<layer>.ignore`.
    public var isIgnored: Bool { !build && !launch && !cache }
}

extension LayerMetadata: TOMLReadable, TOMLWritable {
    /// Reads a `<layer>.toml`.
    ///
    /// - Throws: A positioned error, also for types at the top level, where APIs before 0.6 had them.
    public init(toml: TOMLTable) throws(TOMLError) {
        for key in ["build", "launch", "cache"] where toml[key] != nil {
            throw toml.error("the launch, cache and build flags should be in the types table", at: key)
        }
        let types = try toml.table("types") ?? TOMLTable()
        self.init(
            build: try types.boolean("build") ?? false,
            launch: try types.boolean("launch") ?? false,
            cache: try types.boolean("cache") ?? false,
            metadata: toml["metadata"]
        )
    }

    /// The table as a build finds it at its start: without types, so that the buildpack has to opt in again.
    public var toml: TOMLTable {
        var table = TOMLTable()
        if let metadata { table.set("metadata", metadata) }
        return table.sortedByKey()
    }
}

/// store.toml: what a buildpack keeps from build to build apart from layers.
public struct StoreTOML: Equatable, Sendable, TOMLReadable, TOMLWritable {
    /// The buildpack's data; nil when the file doesn't have `[metadata]`.
    public var metadata: TOMLTable?

    public init(metadata: TOMLTable? = nil) {
        self.metadata = metadata
    }

    /// Reads a store.toml.
    public init(toml: TOMLTable) throws(TOMLError) {
        metadata = try toml.table("metadata")
    }

    /// The contents of store.toml, sorted by key.
    public var toml: TOMLTable {
        var table = TOMLTable()
        if let metadata { table.set("metadata", .table(metadata.sortedByKey())) }
        return table
    }
}
