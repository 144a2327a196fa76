import CPOSIX
import Glibc

/// File operations by path, for trees that only trusted processes write to; see ``Directory`` for the others.
public enum FileSystem {
    // MARK: - Asking

    /// What a path leads to, symbolic links followed.
    /// - Parameter path: Any path.
    /// - Returns: The status.
    /// - Throws: When there is nothing, or the way is barred.
    public static func status(_ path: String) throws(POSIXError) -> FileStatus {
        var raw = stat()
        try systemCall("stat", path) { stat(path, &raw) }
        return FileStatus(raw)
    }

    /// What a path names; of a symbolic link, the link itself.
    /// - Parameter path: Any path.
    /// - Returns: The status.
    /// - Throws: When there is nothing, or the way is barred.
    public static func linkStatus(_ path: String) throws(POSIXError) -> FileStatus {
        var raw = stat()
        try systemCall("lstat", path) { lstat(path, &raw) }
        return FileStatus(raw)
    }

    /// Whether a path leads to something; false also if that cannot be found out.
    public static func exists(_ path: String) -> Bool {
        (try? status(path)) != nil
    }

    /// Whether a path leads to a directory.
    public static func isDirectory(_ path: String) -> Bool {
        (try? status(path))?.isDirectory ?? false
    }

    /// Whether a path leads to an ordinary file.
    public static func isRegularFile(_ path: String) -> Bool {
        (try? status(path))?.isRegular ?? false
    }

    /// Whether the process may execute a file, as its effective user.
    public static func isExecutable(_ path: String) -> Bool {
        faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0
    }

    /// Whether the process may write to a file or directory, as its effective user.
    public static func isWritable(_ path: String) -> Bool {
        faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0
    }

    /// The entries of a directory but `.` and `..`, sorted bytewise.
    /// - Parameter path: The directory.
    /// - Returns: All entries; types are those of symbolic links themselves.
    /// - Throws: When the directory is missing or unreadable.
    public static func list(_ path: String) throws(POSIXError) -> [DirectoryEntry] {
        try Directory(opening: path).entries()
    }

    /// The target that a symbolic link names.
    /// - Parameter path: The link.
    /// - Returns: The target as it is written there.
    /// - Throws: `invalidArgument` when the path names no symbolic link.
    public static func readLink(_ path: String) throws(POSIXError) -> String {
        try readSymlink(at: AT_FDCWD, PathBytes(path), display: path).string
    }

    /// The absolute path without symbolic links.
    /// - Parameter path: A path that leads to something.
    /// - Returns: Where it is in the end.
    /// - Throws: When there is nothing.
    public static func realPath(_ path: String) throws(POSIXError) -> String {
        guard let resolved = realpath(path, nil) else { throw POSIXError(.current, "lstat", path) }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    // MARK: - Reading

    /// The most that is read of a file into memory where its kind has no limit of its own: 64 MiB.
    public static let usualLimit = 64 << 20

    /// The contents of an ordinary file, or of `/dev/null`.
    ///
    /// Never waits: a pipe or a device, which may have no end, is refused.
    ///
    /// - Parameters:
    ///   - path: The file; symbolic links are followed.
    ///   - limit: The most that the file may hold, in bytes.
    /// - Returns: All bytes.
    /// - Throws: When the file is missing, unreadable, of another kind, or larger.
    public static func readFile(_ path: String, limit: Int = usualLimit) throws(POSIXError) -> [UInt8] {
        // Opening a pipe would wait for somebody who writes.
        let file = try OwnedDescriptor(opening: path, [.read, .nonBlocking])
        let status = try file.descriptor.status(path: path)
        guard status.isRegular || status.isNullDevice else {
            if status.isDirectory { throw POSIXError(.isDirectory, "read", path) }
            let found = "is \(status.type.phrase), where an ordinary file was expected"
            throw POSIXError(.invalidArgument, "read", path, explanation: found)
        }
        let tooLarge = "is larger than \(limit) bytes, which is the most that is read of such a file"
        // Files below /proc say 0.
        guard status.size <= limit else { throw POSIXError(.fileTooLarge, "read", path, explanation: tooLarge) }
        let bytes = try file.descriptor.readToEnd(expectedCount: Int(status.size), limit: limit, path: path)
        guard bytes.count <= limit else { throw POSIXError(.fileTooLarge, "read", path, explanation: tooLarge) }
        return bytes
    }

    /// The contents of a text file; bytes that are not UTF-8 are replaced.
    /// - Parameters:
    ///   - path: The file; symbolic links are followed.
    ///   - limit: The most that the file may hold, in bytes.
    /// - Returns: The text.
    /// - Throws: When the file is missing, unreadable, of another kind, or larger.
    public static func readText(_ path: String, limit: Int = usualLimit) throws(POSIXError) -> String {
        String(decoding: try readFile(path, limit: limit), as: UTF8.self)
    }
}
