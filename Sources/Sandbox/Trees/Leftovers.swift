import POSIX

/// Removing trees that programs have written to.
public enum Leftovers {
    /// Removes a tree, also one with directories that its owner may not enter; what can't be removed stays.
    /// - Parameter path: The tree; nothing happens if there is none.
    public static func remove(_ path: String) {
        try? FileSystem.removeClosedTree(path)
    }
}
