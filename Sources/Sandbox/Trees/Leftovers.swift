import POSIX

/// Removing trees that programs have written to.
public enum Leftovers {
    /// Removes a tree, also one with directories that its owner may not enter; what can't be removed stays.
    /// - Parameter path: The tree; nothing happens if there is none.
    public static func remove(_ path: String) {
        if (try? FileSystem.removeTree(path)) != nil { return }
        open(path)
        try? FileSystem.removeTree(path)
    }

    private static func open(_ path: String) {
        guard let status = try? FileSystem.linkStatus(path), status.isDirectory else { return }
        try? FileSystem.chmod(path, 0o700)
        for entry in (try? FileSystem.list(path)) ?? [] where entry.type == .directory {
            open(Path.join(path, entry.name))
        }
    }
}
