public import TOML

/// The Build Plan that one `bin/detect` writes: alternatives, each of what is provided and what is required.
public struct BuildPlan: Equatable, Sendable {
    /// One alternative: the plan's top level, or an element of `or`.
    public struct Alternative: Equatable, Sendable {
        /// The names of dependencies that the module can provide.
        public var provides: [String]
        /// The dependencies that the buildpack needs.
        public var requires: [Requirement]

        public init(provides: [String] = [], requires: [Requirement] = []) {
            self.provides = provides
            self.requires = requires
        }
    }

    /// The alternatives in the order in which they are tried, the top level first; never empty.
    public var alternatives: [Alternative]

    /// Makes a plan of its top level and further alternatives.
    public init(_ first: Alternative = Alternative(), or others: [Alternative] = []) {
        alternatives = [first] + others
    }

    /// Whether any alternative requires anything, which extensions must not.
    public var hasRequirements: Bool {
        alternatives.contains { !$0.requires.isEmpty }
    }
}

/// A dependency that a buildpack needs: an entry of `requires` in a Build Plan, plan.toml or Buildpack Plan.
public struct Requirement: Equatable, Sendable {
    /// The name of the dependency.
    public var name: String
    /// The version outside of the metadata, which old APIs had and which is refused today; empty in a valid plan.
    public var version: String
    /// What the buildpack says about its needs; nil when it says nothing.
    public var metadata: TOMLTable?

    public init(name: String, version: String = "", metadata: TOMLTable? = nil) {
        self.name = name
        self.version = version
        self.metadata = metadata
    }
}

extension BuildPlan: TOMLReadable {
    /// Reads a Build Plan; an empty file is a plan that neither provides nor requires anything.
    public init(toml: TOMLTable) throws(TOMLError) {
        self.init(try Alternative(toml: toml), or: try toml.values("or"))
    }
}

extension BuildPlan.Alternative: TOMLReadable {
    /// Reads `provides` and `requires`.
    public init(toml: TOMLTable) throws(TOMLError) {
        requires = try toml.values("requires")
        provides = []
        for provided in try toml.tables("provides") ?? [] {
            provides.append(try provided.string("name") ?? "")
        }
    }
}

extension Requirement: TOMLReadable, TOMLWritable {
    /// Reads an entry of `requires` or `entries`.
    public init(toml: TOMLTable) throws(TOMLError) {
        name = try toml.string("name") ?? ""
        version = try toml.string("version") ?? ""
        metadata = try toml.table("metadata")
    }

    /// The table; metadata is sorted by key.
    public var toml: TOMLTable {
        var table: TOMLTable = ["name": .string(name)]
        table.setUnlessEmpty("version", version)
        if let metadata { table.set("metadata", .table(metadata.sortedByKey())) }
        return table
    }
}
