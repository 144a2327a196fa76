import Archive
import OCI
import POSIX

/// A layer's tar in a launch cache, which stays readable even if the cache is cleaned up meanwhile.
final class LaunchCacheFile: Sendable {
    let path: String
    private let descriptor: FileDescriptor

    init(reading path: String) throws(POSIXError) {
        self.path = path
        descriptor = try OwnedDescriptor(opening: path).release()
    }

    /// Makes the file.
    init(writing path: String) throws(POSIXError) {
        self.path = path
        descriptor = try OwnedDescriptor(opening: path, [.readWrite, .create, .truncate], mode: 0o666).release()
    }

    deinit { descriptor.close() }

    func size() throws(POSIXError) -> Int64 { try descriptor.status(path: path).size }

    func write(_ bytes: UnsafeRawBufferPointer) throws(POSIXError) { try descriptor.writeAll(bytes, path: path) }

    /// Reads the file from its start.
    ///
    /// - Parameters:
    ///   - limit: How much of it; all by default.
    ///   - body: Takes the pieces.
    /// - Throws: `OCIError` of the file or of `body`.
    func read(
        limit: Int64 = .max,
        _ body: (UnsafeRawBufferPointer) throws(OCIError) -> Void
    ) throws(OCIError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { buffer.deallocate() }
        var offset: Int64 = 0
        while offset < limit {
            let wanted = UnsafeMutableRawBufferPointer(
                rebasing: buffer[..<Int(min(Int64(buffer.count), limit - offset))]
            )
            let count: Int
            do throws(POSIXError) {
                count = try descriptor.read(into: wanted, at: offset)
            } catch {
                throw .store(StoreFailure(kind: .other, message: "\(error)"))
            }
            guard count > 0 else { return }
            offset += Int64(count)
            try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(wanted)[..<count]))
        }
    }

    /// The file as the bytes of a layer.
    func layerBytes(size: Int64) -> LayerBytes {
        LayerBytes(size: size) { sink throws(ArchiveError) in
            var failure: ArchiveError?
            do throws(OCIError) {
                try self.read { bytes throws(OCIError) in
                    do throws(ArchiveError) {
                        try sink.write(bytes)
                    } catch {
                        failure = error
                        throw .store(StoreFailure(kind: .other, message: "\(error)"))
                    }
                }
            } catch {
                throw failure ?? .source(error)
            }
        }
    }
}
