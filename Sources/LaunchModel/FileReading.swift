internal import CPOSIX

/// A name in a directory.
public struct DirectoryEntry: Hashable, Sendable {
    /// What a name stands for; a symbolic link is not followed.
    public enum Kind: Hashable, Sendable {
        /// A directory.
        case directory
        /// A symbolic link to anything.
        case symbolicLink
        /// A regular file.
        case file
        /// Anything else.
        case other
    }

    /// The name.
    public let name: [UInt8]
    /// What it stands for.
    public let kind: Kind

    /// Whether this is a directory of a name, or a link that may lead to one.
    ///
    /// - Parameter wanted: The name.
    /// - Returns: Whether it is worth listing.
    public func mayBeDirectory(named wanted: String) -> Bool {
        (kind == .directory || kind == .symbolicLink) && name.elementsEqual(wanted.utf8)
    }
}

/// The few reading operations that launch and build need, in terms of raw paths.
public enum FileReading {
    /// How much to read of a file that is probably small, and of a directory: Swift takes as much from the stack.
    private static let smallSize = 1024
    /// How much to read of a file of any length.
    private static let largeSize = 16384

    /// The contents of a file.
    ///
    /// - Parameter path: The file.
    /// - Returns: Its bytes.
    /// - Throws: What `open` or `read` failed with; `EISDIR` for a directory.
    public static func contents(of path: RawPath) throws(SystemError) -> [UInt8] {
        let descriptor = try open(path, flags: O_RDONLY)
        defer { _ = close(descriptor) }
        return try contents(of: descriptor, path: path)
    }

    /// The contents of a file that a directory lists, and that is likely to be a few bytes long.
    ///
    /// - Parameters:
    ///   - entry: The file.
    ///   - directory: The directory.
    /// - Returns: Its bytes.
    /// - Throws: What `open` or `read` failed with; `EISDIR` for a link to a directory.
    public static func contents(
        of entry: DirectoryEntry,
        in directory: RawPath
    ) throws(SystemError) -> [UInt8] {
        let path = directory.appending(entry.name)
        let descriptor = try open(path, flags: O_RDONLY)
        defer { _ = close(descriptor) }
        let start = try read(upTo: smallSize, from: descriptor, path)
        // A regular file that gives less than was asked for has come to its end; anything else may have more to say.
        if entry.kind == .file, start.count < smallSize { return start }
        return start + (try contents(of: descriptor, path: path))
    }

    /// Everything that can be read from a descriptor until its end.
    ///
    /// - Parameters:
    ///   - descriptor: An open file or pipe; stays open.
    ///   - path: What to call it in an error.
    /// - Returns: The bytes.
    /// - Throws: What `read` failed with.
    public static func contents(of descriptor: Int32, path: RawPath) throws(SystemError) -> [UInt8] {
        var parts: [ArraySlice<UInt8>] = []
        while true {
            let part = try read(upTo: largeSize, from: descriptor, path)
            if part.isEmpty { return [UInt8](joining: parts) }
            parts.append(part[...])
        }
    }

    /// The entries of a directory, sorted bytewise, without `.` and `..`.
    ///
    /// - Parameter path: The directory; a symbolic link to one will do.
    /// - Returns: The entries, or nil if nothing is there.
    /// - Throws: What listing failed with; `ENOTDIR` if it is not a directory.
    public static func entries(of path: RawPath) throws(SystemError) -> [DirectoryEntry]? {
        var entries: [DirectoryEntry]?
        do {
            entries = try list(path, maximumCalls: .max)
        } catch {
            if error.code == ENOENT { return nil }
            throw error
        }
        entries?.sort { $0.name.lexicographicallyPrecedes($1.name) }
        return entries
    }

    /// The entries of a directory in no particular order, if there are few of them.
    ///
    /// - Parameter path: The directory.
    /// - Returns: The entries, or nil if there are more than some dozens, or if they cannot be listed.
    static func fewEntries(of path: RawPath) -> [DirectoryEntry]? {
        try? list(path, maximumCalls: 2)
    }

    /// Lists a directory, or returns nil if so many calls don't see its end.
    private static func list(_ path: RawPath, maximumCalls: Int) throws(SystemError) -> [DirectoryEntry]? {
        let descriptor = try open(path, flags: O_RDONLY | O_DIRECTORY)
        defer { _ = close(descriptor) }
        var entries: [DirectoryEntry] = []
        var calls = 0
        while calls < maximumCalls {
            let received = appendEntries(to: &entries, from: descriptor, in: path)
            if received < 0 { throw SystemError(operation: "readdirent", path: path, code: cposix_errno()) }
            if received == 0 { return entries }
            calls += 1
        }
        return nil
    }

    /// Whether something is there, symbolic links followed.
    ///
    /// - Parameter path: The path.
    /// - Returns: Whether it exists.
    /// - Throws: What looking failed with, unless nothing is there.
    public static func exists(_ path: RawPath) throws(SystemError) -> Bool {
        if access(path, mode: F_OK) == 0 { return true }
        let code = path.holdsNUL ? EINVAL : cposix_errno()
        if code == ENOENT { return false }
        throw SystemError(operation: "stat", path: path, code: code)
    }

    /// Whether a path leads to a directory, symbolic links followed.
    ///
    /// - Parameter path: The path.
    /// - Returns: Whether it does; not if it cannot be told.
    public static func isDirectory(_ path: RawPath) -> Bool {
        !path.holdsNUL && path.withCString { launcher_is_directory($0) != 0 }
    }

    // MARK: - System calls

    private static func open(_ path: RawPath, flags: Int32) throws(SystemError) -> Int32 {
        if path.holdsNUL { throw SystemError(operation: "open", path: path, code: EINVAL) }
        while true {
            let descriptor = path.withCString { cposix_openat(AT_FDCWD, $0, flags, 0) }
            if descriptor >= 0 { return descriptor }
            let code = cposix_errno()
            if code != EINTR { throw SystemError(operation: "open", path: path, code: code) }
        }
    }

    private static func access(_ path: RawPath, mode: Int32) -> Int32 {
        if path.holdsNUL { return -1 }
        return path.withCString { faccessat(AT_FDCWD, $0, mode, 0) }
    }

    /// What one `read` gives, which may be less than `count`; nothing at the end.
    private static func read(
        upTo count: Int,
        from descriptor: Int32,
        _ path: RawPath
    ) throws(SystemError) -> [UInt8] {
        while true {
            var received = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                received = CPOSIX.read(descriptor, buffer.baseAddress, count)
                filled = max(received, 0)
            }
            if received >= 0 { return bytes }
            let code = cposix_errno()
            if code != EINTR { throw SystemError(operation: "read", path: path, code: code) }
        }
    }

    private static func appendEntries(
        to entries: inout [DirectoryEntry],
        from descriptor: Int32,
        in directory: RawPath
    ) -> Int {
        let capacity = smallSize
        return withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 8) { buffer in
            let received = launcher_getdents(descriptor, buffer.baseAddress, capacity)
            guard received > 0 else { return received }
            var rest = UnsafeRawBufferPointer(rebasing: buffer[..<received])
            while let (name, type, length) = decodeEntry(rest) {
                rest = UnsafeRawBufferPointer(rebasing: rest[length...])
                if name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) { continue }
                let known = type == Int(DT_UNKNOWN) ? launcherType(of: directory.appending(name)) : type
                entries.append(DirectoryEntry(name: name, kind: kind(known)))
            }
            return received
        }
    }

    /// The first record of what `getdents64` has delivered: the name, the type, and the record's length.
    static func decodeEntry(_ bytes: UnsafeRawBufferPointer) -> ([UInt8], Int, Int)? {
        let nameOffset = 19
        guard bytes.count > nameOffset else { return nil }
        let length = Int(bytes.loadUnaligned(fromByteOffset: 16, as: UInt16.self))
        guard length > nameOffset, length <= bytes.count else { return nil }
        return ([UInt8](bytes[nameOffset..<length].prefix { $0 != 0 }), Int(bytes[18]), length)
    }

    private static func launcherType(of path: RawPath) -> Int {
        Int(path.withCString { launcher_file_type($0) })
    }

    private static func kind(_ type: Int) -> DirectoryEntry.Kind {
        switch type {
        case Int(DT_DIR): .directory
        case Int(DT_LNK): .symbolicLink
        case Int(DT_REG): .file
        default: .other
        }
    }
}

extension RawPath {
    /// Whether the path cannot be handed to the kernel, which would take it for a shorter one.
    public var holdsNUL: Bool { bytes.contains(0) }

    /// Calls `body` with the path as C wants it: with a NUL at its end.
    ///
    /// - Parameter body: What to do with it while it is there.
    /// - Returns: What `body` returns.
    public func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { buffer in
            for (index, byte) in bytes.enumerated() { buffer[index] = CChar(bitPattern: byte) }
            buffer[bytes.count] = 0
            return body(UnsafePointer(buffer.baseAddress.unsafelyUnwrapped))
        }
    }
}
