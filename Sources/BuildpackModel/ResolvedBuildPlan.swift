public import CNBCore
public import TOML

/// plan.toml: which members of the group provide what other members require.
public struct ResolvedBuildPlan: Equatable, Sendable {
    /// A dependency with all that provide it and all that require it.
    public struct Entry: Equatable, Sendable {
        /// Buildpacks and extensions that can provide the dependency, in the group's order.
        public var providers: [GroupElement]
        /// What is required, in the group's order; all of the same name.
        public var requires: [Requirement]

        public init(providers: [GroupElement], requires: [Requirement]) {
            self.providers = providers
            self.requires = requires
        }
    }

    /// The entries, one for each name.
    public var entries: [Entry]

    public init(entries: [Entry] = []) {
        self.entries = entries
    }

    /// The part of the plan that a module may provide.
    public func buildpackPlan(for kind: ModuleKind, id: BuildpackID) -> BuildpackPlan {
        let provided = entries.filter { entry in
            entry.providers.contains { $0.kind == kind && $0.id == id }
        }
        return BuildpackPlan(entries: provided.flatMap(\.requires))
    }

    /// Takes out the dependencies that a module has provided, so that later ones are not asked for them.
    public mutating func removeEntries(metBy names: [String]) {
        entries.removeAll { entry in
            entry.requires.contains { names.contains($0.name) }
        }
    }
}

extension ResolvedBuildPlan: TOMLReadable, TOMLWritable {
    /// Reads a plan.toml.
    public init(toml: TOMLTable) throws(TOMLError) {
        entries = try toml.values("entries")
    }

    /// The contents of plan.toml.
    public var toml: TOMLTable {
        var table = TOMLTable()
        table.setUnlessEmpty("entries", entries)
        return table
    }
}

extension ResolvedBuildPlan.Entry: TOMLReadable, TOMLWritable {
    /// Reads an entry.
    public init(toml: TOMLTable) throws(TOMLError) {
        providers = try toml.values("providers")
        requires = try toml.values("requires")
    }

    /// The table of an entry.
    public var toml: TOMLTable {
        var table = TOMLTable()
        table.setUnlessEmpty("providers", providers)
        table.setUnlessEmpty("requires", requires)
        return table
    }
}

/// The Buildpack Plan that `bin/build` and `bin/generate` are given: the dependencies that they should provide.
public struct BuildpackPlan: Equatable, Sendable, TOMLReadable, TOMLWritable {
    /// What other buildpacks require.
    public var entries: [Requirement]

    public init(entries: [Requirement] = []) {
        self.entries = entries
    }

    /// Reads a Buildpack Plan.
    public init(toml: TOMLTable) throws(TOMLError) {
        entries = try toml.values("entries")
    }

    /// The contents of the plan's file.
    public var toml: TOMLTable {
        var table = TOMLTable()
        table.setUnlessEmpty("entries", entries)
        return table
    }

    /// The names of the entries that are not among `unmet`: those that the module has provided.
    public func metNames(unmet: [String]) -> [String] {
        entries.map(\.name).filter { !unmet.contains($0) }
    }
}
