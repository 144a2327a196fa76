import CDeflate
import CZstd

/// Compresses blocks independently, each into a whole gzip member or zstd frame.
///
/// Members and frames may follow each other in one stream, by RFC 1952 §2.2 and RFC 8878 §3. Their headers hold
/// neither time nor name, so that the bytes depend on nothing but the content.
final class BlockCompressor {
    let compression: LayerCompression
    private let output: UnsafeMutableRawBufferPointer
    private let engine: Engine

    private enum Engine {
        case gzip(OpaquePointer)
        case zstd(OpaquePointer, level: Int32)
    }

    /// Prepares to compress.
    ///
    /// - Parameters:
    ///   - compression: anything but `none`.
    ///   - capacity: the largest block in bytes.
    /// - Throws: if there is no memory for it.
    init(_ compression: LayerCompression, capacity: Int) throws(ArchiveError) {
        self.compression = compression
        let bound: Int
        switch compression {
        case .gzip(let level):
            guard let compressor = libdeflate_alloc_compressor(Int32(level)) else {
                throw .library(name: "libdeflate", reason: "cannot make a compressor of level \(level)")
            }
            engine = .gzip(compressor)
            bound = libdeflate_gzip_compress_bound(compressor, capacity)
        case .zstd(let level):
            guard let context = ZSTD_createCCtx() else {
                throw .library(name: "zstd", reason: "cannot make a compressor")
            }
            engine = .zstd(context, level: Int32(level))
            bound = ZSTD_compressBound(capacity)
        case .none:
            throw .library(name: "compressor", reason: "nothing to compress with")
        }
        output = .allocate(byteCount: bound, alignment: 64)
    }

    deinit {
        output.deallocate()
        switch engine {
        case .gzip(let compressor): libdeflate_free_compressor(compressor)
        case .zstd(let context, _): ZSTD_freeCCtx(context)
        }
    }

    /// Compresses one block.
    ///
    /// - Parameter input: at most as many bytes as the capacity.
    /// - Returns: memory of the compressor, valid until the next call.
    /// - Throws: if the library fails, which it has no reason to.
    func compress(_ input: UnsafeRawBufferPointer) throws(ArchiveError) -> UnsafeRawBufferPointer {
        let count: Int
        switch engine {
        case .gzip(let compressor):
            count = libdeflate_gzip_compress(
                compressor,
                input.baseAddress,
                input.count,
                output.baseAddress,
                output.count
            )
            guard count > 0 else { throw .library(name: "libdeflate", reason: "cannot compress a block") }
        case .zstd(let context, let level):
            count = ZSTD_compressCCtx(
                context,
                output.baseAddress,
                output.count,
                input.baseAddress,
                input.count,
                level
            )
            guard ZSTD_isError(count) == 0 else { throw .library(name: "zstd", reason: "cannot compress a block") }
        }
        return UnsafeRawBufferPointer(rebasing: output[..<count])
    }
}
