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
    public static func layer(_ path: String) -> ExtractionTarget {
        ExtractionTarget(directory: path, entryPrefix: path)
    }
}

/// The digests that a stream must have to become visible.
public struct ExpectedDigests: Sendable {
    /// The digest of the stream as it comes, compressed or not.
    public var stream: SHA256Digest?
    /// The digest of the uncompressed tar stream.
    public var diffID: SHA256Digest?

    /// Names the digests to verify.
    ///
    /// - Parameters:
    ///   - stream: of the stream as it comes; nil is not verified.
    ///   - diffID: of the uncompressed tar stream; nil is not verified.
    public init(stream: SHA256Digest? = nil, diffID: SHA256Digest? = nil) {
        self.stream = stream
        self.diffID = diffID
    }
}

/// What was extracted.
public struct ExtractionReport: Sendable {
    /// Digest and size of the uncompressed tar stream.
    public let content: LayerDigest
    /// How many entries were made.
    public let entries: Int
}

/// Extracts layers, plain or compressed, safely: nothing becomes visible before its digest is known to be right, and
/// no entry, however hostile, reaches outside of the target.
public struct LayerExtractor: Sendable {
    /// Whether entries get the owners that the tar names; needs to be root.
    public var restoresOwners: Bool
    /// Whether entries get the modification times that the tar names, instead of the current time.
    public var restoresTimes: Bool
    private let cancellation: Cancellation?

    /// Makes an extractor.
    ///
    /// - Parameters:
    ///   - restoresOwners: whether entries get the owners that the tar names; by default, if the process is root.
    ///   - restoresTimes: whether entries get the times that the tar names, instead of the current time.
    ///   - cancellation: ends a running extraction from another thread; nothing becomes visible then.
    public init(restoresOwners: Bool? = nil, restoresTimes: Bool = false, cancellation: Cancellation? = nil) {
        self.restoresOwners = restoresOwners ?? false
        self.restoresTimes = restoresTimes
        self.cancellation = cancellation
    }

    /// Extracts a stream whose compression (gzip, zstd, none) is recognised.
    ///
    /// - Parameters:
    ///   - source: the stream.
    ///   - target: what may be extracted, and where to.
    ///   - expected: the digests to verify.
    /// - Returns: what was extracted.
    /// - Throws: `ArchiveError.digestMismatch`, `.unsafeEntry`, `.malformedTar`, `.corruptStream`, or an error of the
    ///   file system; nothing is visible at the target then.
    public func extract(
        _ source: sending some ByteSource,
        into target: ExtractionTarget,
        expecting expected: ExpectedDigests = ExpectedDigests()
    ) throws(ArchiveError) -> ExtractionReport {
        throw .library(name: "archive", reason: "not yet")
    }
}
