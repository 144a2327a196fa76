import POSIX

/// Copies what buildpacks and extensions have written to where the platform looks for it.
enum PlainCopy {
    /// Copies a file, link or directory; a file gets the permissions of a new file, whatever those of the original.
    ///
    /// - Parameters:
    ///   - source: What to copy; of a symbolic link, the link.
    ///   - destination: The copy's path; its directory has to be there.
    /// - Throws: When something can't be read or written.
    static func copy(_ source: String, to destination: String) throws(POSIXError) {
        switch try FileSystem.linkStatus(source).type {
        case .regular: try FileSystem.copyFile(source, to: destination, mode: 0o666)
        case .directory: try FileSystem.copyTree(source, to: destination)
        case .symlink: try FileSystem.createSymlink(destination, target: try FileSystem.readLink(source))
        default: break
        }
    }
}
