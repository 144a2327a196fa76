import Archive
import POSIX

/// A file of a cache directory, open for reading or writing; closed when it is no longer used.
final class CacheFile: ByteSource, ByteSink {
    private let descriptor: FileDescriptor
    private let path: String

    init(reading path: String) throws(POSIXError) {
        self.path = path
        descriptor = try OwnedDescriptor(opening: path).release()
    }

    /// Makes the file; what was there before is gone.
    init(writing path: String) throws(POSIXError) {
        self.path = path
        descriptor = try OwnedDescriptor(opening: path, .replace, mode: 0o666).release()
    }

    deinit {
        descriptor.close()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        do {
            return try descriptor.read(into: buffer, path: path)
        } catch {
            throw .source(error)
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        do {
            try descriptor.writeAll(bytes, path: path)
        } catch {
            throw .sink(error)
        }
    }
}
