import POSIX

/// All entries of a tree at one moment, as a compact table.
///
/// `@unchecked` because it is filled by its initialiser and never changes afterwards.
final class DirectoryIndex: @unchecked Sendable {
    /// The records of all directories; those of one directory are next to each other, behind those of its parent.
    let names = NameArena()
    /// The records of the root.
    let root: Range<Int>
    /// For each record, the one that descends into the directory it is in; -1 for the root's own.
    private(set) var parents: [Int32]
    /// For each record that descends, the one that emits the same directory; -1 for others.
    private(set) var emitters: [Int32] = []
    /// The entries of a directory, by the record that descends into it.
    private(set) var children: [Int: Range<Int>] = [:]

    /// Reads a tree.
    ///
    /// - Parameter directory: its absolute path.
    /// - Throws: an error of the file system; it names the directory that can't be read.
    init(reading directory: String) throws(ArchiveError) {
        let lister = DirectoryLister(order: .wholePaths)
        root = try lister.push(root: directory, to: names)
        parents = Array(repeating: -1, count: root.count)
        linkEmitters(in: root)
        var waiting: [(record: Int, path: PathBytes)] = []
        if root.count == 2 { waiting.append((root.upperBound - 1, PathBytes(directory))) }
        while let (record, path) = waiting.popLast() {
            let range = try system { () throws(POSIXError) in
                let opened = try Directory(opening: path)
                do throws(Errno) {
                    return try lister.push(opened.descriptor, to: names)
                } catch {
                    throw POSIXError(error, "readdirent", path.string)
                }
            }
            children[record] = range
            parents += Array(repeating: Int32(truncatingIfNeeded: record), count: range.count)
            linkEmitters(in: range)
            for index in range where names[index].action == .descend {
                waiting.append((index, path.appending(PathBytes(names.name(names[index])))))
            }
        }
    }

    private func linkEmitters(in range: Range<Int>) {
        emitters += Array(repeating: -1, count: range.count)
        var emitted: [Int] = []
        for index in range where names[index].type == .directory {
            guard names[index].action == .descend else {
                emitted.append(index)
                continue
            }
            // Between `a` and `a/` only come names like `a-b`, so the search is short.
            if let match = emitted.lastIndex(where: { names.isSameEntry($0, index) }) {
                emitters[index] = Int32(truncatingIfNeeded: emitted.remove(at: match))
            }
        }
    }
}

/// The entries of an index that belong to one slice.
final class DirectorySelection: TreeListing, Sendable {
    private let index: DirectoryIndex
    private let chosen: [Bool]

    /// Selects records; what leads to them must be among them.
    init(_ index: DirectoryIndex, chosen: [Bool]) {
        self.index = index
        self.chosen = chosen
    }

    var isEmpty: Bool { !chosen.contains(true) }

    var names: NameArena { index.names }

    func begin(_ root: String) throws(ArchiveError) -> Range<Int> { index.root }

    func enter(_ index: Int, _ descriptor: FileDescriptor) throws(Errno) -> Range<Int> {
        self.index.children[index] ?? 0..<0
    }

    func leave(_ records: Range<Int>) {}

    func includes(_ index: Int) -> Bool { chosen[index] }
}
