public import CNBCore
public import TOML

/// What buildpack.toml and extension.toml have in common.
public struct ModuleDescriptor: Equatable, Sendable {
    /// A licence of a module.
    public struct License: Equatable, Sendable {
        /// An SPDX expression or any other name; empty when only the address is given.
        public var type: String
        /// Where the licence can be read; empty when not given.
        public var uri: String
    }

    /// Buildpack or extension.
    public var kind: ModuleKind
    /// The Buildpack API as the descriptor spells it, not yet checked; empty when it doesn't say.
    public var api: String
    /// The id.
    public var id: BuildpackID
    /// The version.
    public var version: BuildpackVersion
    /// The name for people.
    public var name: String
    /// The web address, or an empty string.
    public var homepage: String
    /// A description for people, or an empty string.
    public var description: String
    /// Words under which registries find the module.
    public var keywords: [String]
    /// The licences.
    public var licenses: [License]
    /// Whether the user's variables are kept out of the environment of the module's executables.
    public var clearEnv: Bool
    /// The execution environments that the module is for; empty for all.
    public var execEnvironments: [String]
    /// The targets: those of the file, or what stacks or the contents of `bin/` stand for; empty when not known.
    public var targets: [Target]
    /// The module's own data.
    public var metadata: TOMLTable?
    /// The absolute path of the directory that the descriptor is in.
    public var rootDir: String

    /// `id@version`.
    public var identity: String { "\(id)@\(version)" }

    /// Reads what is below `[buildpack]` or `[extension]`, and the targets.
    init(toml: TOMLTable, kind: ModuleKind, rootDir: String) throws(TOMLError) {
        let info = try toml.requiredTable(kind.tableName)
        self.kind = kind
        self.rootDir = rootDir
        api = try toml.string("api") ?? ""
        id = try info.buildpackID("id")
        version = try info.buildpackVersion("version")
        name = try info.string("name") ?? ""
        homepage = try info.string("homepage") ?? ""
        description = try info.string("description") ?? ""
        keywords = try info.strings("keywords") ?? []
        licenses = try info.values("licenses")
        clearEnv = try info.boolean("clear-env") ?? false
        execEnvironments = try info.execEnvironments("exec-env")
        targets = try toml.values("targets")
        metadata = try toml.table("metadata")
    }
}

extension ModuleDescriptor.License: TOMLReadable {
    /// Reads an entry of `licenses`.
    public init(toml: TOMLTable) throws(TOMLError) {
        type = try toml.string("type") ?? ""
        uri = try toml.string("uri") ?? ""
    }
}

extension ModuleKind {
    /// The table of the descriptor that describes the module.
    var tableName: String {
        switch self {
        case .buildpack: "buildpack"
        case .imageExtension: "extension"
        }
    }

    /// The name of the descriptor's file.
    public var descriptorFileName: String {
        switch self {
        case .buildpack: "buildpack.toml"
        case .imageExtension: "extension.toml"
        }
    }
}

extension Target: TOMLReadable {
    /// Reads an entry of `targets`; the variant is called `variant` by the specification, `arch-variant` by the reference.
    public init(toml: TOMLTable) throws(TOMLError) {
        let specified = try toml.string("variant")
        self.init(
            os: try toml.string("os") ?? "",
            arch: try toml.string("arch") ?? "",
            variant: try toml.string("arch-variant") ?? specified ?? "",
            distributions: try toml.values("distros")
        )
    }
}

extension Distribution: TOMLReadable {
    /// Reads an entry of `distros`.
    public init(toml: TOMLTable) throws(TOMLError) {
        self.init(name: try toml.string("name") ?? "", version: try toml.string("version") ?? "")
    }
}

// MARK: - Validated strings

extension TOMLTable {
    fileprivate func buildpackID(_ key: String) throws(TOMLError) -> BuildpackID {
        let text = try requiredString(key)
        do {
            return try BuildpackID(text)
        } catch {
            throw self.error(error.description, at: key)
        }
    }

    fileprivate func buildpackVersion(_ key: String) throws(TOMLError) -> BuildpackVersion {
        let text = try requiredString(key)
        do {
            return try BuildpackVersion(text)
        } catch {
            throw self.error(error.description, at: key)
        }
    }

    /// The names in an `exec-env`: an array of strings as the reference has it, or of tables as the specification has.
    fileprivate func execEnvironments(_ key: String) throws(TOMLError) -> [String] {
        guard let first = try array(key)?.first, case .table = first else { return try strings(key) ?? [] }
        var names: [String] = []
        for table in try tables(key) ?? [] {
            names.append(try table.requiredString("name"))
        }
        return names
    }
}
