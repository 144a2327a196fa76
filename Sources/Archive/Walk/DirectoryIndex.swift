import POSIX

/// All entries of a tree at one moment, as a compact table: eight bytes for an entry, and its name.
///
/// A record's number says nothing but where it is; the records of one directory are next to each other, in the order of
/// whole paths, behind those of its parent.
///
/// `@unchecked` because it is filled by its initialiser and never changes afterwards.
final class DirectoryIndex: @unchecked Sendable {
    /// An entry, or the place where the walk goes below a directory.
    struct Record {
        /// Where the name is; for a record that descends, the number of the directory in `directories`.
        fileprivate let link: UInt32
        fileprivate let nameLength: UInt16
        let type: FileType
        let action: NameArena.Action
    }

    /// A directory of the tree.
    struct DirectoryEntry {
        /// The record that writes the directory itself.
        let emitter: Int
        /// The record that descends into it.
        let descender: Int
        /// The directory that it is in, by its place in `directories`; nil for the root.
        let parent: Int?
        /// The records of its entries.
        fileprivate(set) var records: Range<Int>
    }

    private(set) var records: [Record] = []
    /// All directories, each behind the one that it is in.
    private(set) var directories: [DirectoryEntry] = []
    /// The records of the root.
    let root: Range<Int>
    private let nameTable = NameTable()

    /// Reads a tree.
    ///
    /// - Parameter directory: its absolute path.
    /// - Throws: an error of the file system; it names the directory that can't be read.
    init(reading directory: String) throws(ArchiveError) {
        let lister = DirectoryLister(order: .wholePaths)
        // Holds one directory at a time, for sorting.
        let names = NameArena()
        var found = try lister.push(root: directory, to: names)
        root = found
        try system { () throws(POSIXError) in try take(found, of: names, in: nil, path: PathBytes(directory)) }
        var waiting: [(directory: Int, path: PathBytes)] = directories.isEmpty ? [] : [(0, PathBytes(directory))]
        while let (number, path) = waiting.popLast() {
            names.clear()
            let known = directories.count
            try system { () throws(POSIXError) in
                let opened = try Directory(opening: path)
                do throws(Errno) {
                    found = try lister.push(opened.descriptor, to: names)
                } catch {
                    throw POSIXError(error, "readdirent", path.string)
                }
                let first = records.count
                try take(found, of: names, in: number, path: path)
                directories[number].records = first..<records.count
            }
            for below in known..<directories.count {
                waiting.append((below, path.appending(PathBytes(name(records[directories[below].emitter])))))
            }
        }
    }

    /// The name of a record that emits, with a NUL behind it for system calls.
    private func name(_ record: Record) -> UnsafeRawBufferPointer {
        nameTable.name(record.link, length: Int(record.nameLength))
    }

    /// An entry as the walk wants it.
    func entry(_ index: Int) -> ListedEntry {
        let record = records[index]
        let named = record.action == .descend ? records[directories[Int(record.link)].emitter] : record
        return ListedEntry(name: name(named), type: record.type, action: record.action)
    }

    /// The directory that a record descends into.
    func directory(below descender: Int) -> Int { Int(records[descender].link) }

    /// The directory that a record writes, if it is one.
    func directory(writtenBy emitter: Int) -> Int? {
        guard records[emitter].type == .directory else { return nil }
        // Between `a` and `a/` only come names like `a-b`, so the search is short.
        return records[(emitter + 1)...].lazy
            .filter { $0.action == .descend }
            .map { Int($0.link) }
            .first { self.directories[$0].emitter == emitter }
    }

    /// Takes the records of one directory over.
    private func take(_ range: Range<Int>, of names: NameArena, in parent: Int?, path: PathBytes) throws(POSIXError) {
        var emitted: [(source: Int, record: Int)] = []
        for index in range {
            let source = names[index]
            let name = names.name(source)
            guard source.action == .descend else {
                guard let link = nameTable.add(name) else { throw POSIXError(.noSpace, "list", path.string) }
                if source.type == .directory { emitted.append((index, records.count)) }
                append(link, length: name.count, source)
                continue
            }
            guard let match = emitted.lastIndex(where: { names.isSameEntry($0.source, index) }) else { continue }
            let entry = DirectoryEntry(
                emitter: emitted.remove(at: match).record,
                descender: records.count,
                parent: parent,
                records: 0..<0
            )
            append(UInt32(truncatingIfNeeded: directories.count), length: 0, source)
            directories.append(entry)
        }
    }

    private func append(_ link: UInt32, length: Int, _ source: NameArena.Record) {
        records.append(
            Record(
                link: link,
                nameLength: UInt16(truncatingIfNeeded: length),
                type: source.type,
                action: source.action
            )
        )
    }
}

/// Names in pieces of memory that never move, so that adding to many doesn't copy them.
private final class NameTable {
    private static let pieceSize = 1 << 18

    private var pieces: [UnsafeMutableRawBufferPointer] = []
    private var used = pieceSize

    deinit {
        for piece in pieces { piece.deallocate() }
    }

    /// Adds a name and a NUL.
    ///
    /// - Returns: where it is; nil if there are more names than four gigabytes
    func add(_ name: UnsafeRawBufferPointer) -> UInt32? {
        if used + name.count + 1 > Self.pieceSize {
            pieces.append(.allocate(byteCount: Self.pieceSize, alignment: 8))
            used = 0
        }
        guard let offset = UInt32(exactly: (pieces.count - 1) * Self.pieceSize + used) else { return nil }
        let place = UnsafeMutableRawBufferPointer(rebasing: pieces[pieces.count - 1][used...])
        place.copyMemory(from: name)
        place[name.count] = 0
        used += name.count + 1
        return offset
    }

    func name(_ offset: UInt32, length: Int) -> UnsafeRawBufferPointer {
        let (piece, start) = Int(offset).quotientAndRemainder(dividingBy: Self.pieceSize)
        return UnsafeRawBufferPointer(rebasing: pieces[piece][start..<start + length])
    }
}

/// The entries of an index that belong to one slice.
final class DirectorySelection: TreeListing, Sendable {
    private let index: DirectoryIndex
    private let chosen: RecordSet

    /// Selects records; what leads to them must be among them.
    init(_ index: DirectoryIndex, chosen: RecordSet) {
        self.index = index
        self.chosen = chosen
    }

    var isEmpty: Bool { chosen.isEmpty }

    func entry(_ index: Int) -> ListedEntry { self.index.entry(index) }

    func begin(_ root: String) throws(ArchiveError) -> Range<Int> { index.root }

    func enter(_ index: Int, _ descriptor: FileDescriptor) throws(Errno) -> Range<Int> {
        self.index.directories[self.index.directory(below: index)].records
    }

    func leave(_ records: Range<Int>) {}

    func includes(_ index: Int) -> Bool { chosen[index] }
}
