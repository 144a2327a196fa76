import OCI
import POSIX
import Synchronization

/// The bytes of one blob until they are sent: the first ones in memory, the rest in a file without a name.
///
/// Most layers are never written to a disk. They can be read any number of times and by several threads once everything
/// is written; what is known to be written may be read before, if it has reached its file.
///
/// `@unchecked` because one thread writes before any reads; the queue that the blob is handed over through orders that.
/// Once there is a file, writing changes nothing but the file's end and the size, which reading does not look at.
final class BlobSpool: @unchecked Sendable {
    /// How many bytes all spools of the process may keep in memory.
    private static let memoryLimit = 12 << 20
    private static let memoryInUse = Atomic(0)
    /// How much of one blob is kept in memory at most.
    private static let longestInMemory = 6 << 20

    private var pieces: [[UInt8]] = []
    /// How many bytes the pieces have; what follows is in the file.
    private var countInMemory = 0
    private var file: FileDescriptor?
    private let directory: String
    /// How many bytes were written; for the thread that writes until that is done.
    private(set) var size = 0
    /// Whether what is written from now on goes to a file.
    var hasFile: Bool { file != nil }

    /// Makes an empty spool.
    ///
    /// - Parameter directory: where the file is made if there has to be one
    init(directory: String) {
        self.directory = directory
    }

    deinit {
        file?.close()
        Self.memoryInUse.subtract(countInMemory, ordering: .relaxed)
    }

    /// Adds bytes at the end.
    func write(_ more: UnsafeRawBufferPointer) throws(POSIXError) {
        if file == nil, reserve(more.count) {
            pieces.append([UInt8](more))
            countInMemory += more.count
        } else {
            if file == nil { file = try makeFile() }
            try file?.writeAll(more)
        }
        size += more.count
    }

    /// Calls `body` with pieces of the content from an offset up to another.
    func read<Failure: Error>(
        _ range: Range<Int>,
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void,
        failing convert: (POSIXError) -> Failure
    ) throws(Failure) {
        var start = 0
        for piece in pieces {
            let wanted = range.clamped(to: start..<start + piece.count)
            if !wanted.isEmpty { try Self.lend(piece, wanted.lowerBound - start..<wanted.upperBound - start, body) }
            start += piece.count
        }
        let rest = range.clamped(to: countInMemory..<Int.max)
        if let file, !rest.isEmpty {
            try Self.read(file, rest.lowerBound - countInMemory..<rest.upperBound - countInMemory, body, convert)
        }
    }

    private static func lend<Failure: Error>(
        _ piece: [UInt8],
        _ range: Range<Int>,
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        var failure: Failure?
        piece.withUnsafeBytes { all in
            do throws(Failure) { try body(UnsafeRawBufferPointer(rebasing: all[range])) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private static func read<Failure: Error>(
        _ file: FileDescriptor,
        _ range: Range<Int>,
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void,
        _ convert: (POSIXError) -> Failure
    ) throws(Failure) {
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

    /// Takes room in memory, if the blob and all blobs together do not have too much of it already.
    private func reserve(_ count: Int) -> Bool {
        guard countInMemory + count <= Self.longestInMemory else { return false }
        let (_, inUse) = Self.memoryInUse.add(count, ordering: .relaxed)
        guard inUse <= Self.memoryLimit else {
            Self.memoryInUse.subtract(count, ordering: .relaxed)
            return false
        }
        return true
    }

    /// Makes a file that is removed at once, so that it is gone with the process, however that ends.
    private func makeFile() throws(POSIXError) -> FileDescriptor {
        let path = Path.join(directory, ".slipway-blob-\(RandomBytes.hexadecimal(count: 8))")
        let opened = try OwnedDescriptor(opening: path, [.readWrite, .create, .exclusive], mode: 0o600)
        try FileSystem.removeFile(path)
        return opened.release()
    }
}
