/// Writes a tar stream entry by entry; for what is not a layer from disk, see `LayerEngine`.
public struct TarWriter: ~Copyable {
    private let sink: any ByteSink
    private var remaining: Int64 = 0
    private var padding = 0
    private var current = ""

    /// Starts an archive.
    ///
    /// - Parameter sink: takes the tar stream.
    public init(_ sink: any ByteSink) {
        self.sink = sink
    }

    /// Starts an entry; its content, `header.size` bytes, must follow.
    ///
    /// - Parameter header: what the entry is.
    /// - Throws: if the header can't be written, or the entry before lacks content.
    public mutating func begin(_ header: TarHeader) throws(ArchiveError) {
        try endEntry()
        try put(TarHeaderEncoder.encode(header))
        guard header.kind == .file else { return }
        remaining = header.size
        padding = TarBlock.padding(after: header.size)
        current = header.displayName
    }

    /// Writes the next bytes of the current entry's content.
    ///
    /// - Parameter bytes: at most as many as the entry lacks.
    /// - Throws: if there are too many, or the sink fails.
    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        guard bytes.count <= remaining else {
            throw .changedWhileReading(path: current, reason: "more content than its header says")
        }
        remaining -= Int64(bytes.count)
        try sink.write(bytes)
    }

    /// Writes an entry with all of its content.
    ///
    /// - Parameters:
    ///   - header: what the entry is; its size is set to the content's.
    ///   - content: what it holds.
    /// - Throws: if the header can't be written, or the sink fails.
    public mutating func add(_ header: TarHeader, content: [UInt8] = []) throws(ArchiveError) {
        var header = header
        header.size = Int64(content.count)
        try begin(header)
        try put(content)
        remaining = 0
    }

    /// Ends the archive with its two blocks of zeros.
    ///
    /// - Throws: if the last entry lacks content, or the sink fails.
    public mutating func finish() throws(ArchiveError) {
        try endEntry()
        try put([UInt8](repeating: 0, count: 2 * TarBlock.size))
    }

    private mutating func endEntry() throws(ArchiveError) {
        guard remaining == 0 else {
            throw .changedWhileReading(path: current, reason: "\(remaining) bytes fewer than its header says")
        }
        try put([UInt8](repeating: 0, count: padding))
        padding = 0
    }

    private func put(_ bytes: [UInt8]) throws(ArchiveError) {
        guard !bytes.isEmpty else { return }
        try sink.write(bytes)
    }
}

extension ByteSink {
    /// Takes the next bytes from an array.
    ///
    /// - Parameter bytes: the bytes that follow those of the call before.
    /// - Throws: as `write(_:)` for a buffer.
    public func write(_ bytes: [UInt8]) throws(ArchiveError) {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(ArchiveError) in try write(buffer) }
        }
        try result.get()
    }
}
