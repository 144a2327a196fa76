import POSIX

/// Writes the content of a file, and leaves holes where the archive says so or where there are only zeros.
struct FileContent {
    /// Holes shorter than this are written; finding them would cost more than they save.
    private static let holeSize = 64 << 10
    /// Files shorter than this are written as they are.
    private static let smallest = Int64(1 << 20)

    private let file: FileDescriptor
    private let size: Int64
    private let fragments: [SparseFragment]?
    private var fragmentIndex = 0
    private var fragmentUsed: Int64 = 0
    /// Where the next byte belongs.
    private var position: Int64 = 0
    /// Where the descriptor is.
    private var written: Int64 = 0

    /// Starts a file.
    ///
    /// - Parameters:
    ///   - file: open for writing, and empty.
    ///   - header: says how much content there is, and where it belongs.
    init(_ file: FileDescriptor, _ header: TarHeader) {
        self.file = file
        size = header.size
        fragments = header.sparseFragments
        position = fragments?.first?.offset ?? 0
    }

    /// Writes the next bytes that the archive has.
    mutating func write(_ bytes: UnsafeRawBufferPointer) throws(Errno) {
        guard let fragments else { return try writeSkippingZeros(bytes) }
        var rest = bytes
        while !rest.isEmpty, fragmentIndex < fragments.count {
            let fragment = fragments[fragmentIndex]
            let count = Int(min(Int64(rest.count), fragment.length - fragmentUsed))
            position = fragment.offset + fragmentUsed
            try put(UnsafeRawBufferPointer(rebasing: rest[..<count]))
            fragmentUsed += Int64(count)
            if fragmentUsed == fragment.length {
                fragmentIndex += 1
                fragmentUsed = 0
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Extends the file to its size if it ends with a hole.
    func finish() throws(Errno) {
        if written < size { try file.setSize(size) }
    }

    private mutating func writeSkippingZeros(_ bytes: UnsafeRawBufferPointer) throws(Errno) {
        guard size >= Self.smallest else { return try put(bytes) }
        // Runs of ordinary chunks are written at once.
        var start = 0
        var end = 0
        while end < bytes.count {
            let next = min(end + Self.holeSize, bytes.count)
            let chunk = UnsafeRawBufferPointer(rebasing: bytes[end..<next])
            if chunk.count == Self.holeSize, Self.isZero(chunk) {
                try put(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
                position += Int64(chunk.count)
                start = next
            }
            end = next
        }
        try put(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
    }

    private mutating func put(_ bytes: UnsafeRawBufferPointer) throws(Errno) {
        guard !bytes.isEmpty else { return }
        if position > written { try file.skip(position - written) }
        try file.writeBytes(bytes)
        position += Int64(bytes.count)
        written = position
    }

    private static func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
        for offset in stride(from: 0, to: bytes.count, by: 8)
        where bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) != 0 {
            return false
        }
        return true
    }
}
