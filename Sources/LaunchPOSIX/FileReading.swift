internal import CPOSIX

/// The few reading operations that launch and build need, in terms of raw paths.
public enum FileReading {
    /// How much to read of a file that is probably small, and of a directory: Swift takes as much from the stack.
    static let smallSize = 1024
    /// How much to read of a file of any length.
    private static let largeSize = 16384

    /// The contents of a file.
    ///
    /// - Parameters:
    ///   - path: The file; an ordinary one, as others may have no end.
    ///   - limit: The most that it may hold, in bytes.
    /// - Returns: Its bytes.
    /// - Throws: What `open` or `read` failed with; `EISDIR` for a directory.
    public static func contents(of path: RawPath, limit: Int) throws(SystemError) -> [UInt8] {
        let descriptor = path.withCString { openFile($0, in: AT_FDCWD) }
        if descriptor < 0 { throw SystemError(operation: "open", path: path, code: -descriptor) }
        defer { _ = close(descriptor) }
        try checkKind(of: descriptor, path: path)
        return try contents(of: descriptor, path: path, limit: limit)
    }

    /// Refuses what may have no end: pipes and devices.
    static func checkKind(of descriptor: Int32, path: @autoclosure () -> RawPath) throws(SystemError) {
        if launcher_has_end(descriptor) == 0 {
            throw SystemError(operation: "read", path: path(), code: SystemError.notRegular)
        }
    }

    /// Everything that can be read from a descriptor until its end.
    ///
    /// - Parameters:
    ///   - descriptor: An open file or pipe; stays open.
    ///   - path: What to call it in an error.
    ///   - limit: The most that may come, in bytes.
    /// - Returns: The bytes.
    /// - Throws: What `read` failed with.
    public static func contents(of descriptor: Int32, path: RawPath, limit: Int) throws(SystemError) -> [UInt8] {
        var contents: [UInt8] = []
        var size = largeSize
        while true {
            let part = try read(upTo: size, from: descriptor, path)
            if part.isEmpty { return contents }
            // A read of less than was asked for is likely to be the last: to see that, a small buffer is enough.
            size = part.count < size ? smallSize : largeSize
            if contents.isEmpty {
                contents = part
            } else {
                contents.append(contentsOf: part)
            }
            if contents.count > limit { throw SystemError(operation: "read", path: path, code: EFBIG, limit: limit) }
        }
    }

    /// Everything that can be read from a descriptor that is likely to give a few bytes.
    static func contents(
        of descriptor: Int32,
        path: @autoclosure () -> RawPath,
        isRegular: Bool,
        limit: Int
    ) throws(SystemError) -> [UInt8] {
        let start = try read(upTo: smallSize, from: descriptor, path())
        if isRegular, start.count < smallSize { return start }
        return start + (try contents(of: descriptor, path: path(), limit: limit - start.count))
    }

    /// Whether something is there, symbolic links followed.
    ///
    /// - Parameter path: The path.
    /// - Returns: Whether it exists.
    /// - Throws: What looking failed with, unless nothing is there.
    public static func exists(_ path: RawPath) throws(SystemError) -> Bool {
        let code = path.withCString { faccessat(AT_FDCWD, $0, F_OK, 0) == 0 ? 0 : -cposix_errno() }
        if code == 0 { return true }
        if code == -ENOENT { return false }
        throw SystemError(operation: "stat", path: path, code: -code)
    }

    /// Whether a path leads to a directory, symbolic links followed.
    ///
    /// - Parameter path: The path.
    /// - Returns: Whether it does; not if it cannot be told.
    public static func isDirectory(_ path: RawPath) -> Bool {
        path.withCString { launcher_is_directory($0) } > 0
    }

    // MARK: - System calls

    /// Opens a file for reading, without waiting for somebody who writes to a pipe; as ``open(_:in:_:)``.
    static func openFile(_ path: UnsafePointer<CChar>, in directory: Int32) -> Int32 {
        open(path, in: directory, O_RDONLY | O_NONBLOCK)
    }

    /// Opens a file and returns its descriptor, or an error number negated.
    static func open(_ path: UnsafePointer<CChar>, in directory: Int32, _ flags: Int32) -> Int32 {
        while true {
            let descriptor = cposix_openat(directory, path, flags, 0)
            if descriptor >= 0 { return descriptor }
            let code = cposix_errno()
            if code != EINTR { return -code }
        }
    }

    /// What one `read` gives, which may be less than `count`; nothing at the end.
    private static func read(
        upTo count: Int,
        from descriptor: Int32,
        _ path: @autoclosure () -> RawPath
    ) throws(SystemError) -> [UInt8] {
        while true {
            var received = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                received = CPOSIX.read(descriptor, buffer.baseAddress, count)
                filled = max(received, 0)
            }
            if received >= 0 { return bytes }
            let code = cposix_errno()
            if code != EINTR { throw SystemError(operation: "read", path: path(), code: code) }
        }
    }
}

extension RawPath {
    /// Whether the path cannot be handed to the kernel, which would take it for a shorter one.
    public var holdsNUL: Bool { bytes.withUnsafeBytes { $0.firstPlace(of: 0) != nil } }

    /// Calls `body` with the path as C wants it, with a NUL at its end; not with a path that the kernel would take for a
    /// shorter one.
    ///
    /// - Parameter body: What to do with it while it is there.
    /// - Returns: What `body` returns, or `-EINVAL` for a path that holds a NUL.
    public func withCString(_ body: (UnsafePointer<CChar>) -> Int32) -> Int32 {
        withUnsafeTemporaryAllocation(byteCount: bytes.count + 1, alignment: 1) { buffer in
            var count = 0
            bytes.withUnsafeBytes { buffer.put($0, at: &count) }
            buffer[count] = 0
            guard UnsafeRawBufferPointer(buffer).firstPlace(of: 0) == count, let start = buffer.baseAddress else {
                return -EINVAL
            }
            return body(UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self))
        }
    }
}
