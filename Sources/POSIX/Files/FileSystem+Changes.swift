import CPOSIX
import Glibc

extension FileSystem {
    // MARK: - Files

    /// Creates a file or replaces its contents.
    /// - Parameters:
    ///   - path: The file; its directory has to be there.
    ///   - bytes: The new contents.
    ///   - mode: The permissions of a file that is created, before the umask.
    /// - Throws: When the system refuses; the file may then be incomplete.
    public static func writeFile(_ path: String, _ bytes: [UInt8], mode: FileMode = 0o644) throws(POSIXError) {
        let file = try OwnedDescriptor(opening: path, .replace, mode: mode)
        try file.descriptor.writeAll(bytes, path: path)
    }

    /// Creates a file or replaces its contents by text.
    /// - Parameters:
    ///   - path: The file; its directory has to be there.
    ///   - text: The new contents.
    ///   - mode: The permissions of a file that is created, before the umask.
    /// - Throws: When the system refuses; the file may then be incomplete.
    public static func writeFile(_ path: String, _ text: String, mode: FileMode = 0o644) throws(POSIXError) {
        try writeFile(path, Array(text.utf8), mode: mode)
    }

    /// Creates or replaces a file so that readers see the old contents or the new ones, never a part.
    /// - Parameters:
    ///   - path: The file; its directory has to be there and is where the new file is written first.
    ///   - bytes: The new contents.
    ///   - mode: The file's permissions, before the umask.
    /// - Throws: When the system refuses; the old file is then untouched.
    public static func writeFileAtomically(
        _ path: String,
        _ bytes: [UInt8],
        mode: FileMode = 0o644
    ) throws(POSIXError) {
        try replaceAtomically(path) { temporary throws(POSIXError) in
            let file = try OwnedDescriptor(opening: temporary, [.write, .create, .exclusive], mode: mode)
            try file.descriptor.writeAll(bytes, path: temporary)
        }
    }

    /// Copies a file so that readers of the copy see all of it or none.
    /// - Parameters:
    ///   - source: An ordinary file; symbolic links are followed.
    ///   - destination: The copy's path; its directory has to be there and is where the copy is written first.
    /// - Throws: When the system refuses; what was at the destination is then untouched.
    public static func copyFileAtomically(_ source: String, to destination: String) throws(POSIXError) {
        try replaceAtomically(destination) { temporary throws(POSIXError) in try copyFile(source, to: temporary) }
    }

    private static func replaceAtomically(
        _ path: String,
        _ write: (_ temporary: String) throws(POSIXError) -> Void
    ) throws(POSIXError) {
        let temporary = "\(path).\(RandomBytes.hexadecimal(count: 6)).tmp"
        do {
            try write(temporary)
            try rename(temporary, to: path)
        } catch {
            try? removeFile(temporary)
            throw error
        }
    }

    /// Removes a file or symbolic link.
    /// - Parameter path: The name to remove.
    /// - Throws: When it is missing or a directory.
    public static func removeFile(_ path: String) throws(POSIXError) {
        try systemCall("remove", path) { unlink(path) }
    }

    /// Renames a file or directory, replacing a file or empty directory that has the new name.
    /// - Parameters:
    ///   - path: The old name.
    ///   - newPath: The new name, on the same file system.
    /// - Throws: When the system refuses.
    public static func rename(_ path: String, to newPath: String) throws(POSIXError) {
        try systemCall("rename", path, to: newPath) { Glibc.rename(path, newPath) }
    }

    /// Makes a symbolic link.
    /// - Parameters:
    ///   - path: Where the link is made.
    ///   - target: What it names; not looked at.
    /// - Throws: `fileExists` when the name is taken.
    public static func createSymlink(_ path: String, target: String) throws(POSIXError) {
        try systemCall("symlink", target, to: path) { symlink(target, path) }
    }

    /// Gives a file a second name.
    /// - Parameters:
    ///   - path: The new name.
    ///   - existing: The file, on the same file system.
    /// - Throws: When the system refuses.
    public static func createHardLink(_ path: String, to existing: String) throws(POSIXError) {
        try systemCall("link", existing, to: path) { link(existing, path) }
    }

    // MARK: - Directories

    /// Makes a directory whose parent is there.
    /// - Parameters:
    ///   - path: The directory.
    ///   - mode: Its permissions, before the umask.
    /// - Throws: `fileExists` when the name is taken.
    public static func makeDirectory(_ path: String, mode: FileMode = 0o755) throws(POSIXError) {
        try systemCall("mkdir", path) { mkdir(path, mode.rawValue) }
    }

    /// Makes a directory and those above it that are missing.
    /// - Parameters:
    ///   - path: The directory; nothing happens if it is there.
    ///   - mode: The permissions of all that are made, before the umask.
    /// - Throws: `notDirectory` when a file is in the way.
    public static func makeDirectories(_ path: String, mode: FileMode = 0o755) throws(POSIXError) {
        do {
            try makeDirectory(path, mode: mode)
        } catch {
            switch error.errno {
            case .noSuchFile where Path.directory(path) != path && !path.isEmpty:
                try makeDirectories(Path.directory(path), mode: mode)
                try makeDirectories(path, mode: mode)
            case .fileExists:
                guard isDirectory(path) else { throw POSIXError(.notDirectory, "mkdir", path) }
            default:
                // Where nothing may be created, an existing directory is still fine.
                guard isDirectory(path) else { throw error }
            }
        }
    }

    /// Removes an empty directory.
    /// - Parameter path: The directory.
    /// - Throws: `directoryNotEmpty` when something is in it.
    public static func removeDirectory(_ path: String) throws(POSIXError) {
        try systemCall("remove", path) { rmdir(path) }
    }

    /// Makes a new directory with an unguessable name; it is removed if this process is interrupted.
    /// - Parameters:
    ///   - prefix: What the name starts with.
    ///   - parent: Where to make it; by default `TMPDIR` or `/tmp`.
    /// - Returns: The directory's path; only its owner may enter it.
    /// - Throws: When the system refuses.
    public static func makeTemporaryDirectory(
        prefix: String,
        in parent: String? = nil
    ) throws(POSIXError) -> String {
        let parent = parent ?? ProcessEnvironment["TMPDIR"] ?? "/tmp"
        let path = Path.join(parent, prefix + RandomBytes.hexadecimal(count: 8))
        try makeDirectory(path, mode: 0o700)
        Interruption.addTemporary(path)
        return path
    }

    // MARK: - Metadata

    /// Changes the permissions of what a path leads to.
    /// - Parameters:
    ///   - path: Any path; symbolic links are followed.
    ///   - mode: The new permissions.
    /// - Throws: When the system refuses.
    public static func chmod(_ path: String, _ mode: FileMode) throws(POSIXError) {
        try chmod(PathBytes(path), mode)
    }

    /// Changes the permissions of what a path leads to.
    /// - Parameters:
    ///   - path: Any path; symbolic links are followed.
    ///   - mode: The new permissions.
    /// - Throws: When the system refuses.
    public static func chmod(_ path: PathBytes, _ mode: FileMode) throws(POSIXError) {
        try systemCall("chmod", path.string) { path.withCString { Glibc.chmod($0, mode.rawValue) } }
    }

    /// Changes the owner of what a path leads to.
    /// - Parameters:
    ///   - path: Any path; symbolic links are followed.
    ///   - uid: The new owner.
    ///   - gid: The new group.
    /// - Throws: When the system refuses.
    public static func chown(_ path: String, uid: UInt32, gid: UInt32) throws(POSIXError) {
        try systemCall("chown", path) { Glibc.chown(path, uid, gid) }
    }

    /// Changes the owner of what a path names; of a symbolic link, of the link itself.
    /// - Parameters:
    ///   - path: Any path.
    ///   - uid: The new owner.
    ///   - gid: The new group.
    /// - Throws: When the system refuses.
    public static func lchown(_ path: String, uid: UInt32, gid: UInt32) throws(POSIXError) {
        try systemCall("lchown", path) { Glibc.lchown(path, uid, gid) }
    }
}
