import POSIX

/// An entry of a listing.
struct ListedEntry {
    /// The name, with a NUL behind it for system calls; valid until the listing enters or leaves a directory.
    let name: UnsafeRawBufferPointer
    let type: FileType
    let action: NameArena.Action
}

/// The entries of a tree as a walk meets them: each directory is read and sorted when the walk enters it.
///
/// A tree that was read whole before, to be divided, is a `DirectoryIndex` instead.
protocol TreeListing: AnyObject {
    /// The entry of a record; record 0, and 1 if there are two, stand for the root.
    func entry(_ index: Int) -> ListedEntry

    /// Starts with the root.
    ///
    /// - Returns: its records.
    func begin(_ root: String) throws(ArchiveError) -> Range<Int>

    /// Enters a directory.
    ///
    /// - Parameters:
    ///   - index: the directory's record.
    ///   - descriptor: the open directory.
    /// - Returns: the records of its entries.
    /// - Throws: if the directory can't be read.
    func enter(_ index: Int, _ descriptor: FileDescriptor) throws(Errno) -> Range<Int>

    /// Leaves the directory that was entered last.
    ///
    /// - Parameter records: what `enter` returned.
    func leave(_ records: Range<Int>)

    /// Whether the walk visits an entry.
    func includes(_ index: Int) -> Bool
}

/// Reads directories into an arena.
struct DirectoryLister: ~Copyable {
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 8)
    let order: WalkOrder

    init(order: WalkOrder) {
        self.order = order
    }

    deinit {
        buffer.deallocate()
    }

    /// Pushes the root, by its last element.
    func push(root: String, to names: NameArena) throws(ArchiveError) -> Range<Int> {
        let type = try system { () throws(POSIXError) in try FileSystem.linkStatus(root).type }
        let mark = names.mark
        Array(Path.base(root).utf8).withUnsafeBytes { names.push($0, type: type, order: order) }
        return names.sort(from: mark)
    }

    /// Pushes all entries of a directory, sorted.
    func push(_ directory: FileDescriptor, to names: NameArena) throws(Errno) -> Range<Int> {
        let mark = names.mark
        while let records = try directory.readEntries(into: buffer) {
            for record in records where !Self.isDots(record.name) {
                var type = record.type
                if type == .unknown, let name = record.name.assumingMemoryBound(to: CChar.self).baseAddress {
                    // Some file systems don't tell; the name in the kernel's record ends with a NUL.
                    type = try directory.status(name).type
                }
                names.push(record.name, type: type, order: order)
            }
        }
        return names.sort(from: mark)
    }

    private static func isDots(_ name: UnsafeRawBufferPointer) -> Bool {
        name.count <= 2 && name.allSatisfy { $0 == UInt8(ascii: ".") }
    }
}

/// The listing of a tree that is read while it is walked.
final class LiveListing: TreeListing {
    private let names = NameArena()
    private let lister: DirectoryLister
    private var marks: [NameArena.Mark] = []

    init(order: WalkOrder) {
        lister = DirectoryLister(order: order)
    }

    func begin(_ root: String) throws(ArchiveError) -> Range<Int> {
        marks.append(names.mark)
        return try lister.push(root: root, to: names)
    }

    func enter(_ index: Int, _ descriptor: FileDescriptor) throws(Errno) -> Range<Int> {
        marks.append(names.mark)
        return try lister.push(descriptor, to: names)
    }

    func leave(_ records: Range<Int>) {
        guard let mark = marks.popLast() else { return }
        names.drop(to: mark)
    }

    func entry(_ index: Int) -> ListedEntry {
        let record = names[index]
        return ListedEntry(name: names.name(record), type: record.type, action: record.action)
    }

    func includes(_ index: Int) -> Bool { true }
}
