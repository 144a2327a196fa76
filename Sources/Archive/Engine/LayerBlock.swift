/// A piece of a layer on its way from the walk to the sinks: its tar bytes, and what they are compressed to.
///
/// `@unchecked` because a block belongs to one thread at a time, or is only read; the locks of the pool and the
/// pipeline order the changes of hands.
final class LayerBlock: @unchecked Sendable {
    /// The size of all blocks but a layer's last, a multiple of a tar block.
    ///
    /// Compressed layers are cut at these boundaries, so their bytes depend on it.
    static let capacity = 1 << 20

    let bytes: UnsafeMutableRawBufferPointer
    /// How many of the bytes are in use.
    var count = 0
    /// The block's number within its layer.
    var index = 0
    /// How many of the works on it are not done: hashing, and compressing if there is any.
    var pendingParts = 0

    private(set) var compressed = UnsafeRawBufferPointer(start: nil, count: 0)
    private var compressor: BlockCompressor?

    init() {
        bytes = .allocate(byteCount: Self.capacity, alignment: 4096)
    }

    deinit {
        bytes.deallocate()
    }

    /// The bytes in use.
    var content: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[..<count]) }

    /// Compresses the content into memory of the block's own.
    func compress(_ compression: LayerCompression) throws(ArchiveError) {
        // Compressors have tables of some 100 KB; they stay with the block, as its buffers do.
        let compressor: BlockCompressor
        if let existing = self.compressor, existing.compression == compression {
            compressor = existing
        } else {
            compressor = try BlockCompressor(compression, capacity: Self.capacity)
        }
        self.compressor = compressor
        compressed = try compressor.compress(content)
    }
}
