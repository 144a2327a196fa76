import POSIX

/// Extracts layers, plain or compressed, safely.
///
/// Nothing becomes visible before its digest is known to be right: entries are made in a directory beside the target,
/// which then takes the target's name. No entry, however hostile, reaches outside of that directory.
public struct LayerExtractor: Sendable {
    /// Whether entries get the owners that the tar names; needs to be root.
    public var restoresOwners: Bool
    /// Whether entries get the modification times that the tar names, instead of the current time; the normalised
    /// time of ``TarTime/normalized`` stands for none.
    public var restoresTimes: Bool
    private let cancellation: Cancellation?

    /// Makes an extractor.
    ///
    /// - Parameters:
    ///   - restoresOwners: whether entries get the owners that the tar names; by default, if the process is root.
    ///   - restoresTimes: whether entries get the times that the tar names, instead of the current time.
    ///   - cancellation: ends a running extraction from another thread; nothing becomes visible then.
    public init(restoresOwners: Bool? = nil, restoresTimes: Bool = false, cancellation: Cancellation? = nil) {
        self.restoresOwners = restoresOwners ?? Users.isRoot
        self.restoresTimes = restoresTimes
        self.cancellation = cancellation
    }

    /// Extracts a stream whose compression (gzip, zstd, none) is recognised.
    ///
    /// Where the target exists, what is extracted is moved into it, over what has the same names.
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
        expecting expected: ExpectedDigests
    ) throws(ArchiveError) -> ExtractionReport {
        let reader = StreamReader(source, hashesStream: expected.stream != nil, cancellation: cancellation)
        let blocks = PrefetchedBlocks(reader)
        defer { blocks.stop() }
        var tar = TarReader(blocks: blocks)
        var staging = StagingDirectory(
            target,
            options: ExtractionOptions(restoresOwners: restoresOwners, restoresTimes: restoresTimes)
        )
        while let header = try tar.next() {
            try cancellation?.check()
            try staging.make(header, from: &tar)
        }
        // What follows the archive's end belongs to its digests, too.
        try tar.drain()
        blocks.stop()
        let content = try reader.verify(expected)
        let made = try staging.publish()
        return ExtractionReport(content: content, entries: made.entries, hasTimes: made.hasTimes)
    }
}
