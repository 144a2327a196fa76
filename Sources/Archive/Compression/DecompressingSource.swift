/// A source whose compression (gzip, zstd, none) is recognised by its first bytes, and undone.
public struct DecompressingSource: ByteSource {
    private enum Mode {
        case unknown
        case plain
        case compressed(any Decompressor)
    }

    private var source: any ByteSource
    private var mode = Mode.unknown
    private let input: InputBuffer

    /// Reads through another source.
    ///
    /// - Parameter source: plain or compressed bytes.
    public init(_ source: any ByteSource) {
        self.source = source
        input = InputBuffer()
    }

    /// Reads the next decompressed bytes.
    public mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        guard !buffer.isEmpty else { return 0 }
        switch mode {
        case .unknown:
            mode = try recognise()
            return try read(into: buffer)
        case .plain:
            let waiting = input.take(upTo: buffer.count)
            guard waiting.isEmpty else {
                buffer.copyMemory(from: waiting)
                return waiting.count
            }
            return try source.read(into: buffer)
        case .compressed(let decompressor):
            return try decompress(decompressor, into: buffer)
        }
    }

    private mutating func recognise() throws(ArchiveError) -> Mode {
        while input.waiting.count < 4, try input.fill(from: &source) {}
        let start = input.waiting.prefix(4)
        if start.starts(with: [0x1F, 0x8B]) { return .compressed(try GzipDecompressor()) }
        if start.elementsEqual([0x28, 0xB5, 0x2F, 0xFD]) { return .compressed(try ZstdDecompressor()) }
        return .plain
    }

    private mutating func decompress(
        _ decompressor: any Decompressor,
        into buffer: UnsafeMutableRawBufferPointer
    ) throws(ArchiveError) -> Int {
        while true {
            if input.waiting.isEmpty, try !input.fill(from: &source) {
                let count = try decompressor.step(&input.waiting, buffer)
                guard count == 0 else { return count }
                guard decompressor.isAtBoundary else {
                    throw .corruptStream(format: decompressor.format, reason: "it is cut short")
                }
                return 0
            }
            let count = try decompressor.step(&input.waiting, buffer)
            if count > 0 { return count }
        }
    }
}

/// Compressed bytes that wait to be decompressed.
private final class InputBuffer {
    private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
    var waiting = UnsafeRawBufferPointer(start: nil, count: 0)

    deinit {
        memory.deallocate()
    }

    /// Reads more behind what waits; false at the end of the source.
    func fill(from source: inout any ByteSource) throws(ArchiveError) -> Bool {
        memory.copyMemory(from: waiting)
        let used = waiting.count
        let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: memory[used...]))
        waiting = UnsafeRawBufferPointer(rebasing: memory[..<(used + count)])
        return count > 0
    }

    func take(upTo count: Int) -> UnsafeRawBufferPointer {
        let taken = waiting.prefix(count)
        waiting = UnsafeRawBufferPointer(rebasing: waiting.dropFirst(count))
        return UnsafeRawBufferPointer(rebasing: taken)
    }
}
