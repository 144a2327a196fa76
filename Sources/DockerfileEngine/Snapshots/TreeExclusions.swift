import POSIX

/// The paths of a root that are no part of an image: volumes, mounts, what the kernel shows.
struct TreeExclusions: Sendable {
    /// By directory, the names in it that are left out with all that is below them.
    private var names: [PathBytes: Set<PathBytes>] = [:]
    /// Directories that have something below them that is left out.
    private var ancestors: Set<PathBytes> = []

    /// Leaves paths out.
    ///
    /// - Parameter paths: Absolute paths in the root.
    init(_ paths: some Sequence<String>) {
        for path in paths { insert(path) }
    }

    /// Leaves another path out.
    mutating func insert(_ path: String) {
        var directory: PathBytes = ""
        let elements = Path.components(Path.clean(path))
        guard let last = elements.last else { return }
        for element in elements.dropLast() {
            ancestors.insert(directory)
            directory = directory.appending(PathBytes(element))
        }
        ancestors.insert(directory)
        names[directory, default: []].insert(PathBytes(last))
    }

    /// The names in a directory that are left out.
    ///
    /// - Parameter directory: A path from the root, without a slash at its start.
    /// - Returns: The names; nil where nothing is left out.
    func excludedNames(in directory: PathBytes) -> Set<PathBytes>? { names[directory] }

    /// Whether something below a directory is left out.
    func reachesBelow(_ directory: PathBytes) -> Bool { ancestors.contains(directory) }

    /// Whether a path is left out, or below one that is.
    func cover(_ path: PathBytes) -> Bool {
        var directory: PathBytes = ""
        for element in path.bytes.split(separator: UInt8(ascii: "/")) {
            let name = PathBytes(element)
            if names[directory]?.contains(name) == true { return true }
            directory = directory.appending(name)
        }
        return false
    }
}
