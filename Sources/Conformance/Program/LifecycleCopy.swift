import POSIX

/// A copy of the lifecycle that is judged: whatever its permissions and links, each case can have it.
enum LifecycleCopy {
    /// Copies a lifecycle.
    /// - Parameters:
    ///   - directory: The lifecycle.
    ///   - launcher: A launcher to use instead of the lifecycle's own.
    ///   - copy: The copy's path.
    /// - Throws: When something can't be read.
    static func make(_ directory: String, launcher: String?, at copy: String) throws(CaseError) {
        guard FileSystem.isDirectory(directory) else { throw .other("\(directory): no directory with a lifecycle") }
        try refused { () throws(POSIXError) in
            try FileSystem.makeDirectory(copy)
            let source = try FileSystem.realPath(directory)
            for entry in try FileSystem.list(source) {
                let from = Path.join(source, entry.name)
                let into = Path.join(copy, entry.name)
                let isLocalLink = entry.type == .symlink && Self.staysInside(from, source)
                if entry.type == .directory || isLocalLink {
                    try FileSystem.copyTree(from, to: into)
                } else if FileSystem.isRegularFile(from) {
                    try FileSystem.copyFile(from, to: into)
                }
            }
            guard let launcher else { return }
            let path = Path.join(copy, "launcher")
            try FileSystem.removeTree(path)
            try FileSystem.copyFile(launcher, to: path)
        }
    }

    /// Whether a link of a directory leads to something in the same directory, by a relative target.
    private static func staysInside(_ link: String, _ directory: String) -> Bool {
        guard let target = try? FileSystem.readLink(link), !Path.isAbsolute(target) else { return false }
        return Path.isBelow(Path.join(Path.directory(link), target), directory)
    }
}
