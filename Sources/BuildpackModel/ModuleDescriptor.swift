public import CNBCore
public import TOML

/// What buildpack.toml and extension.toml have in common, as far as a build uses it.
///
/// Descriptions, keywords, licences and the module's own metadata are for registries and people; no value of theirs, of
/// whatever type, is a reason to refuse a module.
public struct ModuleDescriptor: Equatable, Sendable {
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
    /// Whether the user's variables are kept out of the environment of the module's executables.
    public var clearEnv: Bool
    /// The execution environments that the module is for; empty for all.
    public var execEnvironments: [String]
    /// The targets: those of the file, or what stacks or the contents of `bin/` stand for; empty when not known.
    public var targets: [Target]
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
        clearEnv = try info.boolean("clear-env") ?? false
        execEnvironments = try info.execEnvironments("exec-env")
        targets = try toml.values("targets")
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
        // Only the first is read by the reference, so only that one is a reason to refuse a file.
        let ofReference = try toml.string("arch-variant")
        self.init(
            os: try toml.string("os") ?? "",
            arch: try toml.string("arch") ?? "",
            variant: ofReference ?? (try? toml.string("variant")) ?? "",
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
    /// The id below a key that has to be there.
    func buildpackID(_ key: String) throws(TOMLError) -> BuildpackID {
        let text = try requiredString(key)
        do {
            return try BuildpackID(text)
        } catch {
            throw self.error(error.description, at: key)
        }
    }

    /// The version below a key, empty where there is none.
    func buildpackVersion(_ key: String) throws(TOMLError) -> BuildpackVersion {
        guard let text = try string(key) else { return .none }
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
