import POSIX

/// Writes the entries of a directory tree to a tar stream.
///
/// It goes from directory to directory by descriptors and never follows a symbolic link below the root, so that changes
/// to the tree meanwhile can't lead it elsewhere. A file costs four system calls: open, status, read, close.
struct TreeWalker<Listing: TreeListing>: ~Copyable {
    /// A directory on the way from the root to the current entry.
    private struct Level {
        /// Closed as long as the walk is far below.
        var descriptor: FileDescriptor?
        let identity: FileStatus
        var next: Int
        let records: Range<Int>
        let pathLength: Int
    }

    /// How many levels keep their descriptors open; those above reopen theirs when the walk comes back to them.
    private static var openLevels: Int { 128 }

    private let root: String
    private let diskRoot: String
    private let listing: Listing
    private let entries: EntryWriter
    private var path: EntryPath
    private var levels: [Level] = []

    /// Prepares a walk.
    ///
    /// - Parameters:
    ///   - root: the absolute path of the tree, which is also the name of its first entry.
    ///   - diskRoot: what stands for `/` on disk.
    ///   - listing: which entries there are, and their order.
    ///   - entries: how entries are written.
    init(root: String, diskRoot: String, listing: Listing, entries: EntryWriter) {
        self.root = root
        self.diskRoot = diskRoot
        path = EntryPath(Path.directory(root))
        self.listing = listing
        self.entries = entries
    }

    deinit {
        for level in levels { level.descriptor?.close() }
    }

    /// Writes all entries, the root's first.
    mutating func write(to output: inout TarStream) throws(ArchiveError) {
        let records = try listing.begin(diskRoot + root)
        // The parent only has to be passed through; it may be unreadable.
        let parent = try system { () throws(POSIXError) in
            try OwnedDescriptor(opening: Path.directory(diskRoot + root), [.pathOnly, .directory])
        }
        let identity = try system { () throws(POSIXError) in try parent.descriptor.status(path: root) }
        levels.append(
            Level(
                descriptor: parent.release(),
                identity: identity,
                next: records.lowerBound,
                records: records,
                pathLength: path.count
            )
        )
        while !levels.isEmpty { try step(to: &output) }
    }

    /// Does the next thing in the deepest directory.
    private mutating func step(to output: inout TarStream) throws(ArchiveError) {
        let depth = levels.count - 1
        let index = levels[depth].next
        guard index < levels[depth].records.upperBound else { return try leave() }
        levels[depth].next += 1
        guard listing.includes(index), let directory = levels[depth].descriptor else { return }
        let record = listing.entry(index)
        path.set(levels[depth].pathLength, appending: record.name)
        guard let start = record.name.assumingMemoryBound(to: CChar.self).baseAddress else { return }
        if record.action != .descend {
            try entries.write(start, type: record.type, in: directory, path: path, to: &output)
        }
        if record.action != .emit {
            try enter(start, in: directory, index)
        }
    }

    private mutating func enter(_ name: NamePointer, in directory: FileDescriptor, _ index: Int) throws(ArchiveError) {
        do throws(Errno) {
            let descriptor = try directory.open(name, [.read, .directory])
            // The level owns the descriptor from here on, whatever fails.
            levels.append(
                Level(
                    descriptor: descriptor,
                    identity: try descriptor.ownStatus(),
                    next: 0,
                    records: 0..<0,
                    pathLength: path.count
                )
            )
            let depth = levels.count - 1
            let records = try listing.enter(index, descriptor)
            levels[depth] = Level(
                descriptor: descriptor,
                identity: levels[depth].identity,
                next: records.lowerBound,
                records: records,
                pathLength: path.count
            )
            if depth >= Self.openLevels {
                levels[depth - Self.openLevels].descriptor?.close()
                levels[depth - Self.openLevels].descriptor = nil
            }
        } catch {
            throw .system(POSIXError(error, "open", path.string))
        }
    }

    private mutating func leave() throws(ArchiveError) {
        let left = levels.removeLast()
        defer { left.descriptor?.close() }
        listing.leave(left.records)
        guard let parent = levels.last, parent.descriptor == nil, let child = left.descriptor else { return }
        do throws(Errno) {
            let descriptor = try "..".withName { (name) throws(Errno) in try child.open(name, [.read, .directory]) }
            levels[levels.count - 1].descriptor = descriptor
            let status = try descriptor.ownStatus()
            guard status.ino == parent.identity.ino, status.dev == parent.identity.dev else {
                throw Errno.noSuchFile
            }
        } catch {
            let name = String(decoding: path.bytes.prefix(parent.pathLength), as: UTF8.self)
            throw .changedWhileReading(path: name, reason: "moved while the walk was below it (\(error))")
        }
    }
}

extension String {
    /// Lends the string to a system call.
    func withName<Value>(_ body: (NamePointer) throws(Errno) -> Value) throws(Errno) -> Value {
        try withCString { name in Result { () throws(Errno) in try body(name) } }.get()
    }
}
