import TOML

/// One check of one statement of the specification, as its folder describes it.
struct Fixture {
    /// The path below the folder of fixtures.
    var name: String
    var title: String
    /// The Platform APIs that it holds for.
    var apis: APIRange
    var needs: Set<Need>
    var clause: Clause
    var inputs: CaseInputs
    var steps: [Step]
    /// One without a name when the fixture has none.
    var variants: [Variant]
}

/// What a case can't do without.
enum Need: String, CaseIterable {
    case root, registry, launcher, userns
}

/// A statement of the specification, as a fixture names it.
struct Clause: Hashable {
    var id: String
    var document: String
    var section: String
    var link: String
    var keyword: Keyword
    /// Further statements that the fixture tests.
    var also: [String] = []
}

/// How strong a statement is (RFC 2119).
enum Keyword: String, CaseIterable {
    case must = "MUST"
    case mustNot = "MUST NOT"
    case shall = "SHALL"
    case shallNot = "SHALL NOT"
    case required = "REQUIRED"
    case should = "SHOULD"
    case shouldNot = "SHOULD NOT"
    case recommended = "RECOMMENDED"
    case notRecommended = "NOT RECOMMENDED"
    case may = "MAY"
    case optional = "OPTIONAL"

    /// Whether a program that does otherwise does not follow the specification.
    var isRequirement: Bool {
        switch self {
        case .must, .mustNot, .shall, .shallNot, .required: true
        case .should, .shouldNot, .recommended, .notRecommended, .may, .optional: false
        }
    }
}

/// One of the values that a statement holds for.
struct Variant {
    var name = ""
    var apis = APIRange.all
    /// What `@{v.…}` stands for.
    var values: [String: String] = [:]
}

/// What a case finds when it starts.
struct CaseInputs {
    var modules: [BuildModule] = []
    var order: OrderFile?
    var files: [InputFile] = []
    var images: [SeedImage] = []
    /// Folders that are copied over the case's root, in this order.
    var rootFolders: [String] = []
}

/// A buildpack or an extension.
struct BuildModule {
    enum Kind: String {
        case buildpack, `extension`
    }

    var kind: Kind
    var id: String
    var version: String
    var api: String
    var info: String?
    var extra: String?
    /// The whole descriptor, instead of one that is made of the others.
    var descriptor: String?
    /// Scripts by their names in `bin`.
    var scripts: [(name: String, text: String)]
}

/// The groups of `order.toml`, each element as `id@version`, with `?` when it is optional.
struct OrderFile {
    var groups: [[String]] = []
    var extensions: [[String]] = []
}

/// A file that a case finds.
struct InputFile {
    enum Content {
        case text(String)
        case bytes([UInt8])
        case symlink(String)
        case directory
    }

    var path: String
    var content: Content
    var mode: UInt32?
    var owner: String?
}

/// An image that a case finds.
struct SeedImage {
    /// The name in the registry, and in `@{ref:…}`.
    var name: String
    /// The directory of an OCI layout, instead of the registry.
    var layout: String?
    var isRunImage = false
    var labels: [(name: String, value: String)] = []
    var environment: [String] = []
    /// Members of the image's configuration: `user`, `entrypoint` and so on.
    var settings: [String: Value] = [:]
    var isDockerFormat = false
    var layers: [[InputFile]] = []
}
