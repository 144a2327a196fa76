import OCI
import POSIX
import Synchronization

/// The bytes of one blob until they are sent: in memory while they are few, else in a file without a name.
///
/// They can be read any number of times and by several threads once everything is written.
///
/// `@unchecked` because one thread writes before any reads; the queue that the blob is handed over through orders that.
final class BlobSpool: @unchecked Sendable {
    /// How many bytes all spools of the process may keep in memory.
    private static let memoryLimit = 4 << 20
    private static let memoryInUse = Atomic(0)
    /// How much of one blob is kept in memory at most.
    private static let longestInMemory = 256 << 10

    private var bytes: [UInt8] = []
    private var reserved = 0
    private var file: FileDescriptor?
    private let directory: String
    /// How many bytes were written.
    private(set) var size = 0

    /// Makes an empty spool.
    ///
    /// - Parameter directory: where the file is made if there has to be one
    init(directory: String) {
        self.directory = directory
    }

    deinit {
        file?.close()
        release()
    }

    /// Adds bytes at the end.
    func write(_ more: UnsafeRawBufferPointer) throws(POSIXError) {
        size += more.count
        if file == nil, reserve(more.count) {
            bytes.append(contentsOf: more)
            return
        }
        if file == nil { try moveToFile() }
        try file?.writeAll(more)
    }

    /// Calls `body` with pieces of the content from an offset up to another.
    func read<Failure: Error>(
        _ range: Range<Int>,
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void,
        failing convert: (POSIXError) -> Failure
    ) throws(Failure) {
        guard let file else {
            var failure: Failure?
            bytes.withUnsafeBytes { all in
                do throws(Failure) { try body(UnsafeRawBufferPointer(rebasing: all[range])) } catch { failure = error }
            }
            if let failure { throw failure }
            return
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: min(range.count, 256 << 10), alignment: 16)
        defer { buffer.deallocate() }
        var offset = range.lowerBound
        while offset < range.upperBound {
            let wanted = UnsafeMutableRawBufferPointer(
                rebasing: buffer[..<min(buffer.count, range.upperBound - offset)]
            )
            let count: Int
            do throws(POSIXError) {
                count = try file.read(into: wanted, at: Int64(offset))
                if count == 0 { throw POSIXError(.inputOutput, "read", "temporary file") }
            } catch {
                throw convert(error)
            }
            try body(UnsafeRawBufferPointer(rebasing: wanted[..<count]))
            offset += count
        }
    }

    private func reserve(_ count: Int) -> Bool {
        guard bytes.count + count <= Self.longestInMemory else { return false }
        let (_, inUse) = Self.memoryInUse.add(count, ordering: .relaxed)
        guard inUse <= Self.memoryLimit else {
            Self.memoryInUse.subtract(count, ordering: .relaxed)
            return false
        }
        reserved += count
        return true
    }

    private func release() {
        Self.memoryInUse.subtract(reserved, ordering: .relaxed)
        reserved = 0
    }

    /// Continues in a file that is removed at once, so that it is gone with the process, however that ends.
    private func moveToFile() throws(POSIXError) {
        let path = Path.join(directory, ".slipway-blob-\(RandomBytes.hexadecimal(count: 8))")
        let opened = try OwnedDescriptor(opening: path, [.readWrite, .create, .exclusive], mode: 0o600)
        try FileSystem.removeFile(path)
        try opened.descriptor.writeAll(bytes)
        file = opened.release()
        bytes = []
        release()
    }
}
