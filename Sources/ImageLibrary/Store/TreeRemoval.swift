import POSIX

/// Removes file trees of images, whose directories may forbid that to their owner, and may be deeper than descriptors can
/// be open.
struct TreeRemoval {
    /// So many directories are open at once; what is deeper is moved up, and removed after that.
    private static let openLevels = 64

    private var freedBytes: Int64 = 0
    private var moved: [PathBytes] = []

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
        var removal = TreeRemoval()
        removal.moved = [PathBytes(Path.base(path))]
        while let name = removal.moved.popLast() { try removal.remove(name, in: parent, top: parent, level: 0) }
        return removal.freedBytes
    }

    private mutating func remove(
        _ name: PathBytes,
        in parent: borrowing Directory,
        top: borrowing Directory,
        level: Int
    ) throws(POSIXError) {
        let status: FileStatus
        do throws(POSIXError) {
            status = try parent.status(name)
        } catch {
            guard error.errno == .noSuchFile else { throw error }
            return
        }
        guard status.isDirectory else {
            try parent.removeFile(name)
            if status.nlink == 1 { freedBytes += status.size }
            return
        }
        if status.mode.rawValue & 0o700 != 0o700 { try parent.changeMode(name, 0o700) }
        guard level < Self.openLevels else {
            let place = PathBytes(".removed-\(RandomBytes.hexadecimal(count: 8))")
            try parent.rename(name, to: place, in: top)
            moved.append(place)
            return
        }
        do {
            let directory = try parent.openDirectory(name)
            for entry in try directory.entries() {
                try remove(entry.rawName, in: directory, top: top, level: level + 1)
            }
        }
        try parent.removeDirectory(name)
    }
}
