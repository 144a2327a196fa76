public import POSIX

/// A directory of a test's own, removed with everything in it when the last reference goes away.
public final class TemporaryDirectory: Sendable {
    /// The directory's path, without symbolic links.
    public let path: String

    /// Makes an empty directory.
    /// - Throws: When there is no room for it.
    public init() throws(POSIXError) {
        path = try FileSystem.realPath(try FileSystem.makeTemporaryDirectory(prefix: "slipway-test-"))
    }

    deinit {
        try? FileSystem.removeTree(path)
    }

    /// The path of something in the directory.
    /// - Parameter relativePath: A path below the directory.
    /// - Returns: The absolute path.
    public func path(_ relativePath: String) -> String {
        Path.join(path, relativePath)
    }

    /// Writes a file, making the directories above it.
    /// - Parameters:
    ///   - relativePath: Where, below the directory.
    ///   - text: The contents.
    ///   - mode: The permissions, whatever the umask.
    /// - Returns: The file's absolute path.
    /// - Throws: When the system refuses.
    @discardableResult
    public func write(_ relativePath: String, _ text: String, mode: FileMode = 0o644) throws(POSIXError) -> String {
        try write(relativePath, Array(text.utf8), mode: mode)
    }

    /// Writes a file, making the directories above it.
    /// - Parameters:
    ///   - relativePath: Where, below the directory.
    ///   - bytes: The contents.
    ///   - mode: The permissions, whatever the umask.
    /// - Returns: The file's absolute path.
    /// - Throws: When the system refuses.
    @discardableResult
    public func write(_ relativePath: String, _ bytes: [UInt8], mode: FileMode = 0o644) throws(POSIXError) -> String {
        let file = path(relativePath)
        try FileSystem.makeDirectories(Path.directory(file))
        try FileSystem.writeFile(file, bytes)
        try FileSystem.chmod(file, mode)
        return file
    }

    /// Makes a directory and those above it.
    /// - Parameter relativePath: Where, below the directory.
    /// - Returns: The new directory's absolute path.
    /// - Throws: When the system refuses.
    @discardableResult
    public func makeDirectory(_ relativePath: String) throws(POSIXError) -> String {
        let directory = path(relativePath)
        try FileSystem.makeDirectories(directory)
        return directory
    }
}
