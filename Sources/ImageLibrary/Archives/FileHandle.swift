import Archive
import POSIX

/// An open file that several threads may read at once, each where it wants.
final class FileHandle: Sendable {
    private let descriptor: FileDescriptor

    init(opening path: String) throws(POSIXError) {
        descriptor = try OwnedDescriptor(opening: path).release()
    }

    /// Makes a file that is gone with the process, however that ends.
    init(unnamedIn directory: String?) throws(POSIXError) {
        let directory = directory ?? ProcessEnvironment["TMPDIR"] ?? "/tmp"
        let path = Path.join(directory, ".slipway-\(RandomBytes.hexadecimal(count: 8))")
        descriptor = try OwnedDescriptor(opening: path, [.readWrite, .create, .exclusive], mode: 0o600).release()
        try FileSystem.removeFile(path)
    }

    deinit { descriptor.close() }

    func size(path: String) throws(POSIXError) -> Int64 { try descriptor.status(path: path).size }

    func append(_ bytes: UnsafeRawBufferPointer, path: String) throws(POSIXError) {
        try descriptor.writeAll(bytes, path: path)
    }

    /// Reads some bytes at an offset; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64, path: String) throws(POSIXError) -> Int {
        do {
            return try descriptor.read(into: buffer, at: offset)
        } catch {
            throw POSIXError(error.errno, error.operation, path)
        }
    }

    /// Reads a part of the file in pieces.
    func read<Failure: Error>(
        _ range: Range<Int64>,
        path: String,
        failing convert: (POSIXError) -> Failure,
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        guard !range.isEmpty else { return }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: min(range.count, 1 << 18), alignment: 16)
        defer { buffer.deallocate() }
        var offset = range.lowerBound
        while offset < range.upperBound {
            let wanted = Int(min(Int64(buffer.count), range.upperBound - offset))
            let count: Int
            do throws(POSIXError) {
                count = try read(
                    into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]),
                    at: offset,
                    path: path
                )
                guard count > 0 else {
                    throw POSIXError(.inputOutput, "read", path, explanation: "the file is cut short")
                }
            } catch {
                throw convert(error)
            }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            offset += Int64(count)
        }
    }
}

/// Reads a file from its start, whatever others read of it.
struct HandleSource: ByteSource {
    private let file: FileHandle
    private let path: String
    private let size: Int64
    private var offset: Int64 = 0

    init(_ file: FileHandle, path: String) throws(ArchiveError) {
        self.file = file
        self.path = path
        do throws(POSIXError) {
            size = try file.size(path: path)
        } catch {
            throw .system(error)
        }
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        do throws(POSIXError) {
            let count = try file.read(into: buffer, at: offset, path: path)
            offset += Int64(count)
            return count
        } catch {
            throw .system(error)
        }
    }

    /// What goes beyond the end is read, which shows where that is.
    mutating func skip(_ count: Int64) throws(ArchiveError) -> Bool {
        guard count <= size - offset else { return false }
        offset += count
        return true
    }
}
