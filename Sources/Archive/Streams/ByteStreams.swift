/// A place that takes bytes in order: a blob upload, a file, a cache entry, a buffer.
///
/// The layer engine calls one sink from several threads, but never from two at the same time, and each call happens
/// after the one before it has returned.
public protocol ByteSink: Sendable {
    /// Takes the next bytes; they are only valid during the call.
    ///
    /// - Parameter bytes: the bytes that follow those of the call before.
    /// - Throws: any error ends the operation that writes; wrap errors of other modules as `ArchiveError.sink`.
    func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError)
}

/// A place that gives bytes in order.
public protocol ByteSource {
    /// Reads the next bytes into `buffer`.
    ///
    /// - Parameter buffer: room for at least one byte.
    /// - Returns: how many bytes were read; 0 means the end, and only the end.
    /// - Throws: wrap errors of other modules as `ArchiveError.source`.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int

    /// Leaves bytes out, where that is possible without reading them.
    ///
    /// - Parameter count: How many bytes.
    /// - Returns: Whether that was done; if not, they are still to be read.
    /// - Throws: wrap errors of other modules as `ArchiveError.source`.
    mutating func skip(_ count: Int64) throws(ArchiveError) -> Bool
}

extension ByteSource {
    /// Streams are read.
    public mutating func skip(_ count: Int64) throws(ArchiveError) -> Bool { false }
}

/// A sink that hands every piece to a closure.
public struct ClosureSink: ByteSink {
    private let body: @Sendable (UnsafeRawBufferPointer) throws(ArchiveError) -> Void

    /// Makes a sink of a closure.
    ///
    /// - Parameter body: takes the next bytes, which are only valid during the call.
    public init(_ body: @escaping @Sendable (UnsafeRawBufferPointer) throws(ArchiveError) -> Void) {
        self.body = body
    }

    /// Calls the closure.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        try body(bytes)
    }
}

/// A sink that forgets what it takes.
public struct DiscardingSink: ByteSink {
    public init() {}

    /// Does nothing.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {}
}

/// A source over bytes in memory.
public struct MemorySource: ByteSource {
    private let bytes: [UInt8]
    private var position = 0

    /// Makes a source that gives these bytes once.
    ///
    /// - Parameter bytes: everything that the source has.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Copies the next bytes.
    public mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        let count = min(buffer.count, bytes.count - position)
        bytes.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count]))
        }
        position += count
        return count
    }
}
