import POSIX

/// Reads a layer's stream on a thread of its own: reading, decompressing and hashing go on while entries are made.
///
/// A stream of a single block is read by the caller, which is sooner done than starting a thread.
final class PrefetchedBlocks: BlockSource {
    private static let blocksAhead = 3

    private let reader: StreamReader
    private let full = Channel<LayerBlock>(capacity: blocksAhead)
    private let free = Channel<LayerBlock>(capacity: blocksAhead)
    private var thread: Thread?
    private var current: LayerBlock?
    private var isAtEnd = false

    /// Starts to read.
    ///
    /// - Parameter reader: used by nobody else until `finish()`.
    init(_ reader: StreamReader) {
        self.reader = reader
    }

    deinit {
        stop()
    }

    func next() throws(ArchiveError) -> UnsafeRawBufferPointer? {
        guard !isAtEnd else { return nil }
        if thread == nil && current == nil {
            let first = LayerBlock()
            current = first
            try reader.fill(first)
            if first.count < LayerBlock.capacity { isAtEnd = true } else { try start() }
            return first.count == 0 ? nil : first.content
        }
        if let used = current { free.send(used) }
        current = full.receive()
        guard let current else {
            isAtEnd = true
            stop()
            if let failure = reader.failure { throw failure }
            return nil
        }
        return current.content
    }

    /// Stops the thread; the reader is the caller's again.
    func stop() {
        full.close()
        free.close()
        thread?.join()
        thread = nil
    }

    private func start() throws(ArchiveError) {
        for _ in 1..<Self.blocksAhead { free.send(LayerBlock()) }
        let (reader, full, free) = (reader, full, free)
        thread = try system { () throws(POSIXError) in
            try Thread {
                while let block = free.receive(), reader.fillCatching(block), block.count > 0 {
                    guard full.send(block) else { break }
                }
                full.close()
            }
        }
    }
}

/// A layer's stream with all that is computed on its way: the digest as it comes, decompression, and the diffID.
///
/// `@unchecked` because it is used by one thread at a time: `PrefetchedBlocks` hands it to its thread and joins it.
final class StreamReader: @unchecked Sendable {
    private let raw: HashingSource?
    private var source: DecompressingSource
    private var digester = SHA256Digester()
    private var size: Int64 = 0
    private let cancellation: Cancellation?
    private(set) var failure: ArchiveError?

    init(_ source: any ByteSource, hashesStream: Bool, cancellation: Cancellation?) {
        raw = hashesStream ? HashingSource(source) : nil
        self.source = DecompressingSource(raw ?? source)
        self.cancellation = cancellation
    }

    /// Fills a block with decompressed bytes; fewer than it holds mean that the stream has ended.
    func fill(_ block: LayerBlock) throws(ArchiveError) {
        try cancellation?.check()
        block.count = 0
        while block.count < LayerBlock.capacity {
            let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: block.bytes[block.count...]))
            if count == 0 { break }
            block.count += count
        }
        digester.update(block.content)
        size += Int64(block.count)
    }

    /// As `fill`, but keeps the error for later.
    func fillCatching(_ block: LayerBlock) -> Bool {
        do throws(ArchiveError) {
            try fill(block)
            return true
        } catch {
            failure = error
            return false
        }
    }

    /// Compares what was read, once it has been read to its end, with what it should be.
    func verify(_ expected: ExpectedDigests) throws(ArchiveError) -> LayerDigest {
        let content = LayerDigest(diffID: digester.finish(), size: size)
        if let stream = expected.stream, let actual = raw?.finish(), stream != actual {
            throw .digestMismatch(subject: "digest", expected: stream, actual: actual)
        }
        if let diffID = expected.diffID, diffID != content.diffID {
            throw .digestMismatch(subject: "diffID", expected: diffID, actual: content.diffID)
        }
        return content
    }
}

/// A source that hashes what passes through it.
final class HashingSource: ByteSource {
    private var source: any ByteSource
    private var digester = SHA256Digester()

    init(_ source: any ByteSource) {
        self.source = source
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        let count = try source.read(into: buffer)
        digester.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return count
    }

    /// The digest of what was read so far.
    func finish() -> Digest {
        digester.finish()
    }
}
