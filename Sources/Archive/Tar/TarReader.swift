/// Reads a tar stream entry by entry: ustar, PAX, GNU with long names, and all sparse formats.
///
/// It trusts nothing: sizes, checksums and records are verified, and no field can make it use more memory than a
/// bounded amount.
public struct TarReader: ~Copyable {
    private var blocks: any BlockSource
    private var chunk = UnsafeRawBufferPointer(start: nil, count: 0)
    /// How many bytes of the stream were taken: after `next()`, where the entry's content begins.
    public private(set) var offset: Int64 = 0

    /// Bytes of the current entry that are still in the stream.
    private var stored: Int64 = 0
    private var padding = 0
    /// What `read(into:)` needs to expand a sparse file: its pieces, the next of them, and its position.
    private var fragments: [SparseFragment]?
    private var fragmentIndex = 0
    private var position: Int64 = 0
    private var size: Int64 = 0
    private var isAtEnd = false

    /// Reads from a source.
    ///
    /// - Parameter source: an uncompressed tar stream; see `DecompressingSource` for others.
    public init(_ source: any ByteSource) {
        blocks = BufferedBlocks(source)
    }

    init(blocks: any BlockSource) {
        self.blocks = blocks
    }

    /// Goes to the next entry; what is left of the current one's content is skipped.
    ///
    /// - Returns: the entry's header, nil at the archive's end.
    /// - Throws: `ArchiveError.malformedTar`, or the source's error.
    public mutating func next() throws(ArchiveError) -> TarHeader? {
        guard !isAtEnd else { return nil }
        var metadata = TarMetadata()
        while true {
            try skipContent()
            guard let block = try readBlock() else {
                isAtEnd = true
                guard metadata.isEmpty else { throw malformed("the archive ends after an extended header") }
                return nil
            }
            let raw = try RawTarHeader(block, offset: offset - Int64(TarBlock.size))
            switch raw.kind {
            case UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "L"), UInt8(ascii: "K"):
                guard raw.size <= PAXRecords.longest else { throw malformed("extended header of \(raw.size) bytes") }
                stored = raw.size
                padding = TarBlock.padding(after: raw.size)
                let content = try readStored()
                guard metadata.add(content, kind: raw.kind) else { throw malformed("broken extended header") }
            default:
                return try begin(raw, metadata)
            }
        }
    }

    /// Reads the next bytes of the current entry's content; holes of sparse files are zeros.
    ///
    /// - Parameter buffer: room for at least one byte.
    /// - Returns: how many bytes were read, 0 at the content's end.
    /// - Throws: `ArchiveError.malformedTar` if the archive is cut short, or the source's error.
    public mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        guard position < size, !buffer.isEmpty else { return 0 }
        var limit = Int(min(Int64(buffer.count), size - position))
        if let fragments {
            while fragmentIndex < fragments.count,
                fragments[fragmentIndex].offset + fragments[fragmentIndex].length <= position
            {
                fragmentIndex += 1
            }
            let nextData = fragmentIndex < fragments.count ? fragments[fragmentIndex].offset : size
            if position < nextData {
                limit = Int(min(Int64(limit), nextData - position))
                UnsafeMutableRawBufferPointer(rebasing: buffer[..<limit]).initializeMemory(as: UInt8.self, repeating: 0)
                position += Int64(limit)
                return limit
            }
            let fragment = fragments[fragmentIndex]
            limit = Int(min(Int64(limit), fragment.offset + fragment.length - position))
        }
        guard let piece = try nextStored(limit: limit) else { throw malformed("content is cut short") }
        buffer.copyMemory(from: piece)
        position += Int64(piece.count)
        return piece.count
    }

    /// Reads all of the current entry's content.
    ///
    /// - Parameter limit: the most bytes that are accepted.
    /// - Returns: the content.
    /// - Throws: `ArchiveError.malformedTar` if there is more than `limit`, or if the archive is cut short.
    public mutating func readContent(limit: Int) throws(ArchiveError) -> [UInt8] {
        guard size - position <= Int64(limit) else { throw malformed("content of \(size) bytes is too long") }
        var bytes = [UInt8](repeating: 0, count: Int(size - position))
        var filled = 0
        while filled < bytes.count {
            let start = filled
            // The typed error can't pass through the rethrowing closure.
            let count = try bytes.withUnsafeMutableBytes { buffer in
                capture { () throws(ArchiveError) in
                    try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[start...]))
                }
            }.get()
            filled += count
        }
        return bytes
    }

    /// The next piece of content as it is stored, without the holes of sparse files; nil at its end.
    ///
    /// The bytes stay valid until the reader is used again.
    mutating func nextStored(limit: Int = .max) throws(ArchiveError) -> UnsafeRawBufferPointer? {
        guard stored > 0 else { return nil }
        guard try fillChunk() else { throw malformed("content is cut short") }
        let count = min(chunk.count, Int(min(stored, Int64(limit))))
        stored -= Int64(count)
        return take(count)
    }

    /// Reads to the end of the source, so that all of it is hashed.
    mutating func drain() throws(ArchiveError) {
        isAtEnd = true
        while try fillChunk() { _ = take(chunk.count) }
    }

    // MARK: - Entries

    private mutating func begin(_ raw: RawTarHeader, _ metadata: TarMetadata) throws(ArchiveError) -> TarHeader {
        var header = raw.header
        guard metadata.apply(to: &header) else { throw malformed("broken extended header") }
        if header.kind == .file, raw.mayBeDirectory, header.name.last == UInt8(ascii: "/") { header.kind = .directory }
        guard header.kind == .file else {
            // Whatever their size says, these have no content.
            header.size = 0
            return start(header, stored: 0)
        }
        guard header.size >= 0 else { throw malformed("negative size") }
        let storedSize = header.size
        stored = storedSize
        padding = TarBlock.padding(after: storedSize)

        // The map of a sparse file is in the header, in a record, or before the content.
        var numbers = metadata.sparseMap
        var realSize = metadata.sparseSize
        if var map = raw.sparseMap {
            while map.needsMore {
                guard let block = try readBlock() else { throw malformed("the archive ends within a sparse map") }
                map.add(extensionBlock: block)
            }
            numbers = map.numbers
            realSize = map.realSize
        } else if metadata.hasSparseMapInContent {
            numbers = try readSparseMap()
        }
        guard let numbers else { return start(header, stored: storedSize) }
        header.size = realSize ?? header.size
        guard let fragments = SparseMap.fragments(of: numbers, size: header.size, stored: stored) else {
            throw malformed("broken sparse map")
        }
        header.sparseFragments = fragments
        return start(header, stored: stored)
    }

    private mutating func start(_ header: TarHeader, stored: Int64) -> TarHeader {
        self.stored = stored
        if stored == 0 && header.kind != .file { padding = 0 }
        fragments = header.sparseFragments
        fragmentIndex = 0
        position = 0
        size = header.size
        return header
    }

    /// Reads the map that sparse format 1.0 puts before the content: decimal lines, filled up to a whole block.
    private mutating func readSparseMap() throws(ArchiveError) -> [Int64] {
        var parser = SparseMapLines()
        while !parser.isComplete {
            guard stored >= Int64(TarBlock.size), parser.size < PAXRecords.longest, let block = try readBlock() else {
                throw malformed("broken sparse map")
            }
            stored -= Int64(TarBlock.size)
            guard parser.add(block) else { throw malformed("broken sparse map") }
        }
        return parser.numbers
    }

    // MARK: - Bytes

    private mutating func skipContent() throws(ArchiveError) {
        let unread = stored - Int64(chunk.count)
        if unread > 0, try blocks.skip(unread) {
            offset += stored
            stored = 0
            chunk = UnsafeRawBufferPointer(start: nil, count: 0)
        }
        while try nextStored() != nil {}
        while padding > 0 {
            // The last padding may be missing, as the end of the archive may be.
            guard try fillChunk() else { break }
            let count = min(padding, chunk.count)
            padding -= count
            _ = take(count)
        }
        padding = 0
    }

    private mutating func readStored() throws(ArchiveError) -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = try nextStored() { bytes.append(contentsOf: piece) }
        return bytes
    }

    /// The next header block; nil at the end of the source or at the two blocks of zeros that end an archive.
    private mutating func readBlock() throws(ArchiveError) -> [UInt8]? {
        guard let block = try readRawBlock() else { return nil }
        guard block.allSatisfy({ $0 == 0 }) else { return block }
        guard let second = try readRawBlock(), !second.allSatisfy({ $0 == 0 }) else { return nil }
        throw malformed("a block of zeros between entries")
    }

    private mutating func readRawBlock() throws(ArchiveError) -> [UInt8]? {
        var block: [UInt8] = []
        block.reserveCapacity(TarBlock.size)
        while block.count < TarBlock.size {
            guard try fillChunk() else {
                guard block.isEmpty else { throw malformed("the archive ends within a block") }
                return nil
            }
            block.append(contentsOf: take(min(TarBlock.size - block.count, chunk.count)))
        }
        return block
    }

    private mutating func fillChunk() throws(ArchiveError) -> Bool {
        if !chunk.isEmpty { return true }
        guard let next = try blocks.next() else { return false }
        chunk = next
        return true
    }

    private mutating func take(_ count: Int) -> UnsafeRawBufferPointer {
        let taken = UnsafeRawBufferPointer(rebasing: chunk[..<count])
        chunk = UnsafeRawBufferPointer(rebasing: chunk[count...])
        offset += Int64(count)
        return taken
    }

    private func malformed(_ reason: String) -> ArchiveError {
        .malformedTar(offset: offset, reason: reason)
    }
}

/// Runs a throwing body to a result, where a rethrowing closure would lose the type of its error.
func capture<Value: ~Copyable>(_ body: () throws(ArchiveError) -> Value) -> Result<Value, ArchiveError> {
    do throws(ArchiveError) {
        return .success(try body())
    } catch {
        return .failure(error)
    }
}
