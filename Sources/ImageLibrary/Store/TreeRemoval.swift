import POSIX

/// Removes file trees of images, whose directories may forbid that to their owner.
enum TreeRemoval {
    /// Removes what a path names; nothing happens if there is nothing.
    ///
    /// - Parameter path: The path; links are removed, not followed.
    /// - Returns: How many bytes the files had that have no other name.
    /// - Throws: On the first thing that cannot be removed.
    @discardableResult
    static func remove(_ path: String) throws(POSIXError) -> Int64 {
        let parent: Directory
        do throws(POSIXError) {
            parent = try Directory(opening: Path.directory(path))
        } catch {
            guard error.errno == .noSuchFile else { throw error }
            return 0
        }
        return try remove(PathBytes(Path.base(path)), in: parent)
    }

    private static func remove(_ name: PathBytes, in parent: borrowing Directory) throws(POSIXError) -> Int64 {
        let status: FileStatus
        do throws(POSIXError) {
            status = try parent.status(name)
        } catch {
            guard error.errno == .noSuchFile else { throw error }
            return 0
        }
        guard status.isDirectory else {
            try parent.removeFile(name)
            return status.nlink > 1 ? 0 : status.size
        }
        if status.mode.rawValue & 0o700 != 0o700 { try parent.changeMode(name, 0o700) }
        var bytes: Int64 = 0
        do {
            let directory = try parent.openDirectory(name)
            for entry in try directory.entries() { bytes += try remove(entry.rawName, in: directory) }
        }
        try parent.removeDirectory(name)
        return bytes
    }
}
