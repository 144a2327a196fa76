public import CNBCore
public import TOML

/// What an element of a group is.
public enum ModuleKind: Hashable, Sendable {
    /// A buildpack, component or composite.
    case buildpack
    /// An image extension.
    case imageExtension

    /// The word for messages, as the reference spells it: `Buildpack` or `Extension`.
    public var label: String {
        switch self {
        case .buildpack: "Buildpack"
        case .imageExtension: "Extension"
        }
    }
}

/// A buildpack or image extension as order.toml, group.toml, plan.toml and a composite's `order` name it.
///
/// Which of the fields are set depends on the file: orders have `isOptional` and `execEnvironments`, group.toml has
/// `api` and `homepage`.
public struct GroupElement: Hashable, Sendable {
    /// Buildpack or extension; of the files, only plan.toml says so itself.
    public var kind: ModuleKind
    /// The id, as in `io.buildpacks.ruby`.
    public var id: BuildpackID
    /// The version, as in `1.2.3`.
    public var version: BuildpackVersion
    /// The Buildpack API as the descriptor spells it; empty when not known.
    public var api: String
    /// The web address that the descriptor gives; empty when there is none.
    public var homepage: String
    /// Whether the group may go on without this element, as with extensions it always may.
    public var isOptional: Bool
    /// The execution environments in which the element takes part; empty for all.
    public var execEnvironments: [String]

    public init(
        kind: ModuleKind = .buildpack,
        id: BuildpackID,
        version: BuildpackVersion,
        api: String = "",
        homepage: String = "",
        isOptional: Bool = false,
        execEnvironments: [String] = []
    ) {
        self.kind = kind
        self.id = id
        self.version = version
        self.api = api
        self.homepage = homepage
        self.isOptional = isOptional
        self.execEnvironments = execEnvironments
    }

    /// The element with id, version and kind only, which is how plan.toml names a provider.
    public var identity: GroupElement {
        GroupElement(kind: kind, id: id, version: version)
    }

    /// The name of the element's directory below the layers, buildpacks and extensions directories: `/` becomes `_`.
    public var directoryName: String {
        id.directoryName
    }
}

extension GroupElement: CustomStringConvertible {
    /// `id@version`.
    public var description: String { "\(id)@\(version)" }
}

extension GroupElement: TOMLReadable, TOMLWritable {
    /// Reads an element of any of the files.
    public init(toml: TOMLTable) throws(TOMLError) {
        self.init(
            kind: try toml.boolean("extension") ?? false ? .imageExtension : .buildpack,
            id: try toml.buildpackID("id"),
            version: try toml.buildpackVersion("version"),
            api: try toml.string("api") ?? "",
            homepage: try toml.string("homepage") ?? "",
            isOptional: try toml.boolean("optional") ?? false,
            execEnvironments: try toml.strings("exec-env") ?? []
        )
    }

    /// The table; `extension = true` is only written for extensions, so callers that write a list of extensions clear it.
    public var toml: TOMLTable {
        var table: TOMLTable = ["id": .string(id.text), "version": .string(version.text)]
        table.setUnlessEmpty("api", api)
        table.setUnlessEmpty("homepage", homepage)
        if kind == .imageExtension { table.set("extension", true) }
        if isOptional { table.set("optional", true) }
        return table
    }
}
