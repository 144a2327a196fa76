/// A source that lends its own memory, so that large content is not copied on its way.
protocol BlockSource {
    /// The next bytes, at least one; nil at the end. They stay valid until the next call.
    mutating func next() throws(ArchiveError) -> UnsafeRawBufferPointer?

    /// Leaves out bytes that follow those lent last, where that is possible without reading them.
    mutating func skip(_ count: Int64) throws(ArchiveError) -> Bool
}

extension BlockSource {
    mutating func skip(_ count: Int64) throws(ArchiveError) -> Bool { false }
}

/// Lends the bytes of an ordinary source through a buffer of its own.
final class BufferedBlocks: BlockSource {
    private var source: any ByteSource
    private let buffer: UnsafeMutableRawBufferPointer

    init(_ source: any ByteSource, capacity: Int = 256 << 10) {
        self.source = source
        buffer = .allocate(byteCount: capacity, alignment: 64)
    }

    deinit {
        buffer.deallocate()
    }

    func next() throws(ArchiveError) -> UnsafeRawBufferPointer? {
        let count = try source.read(into: buffer)
        return count == 0 ? nil : UnsafeRawBufferPointer(rebasing: buffer[..<count])
    }

    func skip(_ count: Int64) throws(ArchiveError) -> Bool { try source.skip(count) }
}
