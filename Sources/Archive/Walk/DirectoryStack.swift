import POSIX

/// Keeps the directories open that lead from a root to the last entry, since the next entry is mostly near it.
///
/// Directories are opened element by element without following symbolic links, so none of them is outside of the root.
final class DirectoryStack {
    private struct Level {
        let name: [UInt8]
        /// Closed as long as the stack is much deeper.
        var descriptor: FileDescriptor?
    }

    /// How many levels keep their descriptors open.
    private static let openLevels = 128

    private let root: FileDescriptor
    private let newMode: FileMode?
    private var levels: [Level] = []

    /// Starts at a directory.
    ///
    /// - Parameters:
    ///   - root: open as long as the stack is used.
    ///   - newMode: the permissions of directories that are made, whatever the umask; nil leaves them to it.
    init(root: FileDescriptor, newMode: FileMode? = nil) {
        self.root = root
        self.newMode = newMode
    }

    deinit { forget() }

    /// Closes all directories, as some may have been removed.
    func forget() {
        for level in levels { level.descriptor?.close() }
        levels = []
    }

    /// Opens a directory below the root.
    ///
    /// - Parameters:
    ///   - path: its elements; none stand for the root.
    ///   - makesMissing: whether it and its parents are made where they are missing.
    /// - Returns: a descriptor that stays the stack's.
    /// - Throws: `notDirectory` or `tooManyLinks` where a link, or no directory, is in the way; `noSuchFile` where
    ///   something is missing.
    func open(_ path: ArraySlice<[UInt8]>, makesMissing: Bool = true) throws(Errno) -> FileDescriptor {
        let shared = zip(levels, path).prefix { $0.name == $1 }.count
        while levels.count > shared { levels.removeLast().descriptor?.close() }
        if let last = levels.indices.last, levels[last].descriptor == nil {
            levels[last].descriptor = try walk(path.prefix(shared))
        }
        for name in path.dropFirst(shared) {
            let parent = levels.last?.descriptor ?? root
            let descriptor = try name.withName { (name) throws(Errno) in
                do throws(Errno) {
                    return try parent.open(name, [.read, .directory])
                } catch .noSuchFile where makesMissing {
                    try parent.makeDirectory(name, mode: 0o777)
                    let made = try parent.open(name, [.read, .directory])
                    if let newMode { try made.changeMode(newMode) }
                    return made
                }
            }
            levels.append(Level(name: name, descriptor: descriptor))
            let tooMany = levels.count - 1 - Self.openLevels
            if tooMany >= 0 {
                levels[tooMany].descriptor?.close()
                levels[tooMany].descriptor = nil
            }
        }
        return levels.last?.descriptor ?? root
    }

    /// Opens an existing directory below the root, and leaves the stack as it is.
    ///
    /// - Parameter path: its elements.
    /// - Returns: a descriptor that the caller has to close; a second one of the root for no elements.
    /// - Throws: as `open`, and `noSuchFile`.
    func walk(_ path: ArraySlice<[UInt8]>) throws(Errno) -> FileDescriptor {
        var current = try ".".withName { (name) throws(Errno) in try root.open(name, [.read, .directory]) }
        for name in path {
            let parent = current
            defer { parent.close() }
            current = try name.withName { (name) throws(Errno) in try parent.open(name, [.read, .directory]) }
        }
        return current
    }
}
