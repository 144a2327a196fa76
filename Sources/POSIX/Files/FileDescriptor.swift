import CPOSIX
import Glibc

/// A descriptor of an open file, pipe or socket, without ownership; see ``OwnedDescriptor`` for the owning kind.
public struct FileDescriptor: RawRepresentable, Hashable, Sendable {
    /// The descriptor's number.
    public var rawValue: Int32

    /// Wraps a number.
    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// Descriptor 0.
    public static let standardInput = FileDescriptor(rawValue: 0)
    /// Descriptor 1.
    public static let standardOutput = FileDescriptor(rawValue: 1)
    /// Descriptor 2.
    public static let standardError = FileDescriptor(rawValue: 2)
}

extension FileDescriptor {
    /// Reads what is there, up to the buffer's size.
    /// - Parameters:
    ///   - buffer: Where the bytes go.
    ///   - path: The name to report in an error.
    /// - Returns: How many bytes were read; 0 at the end of the file or for an empty buffer.
    /// - Throws: When the system refuses.
    public func read(into buffer: UnsafeMutableRawBufferPointer, path: String? = nil) throws(POSIXError) -> Int {
        try systemCall("read", path) { Glibc.read(rawValue, buffer.baseAddress, buffer.count) }
    }

    /// Reads from a position, without moving the descriptor's own.
    /// - Parameters:
    ///   - buffer: Where the bytes go.
    ///   - offset: The position, in bytes from the file's start.
    ///   - path: The name to report in an error.
    /// - Returns: How many bytes were read; 0 at the end of the file.
    /// - Throws: When the system refuses.
    public func read(
        into buffer: UnsafeMutableRawBufferPointer,
        at offset: Int64,
        path: String? = nil
    ) throws(POSIXError) -> Int {
        try systemCall("read", path) { pread(rawValue, buffer.baseAddress, buffer.count, off_t(offset)) }
    }

    /// Reads until the buffer is full or the file ends.
    /// - Parameters:
    ///   - buffer: Where the bytes go.
    ///   - path: The name to report in an error.
    /// - Returns: How many bytes were read; fewer than the buffer holds only at the end of the file.
    /// - Throws: When the system refuses.
    public func readFully(into buffer: UnsafeMutableRawBufferPointer, path: String? = nil) throws(POSIXError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]), path: path)
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    /// Reads until the end of the file.
    /// - Parameters:
    ///   - expectedCount: The likely number of bytes, to save copies.
    ///   - limit: Where to stop although there is more.
    ///   - path: The name to report in an error.
    /// - Returns: All remaining bytes, or a few more than the limit.
    /// - Throws: When the system refuses.
    public func readToEnd(
        expectedCount: Int = 0,
        limit: Int = .max,
        path: String? = nil
    ) throws(POSIXError) -> [UInt8] {
        // One byte more than expected, so that the end shows without growing the buffer.
        var capacity = max(expectedCount &+ 1, 4096)
        var bytes: [UInt8] = []
        while true {
            var failure: POSIXError?
            let before = bytes.count
            let chunk = capacity - before
            // The typed error cannot pass through the initialiser, which rethrows any error.
            let more = [UInt8](unsafeUninitializedCapacity: chunk) { buffer, count in
                do throws(POSIXError) {
                    count = try readFully(into: UnsafeMutableRawBufferPointer(buffer), path: path)
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
            if bytes.isEmpty { bytes = more } else { bytes += more }
            if more.count < chunk || bytes.count > limit { return bytes }
            capacity = bytes.count &* 2
        }
    }

    /// Writes all bytes.
    /// - Parameters:
    ///   - bytes: What to write.
    ///   - path: The name to report in an error.
    /// - Throws: When the system refuses; some bytes may have been written.
    public func writeAll(_ bytes: UnsafeRawBufferPointer, path: String? = nil) throws(POSIXError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = try systemCall("write", path) { Glibc.write(rawValue, rest.baseAddress, rest.count) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Writes all bytes.
    /// - Parameters:
    ///   - bytes: What to write.
    ///   - path: The name to report in an error.
    /// - Throws: When the system refuses; some bytes may have been written.
    public func writeAll(_ bytes: [UInt8], path: String? = nil) throws(POSIXError) {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(POSIXError) in try writeAll(buffer, path: path) }
        }
        try result.get()
    }

    /// Writes a message; failures are ignored, as there is nowhere to report them.
    /// - Parameter message: What to write.
    public func report(_ message: String) {
        try? writeAll(Array(message.utf8))
    }

    /// Moves the descriptor's position.
    /// - Parameters:
    ///   - offset: The position, in bytes from the file's start.
    ///   - path: The name to report in an error.
    /// - Throws: When the file cannot be positioned, as a pipe.
    public func seek(to offset: Int64, path: String? = nil) throws(POSIXError) {
        try systemCall("seek", path) { lseek(rawValue, off_t(offset), SEEK_SET) }
    }

    /// Cuts the file off, or extends it with zeros.
    /// - Parameters:
    ///   - size: The new size in bytes.
    ///   - path: The name to report in an error.
    /// - Throws: When the system refuses.
    public func truncate(to size: Int64, path: String? = nil) throws(POSIXError) {
        try systemCall("truncate", path) { ftruncate(rawValue, off_t(size)) }
    }

    /// Waits until the file's contents and metadata are on the device.
    /// - Parameter path: The name to report in an error.
    /// - Throws: When writing back failed.
    public func sync(path: String? = nil) throws(POSIXError) {
        try systemCall("sync", path) { fsync(rawValue) }
    }

    /// What the descriptor refers to.
    /// - Parameter path: The name to report in an error.
    /// - Returns: The file's status.
    /// - Throws: When the system refuses.
    public func status(path: String? = nil) throws(POSIXError) -> FileStatus {
        var raw = stat()
        try systemCall("stat", path) { fstat(rawValue, &raw) }
        return FileStatus(raw)
    }

    /// Whether the other end of a pipe has been closed; does not wait.
    public var isHungUp: Bool {
        var polled = pollfd(fd: rawValue, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, 0) > 0 && Int32(polled.revents) & POLLHUP != 0
    }

    /// Whether a person may be looking at what is written here.
    public var isTerminal: Bool { isatty(rawValue) == 1 }

    /// How many characters fit on the terminal that it refers to; nil if it is none, or one that does not know.
    public var terminalSize: (columns: Int, rows: Int)? {
        var columns: UInt16 = 0
        var rows: UInt16 = 0
        guard cposix_terminal_size(rawValue, &columns, &rows) == 0, columns > 0, rows > 0 else { return nil }
        return (Int(columns), Int(rows))
    }

    /// Closes the descriptor.
    ///
    /// Errors are not reported: who needs to know that bytes have reached the device calls ``sync(path:)`` before.
    public func close() {
        // Not repeated after EINTR: Linux has closed it by then, and the number may be another file's already.
        _ = Glibc.close(rawValue)
    }
}
