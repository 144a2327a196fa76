/// One program that a case runs, and what is looked at afterwards.
struct Step {
    enum Command {
        /// A program with its arguments.
        case program([String])
        /// A preparation for the shell.
        case script(String)
    }

    enum Exit: Equatable {
        case codes([Int64])
        case nonzero
    }

    var title: String?
    var command: Command
    /// The Platform APIs that the step is run for.
    var apis = APIRange.all
    var environment: [(name: String, value: String)] = []
    var unset: [String] = []
    var workingDirectory: String?
    var argv0: String?
    var user: String?
    var input: String?
    var exit = Exit.codes([0])
    var absent: [String] = []
    var same: [(String, String)] = []
    var output: [(stream: Stream, expectation: TextExpectation)] = []
    var files: [FileExpectation] = []
    var images: [ImageExpectation] = []
    var saves: [(name: String, source: SavedValue)] = []

    /// What a program writes to.
    enum Stream: String, CaseIterable {
        case stdout, stderr, output
    }
}

/// What a text has to hold.
struct TextExpectation {
    var has: [String] = []
    var inOrder: [String] = []
    var lacks: [String] = []
    /// The whole text.
    var equals: String?
}

/// What a file has to be.
struct FileExpectation {
    var path: String
    var type: String?
    var mode: String?
    var owner: String?
    var target: String?
    /// A pattern for the whole text.
    var text: String?
    var lines = TextExpectation()
    /// The names in a directory.
    var entries: [String]?
    var format: Format?
    var value = ValueExpectation()

    enum Format {
        case toml, json
    }
}

/// What an image has to be.
struct ImageExpectation {
    /// The reference in the registry, or the directory of an OCI layout.
    var place: ImagePlace
    var exists = true
    /// About the document with the members `manifest`, `config` and `labels`.
    var value = ValueExpectation()
    var environment: [(name: String, value: String)] = []
    var environmentWithout: [String] = []
    var base: ImagePlace?
    var layerCount: Int64?
    /// Members that no layer may have.
    var lacks: [String] = []
    var layers: [LayerExpectation] = []
}

/// Where an image is.
enum ImagePlace: Hashable {
    case registry(String)
    case layout(String)

    /// Absolute paths are directories, everything else references.
    init(_ text: String) {
        self = text.hasPrefix("/") ? .layout(text) : .registry(text)
    }

    var text: String {
        switch self {
        case .registry(let reference): reference
        case .layout(let directory): directory
        }
    }
}

/// What a layer has to be.
struct LayerExpectation {
    /// The path that says which layer is meant.
    var holds: String
    var members: [String]?
    var lacks: [String] = []
    var diffID: String?
    /// Where in the image's document the diffID has to be; at one of the places if there are several.
    var label: ValuePath?
    var details: [MemberExpectation] = []
}

/// What a member of a layer has to be.
struct MemberExpectation {
    var path: String
    var type: String?
    var mode: String?
    var owner: String?
    var mtime: String?
    var target: String?
    var text: String?
}

/// Where a value for later steps comes from.
enum SavedValue {
    case digest(ImagePlace)
    case imageID(ImagePlace)
    case layer(ImagePlace, holding: String)
    case document(ImagePlace, ValuePath)
    case file(path: String, FileExpectation.Format, ValuePath)
    case text(path: String)
}
