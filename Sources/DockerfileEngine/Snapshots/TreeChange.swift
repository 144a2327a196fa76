import Archive
import POSIX

/// A path of a root that is not as it was.
struct TreeChange: Sendable {
    /// What has become of a path.
    enum Kind: Sendable {
        /// New, or not as it was.
        case present(FileStatus)
        /// Gone.
        case removed
        /// A directory in the place of another one, of whose contents nothing is left.
        case emptied
    }

    /// The path from the root, without a slash at its start.
    var path: PathBytes
    /// What has become of it.
    var kind: Kind
}

extension LayerChanges {
    /// Makes the content of a layer: parents first, hard links after the file that they lead to.
    ///
    /// Directories that lead to a change get entries as well, so that a layer says of itself where it belongs.
    ///
    /// - Parameters:
    ///   - root: The directory that stands for `/`.
    ///   - changes: In any order.
    init(root: String, _ changes: [TreeChange]) {
        var entries: [Entry] = []
        var entered: Set<PathBytes> = []
        var links: [LinkedFile: PathBytes] = [:]
        for change in changes.sorted(by: { $0.precedes($1) }) {
            for parent in change.path.parents where entered.insert(parent).inserted {
                entries.append(Entry(path: parent, change: .present))
            }
            switch change.kind {
            case .removed: entries.append(Entry(path: change.path, change: .removed))
            case .emptied: entries.append(Entry(path: change.path, change: .emptied))
            case .present(let status):
                guard entered.insert(change.path).inserted else { continue }
                let file = status.nlink > 1 && status.isRegular ? LinkedFile(dev: status.dev, ino: status.ino) : nil
                if let file, let first = links[file] {
                    entries.append(Entry(path: change.path, change: .hardLink(to: first)))
                } else {
                    if let file { links[file] = change.path }
                    entries.append(Entry(path: change.path, change: .present))
                }
            }
        }
        self.init(root: root, entries: entries)
    }
}

/// A file that may have several names.
private struct LinkedFile: Hashable {
    var dev: UInt64
    var ino: UInt64
}

extension TreeChange {
    /// The order of layers: a directory before what is in it, its whiteouts before its entries.
    fileprivate func precedes(_ other: TreeChange) -> Bool {
        if path == other.path { return rank < other.rank }
        return path.precedesAsTree(other.path)
    }

    private var rank: Int {
        switch kind {
        case .present: 0
        case .emptied: 1
        case .removed: 2
        }
    }
}

extension PathBytes {
    private static let slash = UInt8(ascii: "/")

    /// The directories that lead to the path, the topmost first, without the root.
    fileprivate var parents: [PathBytes] {
        bytes.indices.filter { bytes[$0] == Self.slash }.map { PathBytes(bytes[..<$0]) }
    }

    /// Compares element by element, so that nothing comes between a directory and what is in it.
    fileprivate func precedesAsTree(_ other: PathBytes) -> Bool {
        bytes.lexicographicallyPrecedes(other.bytes) { left, right in
            (left == Self.slash ? 0 : left) < (right == Self.slash ? 0 : right)
        }
    }
}
