import POSIX

/// What extracted entries get from the archive besides their content and permissions.
struct ExtractionOptions {
    var restoresOwners: Bool
    var restoresTimes: Bool
    /// Whether the normalised time is a time like any other.
    var restoresNormalizedTime = false
    /// The permissions of directories that the archive only implies; nil leaves them to the umask.
    var impliedMode: FileMode?
}

/// Makes entries below a directory that nobody else uses, without ever following a symbolic link.
final class TreeExtractor {
    struct FinishedDirectory {
        let path: [[UInt8]]
        let header: TarHeader
    }

    private let options: ExtractionOptions
    let directories: DirectoryStack
    /// Directories get their permissions and times last: both would hinder, or suffer from, what is made in them.
    private var finished: [FinishedDirectory] = []
    private(set) var entries = 0
    /// Whether any entry got the modification time that the archive names.
    private(set) var hasTimes = false

    /// Prepares to make entries.
    ///
    /// - Parameters:
    ///   - root: an open directory, as long as the extractor is used.
    ///   - options: what entries get.
    init(root: FileDescriptor, options: ExtractionOptions) {
        directories = DirectoryStack(root: root, newMode: options.impliedMode)
        self.options = options
    }

    /// Makes an entry, in place of an earlier one of the same name that is no directory.
    ///
    /// - Parameters:
    ///   - header: what to make.
    ///   - path: where, by elements; none mean the root itself.
    ///   - link: for a hard link, where the other name is.
    ///   - reader: at the entry's content.
    /// - Throws: `ArchiveError.unsafeEntry` for entries that no layer has, or an error of the file system.
    func make(
        _ header: TarHeader,
        at path: [[UInt8]],
        link: [[UInt8]],
        from reader: inout TarReader
    ) throws(ArchiveError) {
        entries += 1
        guard let name = path.last else {
            guard header.kind == .directory else { throw unsafe(header, "it would replace the target itself") }
            finished.append(FinishedDirectory(path: [], header: header))
            return
        }
        let parent = try directory(path.dropLast(), header)
        switch header.kind {
        case .directory:
            try makeDirectory(name, in: parent, header)
            finished.append(FinishedDirectory(path: path, header: header))
        case .file:
            try makeFile(name, in: parent, header, from: &reader)
        case .symbolicLink:
            try replacing(name, in: parent, header, "symlink") { (name) throws(Errno) in
                try header.linkName.withName { (target) throws(Errno) in
                    try parent.makeSymlink(name, target: target)
                }
                if let (uid, gid) = self.owner(header) { try parent.changeOwner(name, uid: uid, gid: gid) }
                if let time = self.time(header) { try parent.setTime(name, time) }
            }
        case .hardLink:
            try makeHardLink(name, in: parent, to: link, header)
        case .fifo:
            try replacing(name, in: parent, header, "mkfifo") { (name) throws(Errno) in
                try parent.makeFIFO(name, mode: 0o600)
                let fifo = try parent.open(name, [.read, .nonBlocking])
                defer { fifo.close() }
                try self.setAttributes(fifo, header)
            }
        case .characterDevice, .blockDevice:
            throw unsafe(header, "devices are not extracted")
        }
    }

    /// Gives all directories their permissions and times; nothing may be made afterwards.
    func finish() throws(ArchiveError) {
        // Children first: their parents may be closed to us afterwards.
        for directory in finished.reversed().sorted(by: { $0.path.count > $1.path.count }) {
            let opened = try self.directory(directory.path[...], directory.header)
            do throws(Errno) {
                try setAttributes(opened, directory.header)
            } catch {
                throw failure(error, "chmod", directory.header)
            }
        }
        finished = []
    }

    /// Leaves the attributes of the directories that were made so far to the caller.
    func takeFinished() -> [FinishedDirectory] {
        defer { finished = [] }
        return finished
    }

    // MARK: - Directories

    /// Opens the directory of an entry, and makes it and its parents where they are missing.
    private func directory(_ path: ArraySlice<[UInt8]>, _ header: TarHeader) throws(ArchiveError) -> FileDescriptor {
        do throws(Errno) {
            return try directories.open(path)
        } catch {
            if error == .notDirectory || error == .tooManyLinks { throw unsafe(header, "it leads through a link") }
            throw failure(error, "open", header)
        }
    }

    private func makeDirectory(_ name: [UInt8], in parent: FileDescriptor, _ header: TarHeader) throws(ArchiveError) {
        do throws(Errno) {
            try name.withName { (name) throws(Errno) in
                do throws(Errno) {
                    try parent.makeDirectory(name, mode: 0o700)
                } catch .fileExists {
                    guard try !parent.status(name).isDirectory else { return }
                    try parent.unlink(name)
                    try parent.makeDirectory(name, mode: 0o700)
                }
            }
        } catch {
            throw failure(error, "mkdir", header)
        }
    }

    // MARK: - Other entries

    /// Makes something under a name; if the name is taken, by anything but a directory, makes it again without that.
    private func replacing(
        _ name: [UInt8],
        in parent: FileDescriptor,
        _ header: TarHeader,
        _ operation: String,
        _ make: (NamePointer) throws(Errno) -> Void
    ) throws(ArchiveError) {
        do throws(Errno) {
            try name.withName { (name) throws(Errno) in
                do throws(Errno) {
                    try make(name)
                } catch .fileExists {
                    try parent.unlink(name)
                    try make(name)
                }
            }
        } catch {
            throw failure(error, operation, header)
        }
    }

    private func makeHardLink(
        _ name: [UInt8],
        in parent: FileDescriptor,
        to link: [[UInt8]],
        _ header: TarHeader
    ) throws(ArchiveError) {
        guard let existing = link.last else { throw unsafe(header, "it links to a directory") }
        let source: FileDescriptor
        do throws(Errno) {
            source = try directories.walk(link.dropLast())
        } catch {
            if error == .notDirectory || error == .tooManyLinks { throw unsafe(header, "its target is a link") }
            throw failure(error, "link", header)
        }
        defer { source.close() }
        try replacing(name, in: parent, header, "link") { (name) throws(Errno) in
            try existing.withName { (existing) throws(Errno) in
                try parent.makeHardLink(name, to: existing, in: source)
            }
        }
    }

    private func makeFile(
        _ name: [UInt8],
        in parent: FileDescriptor,
        _ header: TarHeader,
        from reader: inout TarReader
    ) throws(ArchiveError) {
        var opened: FileDescriptor?
        try replacing(name, in: parent, header, "open") { (name) throws(Errno) in
            opened = try parent.open(name, [.write, .create, .exclusive], mode: 0o600)
        }
        guard let file = opened else { return }
        defer { file.close() }
        var content = FileContent(file, header)
        while let piece = try reader.nextStored() {
            do throws(Errno) {
                try content.write(piece)
            } catch {
                throw failure(error, "write", header)
            }
        }
        do throws(Errno) {
            try content.finish()
            try setAttributes(file, header)
        } catch {
            throw failure(error, "write", header)
        }
    }

    // MARK: - Attributes

    func setAttributes(_ file: FileDescriptor, _ header: TarHeader) throws(Errno) {
        // The owner first: changing it takes setuid and setgid away.
        if let (uid, gid) = owner(header) { try file.changeOwner(uid: uid, gid: gid) }
        try file.changeMode(FileMode(rawValue: UInt32(truncatingIfNeeded: header.mode)))
        if let time = time(header) { try file.setTime(time) }
    }

    private func owner(_ header: TarHeader) -> (UInt32, UInt32)? {
        guard options.restoresOwners else { return nil }
        return (UInt32(clamping: header.uid), UInt32(clamping: header.gid))
    }

    private func time(_ header: TarHeader) -> FileTime? {
        // The normalised time means that the real one was not kept.
        guard options.restoresTimes, options.restoresNormalizedTime || header.modificationTime != .normalized else {
            return nil
        }
        hasTimes = true
        return FileTime(
            seconds: header.modificationTime.seconds,
            nanoseconds: header.modificationTime.nanoseconds
        )
    }

    func unsafe(_ header: TarHeader, _ reason: String) -> ArchiveError {
        .unsafeEntry(name: header.displayName, reason: reason)
    }

    func failure(_ error: Errno, _ operation: String, _ header: TarHeader) -> ArchiveError {
        .system(POSIXError(error, operation, header.displayName))
    }
}

extension [UInt8] {
    /// Lends the bytes with a final NUL to a system call.
    func withName<Value>(_ body: (NamePointer) throws(Errno) -> Value) throws(Errno) -> Value {
        try (self + [0]).withUnsafeBytes { bytes in
            Result { () throws(Errno) in
                guard let name = bytes.assumingMemoryBound(to: CChar.self).baseAddress else { throw Errno.noSuchFile }
                return try body(name)
            }
        }.get()
    }
}
