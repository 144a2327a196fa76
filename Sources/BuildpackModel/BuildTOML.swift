public import TOML

/// build.toml: what a buildpack says about the build environment.
public struct BuildTOML: Equatable, Sendable {
    /// The names of dependencies in the Buildpack Plan that the buildpack did not provide.
    public var unmet: [String]
    /// The bill of materials of old buildpacks.
    public var bom: [Requirement]

    public init(unmet: [String] = [], bom: [Requirement] = []) {
        self.unmet = unmet
        self.bom = bom
    }
}

extension BuildTOML: TOMLReadable {
    /// Reads a build.toml.
    ///
    /// - Throws: A positioned error, also for an `unmet` entry without a name.
    public init(toml: TOMLTable) throws(TOMLError) {
        bom = try toml.values("bom")
        unmet = []
        for entry in try toml.tables("unmet") ?? [] {
            let name = try entry.string("name") ?? ""
            guard !name.isEmpty else { throw entry.error("unmet.name is required") }
            unmet.append(name)
        }
    }
}

/// A bill of materials entry of an old buildpack, with the buildpack that it came from.
public struct BOMEntry: Equatable, Sendable {
    /// The dependency.
    public var requirement: Requirement
    /// The buildpack that contributed it.
    public var buildpack: GroupElement?

    public init(requirement: Requirement, buildpack: GroupElement?) {
        self.requirement = requirement
        self.buildpack = buildpack
    }
}

extension BOMEntry: TOMLReadable, TOMLWritable {
    /// Reads an entry of metadata.toml's `bom`.
    public init(toml: TOMLTable) throws(TOMLError) {
        requirement = try Requirement(toml: toml)
        buildpack = nil
        if let table = try toml.table("buildpack") { buildpack = try GroupElement(toml: table) }
    }

    /// The table of an entry.
    public var toml: TOMLTable {
        var table = requirement.toml
        if let buildpack { table.set("buildpack", .table(buildpack.toml)) }
        return table
    }
}
