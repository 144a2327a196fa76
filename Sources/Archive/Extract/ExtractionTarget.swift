/// Which entries of a tar stream may be extracted, and where they go.
public struct ExtractionTarget: Sendable {
    /// The directory that takes the entries; it need not exist.
    public var directory: String
    /// The absolute entry name that stands for the directory, such as `/layers/acme_one/deps`; "/" for all entries.
    public var entryPrefix: String

    /// Makes a target for entries below a prefix: `<prefix>/a` becomes `<directory>/a`.
    ///
    /// Entries for the prefix's parents make missing parents and are ignored otherwise; all others are refused.
    ///
    /// - Parameters:
    ///   - directory: the directory that takes the entries; it need not exist.
    ///   - entryPrefix: the absolute entry name that stands for the directory; "/" for all entries.
    public init(directory: String, entryPrefix: String = "/") {
        self.directory = directory
        self.entryPrefix = entryPrefix
    }

    /// A target for a cached layer, whose entries have the absolute names that they go to.
    ///
    /// - Parameter path: the layer's directory, absolute and clean.
    /// - Returns: the target for entries at and below `path`.
    public static func layer(_ path: String) -> ExtractionTarget {
        ExtractionTarget(directory: path, entryPrefix: path)
    }
}

/// The digests that a stream must have to become visible.
public struct ExpectedDigests: Sendable {
    /// The digest of the stream as it comes, compressed or not.
    let stream: Digest?
    /// The digest of the uncompressed tar stream.
    let diffID: Digest?

    private init(stream: Digest?, diffID: Digest?) {
        self.stream = stream
        self.diffID = diffID
    }

    /// Verifies nothing, for streams whose digest isn't known.
    public static let unverified = ExpectedDigests(stream: nil, diffID: nil)

    /// Verifies the stream as it comes, compressed or not.
    public static func stream(_ digest: Digest) -> ExpectedDigests { ExpectedDigests(stream: digest, diffID: nil) }

    /// Verifies the uncompressed tar stream.
    public static func diffID(_ digest: Digest) -> ExpectedDigests { ExpectedDigests(stream: nil, diffID: digest) }

    /// Verifies the stream as it comes, and the uncompressed tar stream.
    public static func both(stream: Digest, diffID: Digest) -> ExpectedDigests {
        ExpectedDigests(stream: stream, diffID: diffID)
    }
}

/// What was extracted.
public struct ExtractionReport: Sendable {
    /// Digest and size of the uncompressed tar stream.
    public let content: LayerDigest
    /// How many entries were made.
    public let entries: Int
    /// Whether any entry got the modification time that the tar names; the normalised time is not restored.
    public let hasTimes: Bool
}

/// Where an entry belongs, decided by its name alone.
enum EntryPlace: Equatable {
    /// Below the target, by elements; none stand for the target itself.
    case inside([[UInt8]])
    /// One of the directories that lead to the target: so many elements of its prefix.
    case parent(Int)
    /// Nowhere, for this reason.
    case refused(String)
}

/// Decides by names which entries belong to a target.
struct EntryPlacement {
    /// Linux's limit for paths in system calls: no real file has a longer one.
    private static let longestName = 4096

    private let prefix: [[UInt8]]
    private let prefixName: String

    init(prefix: String) {
        prefixName = prefix
        self.prefix = prefix.utf8.split(separator: UInt8(ascii: "/")).map(Array.init)
    }

    /// Decides where an entry belongs.
    ///
    /// - Parameter name: the entry's path, absolute or not; both mean the same.
    /// - Returns: its place; names with `..` have none.
    func place(of name: [UInt8]) -> EntryPlace {
        guard name.count < Self.longestName else { return .refused("the name is too long") }
        guard !name.contains(0) else { return .refused("the name has a NUL") }
        let dot = UInt8(ascii: ".")
        let elements = name.split(separator: UInt8(ascii: "/")).filter { $0.count != 1 || $0.first != dot }
        guard !elements.contains(where: { $0.count == 2 && $0.first == dot && $0.last == dot }) else {
            return .refused("the name leads upwards")
        }
        let shared = zip(elements, prefix).prefix { $0.elementsEqual($1) }.count
        if shared == prefix.count { return .inside(elements.dropFirst(shared).map(Array.init)) }
        if shared == elements.count { return .parent(shared) }
        return .refused("it is outside of \(prefixName)")
    }
}
