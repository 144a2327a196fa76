import CZlib
import CZstd

/// Decompresses a stream piece by piece.
protocol Decompressor: AnyObject {
    /// What to call the format in errors.
    var format: String { get }
    /// Whether the input may end here.
    var isAtBoundary: Bool { get }

    /// Takes some input and makes some output.
    ///
    /// - Parameters:
    ///   - input: compressed bytes; those that were used are dropped from its start.
    ///   - output: takes the result.
    /// - Returns: how many bytes of output there are.
    /// - Throws: `ArchiveError.corruptStream`.
    func step(_ input: inout UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) throws(ArchiveError)
        -> Int
}

/// gzip of any number of members, by zlib.
final class GzipDecompressor: Decompressor {
    let format = "gzip"
    private(set) var isAtBoundary = true
    private let stream: UnsafeMutablePointer<z_stream>

    init() throws(ArchiveError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 bits of window, and 16 for the gzip wrapper.
        guard inflateInit2_(stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            stream.deallocate()
            throw .library(name: "zlib", reason: "cannot make a decompressor")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    func step(
        _ input: inout UnsafeRawBufferPointer,
        _ output: UnsafeMutableRawBufferPointer
    ) throws(ArchiveError) -> Int {
        // zlib does not write to its input, but does not say so in its types.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.assumingMemoryBound(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(clamping: input.count)
        stream.pointee.next_out = output.assumingMemoryBound(to: UInt8.self).baseAddress
        stream.pointee.avail_out = UInt32(clamping: output.count)
        let offered = Int(stream.pointee.avail_in)
        let room = Int(stream.pointee.avail_out)
        let result = inflate(stream, Z_NO_FLUSH)
        let used = offered - Int(stream.pointee.avail_in)
        input = UnsafeRawBufferPointer(rebasing: input[used...])
        if used > 0 { isAtBoundary = false }
        switch result {
        case Z_STREAM_END:
            inflateReset(stream)
            isAtBoundary = true
        case Z_OK, Z_BUF_ERROR: break
        default: throw .corruptStream(format: format, reason: "broken data")
        }
        return room - Int(stream.pointee.avail_out)
    }
}

/// zstd of any number of frames.
final class ZstdDecompressor: Decompressor {
    let format = "zstd"
    private(set) var isAtBoundary = true
    private let context: OpaquePointer

    init() throws(ArchiveError) {
        guard let context = ZSTD_createDCtx() else {
            throw .library(name: "zstd", reason: "cannot make a decompressor")
        }
        self.context = context
    }

    deinit {
        ZSTD_freeDCtx(context)
    }

    func step(
        _ input: inout UnsafeRawBufferPointer,
        _ output: UnsafeMutableRawBufferPointer
    ) throws(ArchiveError) -> Int {
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let result = ZSTD_decompressStream(context, &target, &source)
        guard ZSTD_isError(result) == 0 else { throw .corruptStream(format: format, reason: "broken data") }
        input = UnsafeRawBufferPointer(rebasing: input[source.pos...])
        // Asked again without input after a frame's end, the library announces the next frame.
        if source.pos > 0 || target.pos > 0 { isAtBoundary = result == 0 }
        return target.pos
    }
}
