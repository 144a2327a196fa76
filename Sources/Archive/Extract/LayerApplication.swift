public import POSIX

/// Applies a layer to a directory that has the layers below it, as an image's root is made: entries replace what has
/// their names, whiteouts remove what they name.
///
/// Owners, permissions, times, devices and extended attributes are those of the layer, so only root can do this. No
/// symbolic link is followed. A layer that fails is applied in part: its digest is to be verified before.
///
/// See the [image specification](https://github.com/opencontainers/image-spec/blob/main/layer.md#applying-changesets).
public struct LayerApplication: Sendable {
    private let root: String
    private let skips: @Sendable (PathBytes) -> Bool

    /// Prepares for layers.
    ///
    /// - Parameters:
    ///   - root: the directory that stands for `/`.
    ///   - skips: whether a path, without a slash at its start, is left as it is.
    public init(root: String, skips: @escaping @Sendable (PathBytes) -> Bool = { _ in false }) {
        self.root = root
        self.skips = skips
    }

    /// Applies a layer.
    ///
    /// - Parameters:
    ///   - source: the layer, whose compression (gzip, zstd, none) is recognised.
    ///   - expected: the digests to compare with once everything is applied.
    /// - Throws: `ArchiveError` of the stream, the digests, or the file system.
    public func apply(
        _ source: sending some ByteSource,
        expecting expected: ExpectedDigests = .unverified
    ) throws(ArchiveError) {
        let reader = StreamReader(source, hashesStream: expected.stream != nil, cancellation: nil)
        let blocks = PrefetchedBlocks(reader)
        defer { blocks.stop() }
        var tar = TarReader(blocks: blocks)
        let rootDirectory = try system { () throws(POSIXError) in try Directory(opening: root) }
        let applier = EntryApplier(root: rootDirectory.descriptor, rootPath: PathBytes(root))
        while let header = try tar.next() {
            let path = try Self.elements(of: header.name, header)
            guard !skips(PathBytes(path.joined(separator: [UInt8(ascii: "/")]))) else { continue }
            let link = header.kind == .hardLink ? try Self.elements(of: header.linkName, header) : []
            try applier.apply(header, at: path, link: link, from: &tar)
        }
        try applier.finish()
        try tar.drain()
        blocks.stop()
        _ = try reader.verify(expected)
    }

    private static func elements(of name: [UInt8], _ header: TarHeader) throws(ArchiveError) -> [[UInt8]] {
        switch EntryPlacement(prefix: "/").place(of: name) {
        case .inside(let elements): return elements
        case .parent: return []
        case .refused(let reason): throw .unsafeEntry(name: header.displayName, reason: reason)
        }
    }
}

/// Makes the entries of a layer in a tree that is there.
private final class EntryApplier {
    private let root: FileDescriptor
    private let rootPath: PathBytes
    private let directories: DirectoryStack
    /// Directories get their times last, which would change with what is made in them.
    private var finished: [(path: [[UInt8]], header: TarHeader)] = []

    init(root: FileDescriptor, rootPath: PathBytes) {
        self.root = root
        self.rootPath = rootPath
        directories = DirectoryStack(root: root)
    }

    func apply(
        _ header: TarHeader,
        at path: [[UInt8]],
        link: [[UInt8]],
        from reader: inout TarReader
    ) throws(ArchiveError) {
        guard let name = path.last else {
            finished.append((path, header))
            return
        }
        let parent = try attempt("open", header) { () throws(Errno) in try directories.open(path.dropLast()) }
        if name == WhiteoutName.opaque { return try removeContents(of: path.dropLast(), header) }
        if name.starts(with: WhiteoutName.prefix) {
            return try remove(Array(name.dropFirst(WhiteoutName.prefix.count)), in: path.dropLast(), header)
        }
        try clear(name, for: header, in: parent, path.dropLast())
        switch header.kind {
        case .directory: finished.append((path, header))
        case .file: try makeFile(name, in: parent, header, from: &reader)
        default: try makeSpecial(name, in: parent, link: link, header)
        }
        guard header.kind != .hardLink else { return }
        try setAttributes(name, in: parent, path, header)
    }

    /// Gives directories their times; those of parents after those of what is in them.
    func finish() throws(ArchiveError) {
        for (path, header) in finished.reversed() {
            let directory = try attempt("open", header) { () throws(Errno) in try directories.walk(path[...]) }
            defer { directory.close() }
            try attempt("utimes", header) { () throws(Errno) in
                if path.isEmpty { try setOwnerAndMode(directory, header) }
                if let time = Self.time(header) { try directory.setTime(time) }
            }
        }
    }

    // MARK: - Removing

    /// Makes room for an entry: what has its name goes, but a directory stays where one is wanted.
    private func clear(
        _ name: [UInt8],
        for header: TarHeader,
        in parent: FileDescriptor,
        _ path: ArraySlice<[UInt8]>
    ) throws(ArchiveError) {
        let status = try attempt("lstat", header) { () throws(Errno) in try Self.status(name, in: parent) }
        guard status?.isDirectory != true || header.kind != .directory else { return }
        if status != nil { try remove(name, in: path, header) }
        guard header.kind == .directory else { return }
        try attempt("mkdir", header) { () throws(Errno) in
            try name.withName { (name) throws(Errno) in try parent.makeDirectory(name, mode: 0o700) }
        }
    }

    private static func status(_ name: [UInt8], in parent: FileDescriptor) throws(Errno) -> FileStatus? {
        do throws(Errno) {
            return try name.withName { (name) throws(Errno) in try parent.status(name) }
        } catch .noSuchFile {
            return nil
        }
    }

    private func remove(_ name: [UInt8], in path: ArraySlice<[UInt8]>, _ header: TarHeader) throws(ArchiveError) {
        let directory = try open(path, header)
        try system { () throws(POSIXError) in try directory.removeTree(PathBytes(name)) }
    }

    private func removeContents(of path: ArraySlice<[UInt8]>, _ header: TarHeader) throws(ArchiveError) {
        let directory = try open(path, header)
        try system { () throws(POSIXError) in try directory.removeContents() }
    }

    private func open(_ path: ArraySlice<[UInt8]>, _ header: TarHeader) throws(ArchiveError) -> Directory {
        let descriptor = try attempt("open", header) { () throws(Errno) in try directories.walk(path) }
        return Directory(taking: OwnedDescriptor(taking: descriptor), path: fullPath(Array(path)))
    }

    // MARK: - Making

    private func makeFile(
        _ name: [UInt8],
        in parent: FileDescriptor,
        _ header: TarHeader,
        from reader: inout TarReader
    ) throws(ArchiveError) {
        let file = try attempt("open", header) { () throws(Errno) in
            try name.withName { (name) throws(Errno) in
                try parent.open(name, [.write, .create, .exclusive], mode: 0o600)
            }
        }
        defer { file.close() }
        var content = FileContent(file, header)
        while let piece = try reader.nextStored() {
            try attempt("write", header) { () throws(Errno) in try content.write(piece) }
        }
        try attempt("write", header) { () throws(Errno) in try content.finish() }
    }

    private func makeSpecial(
        _ name: [UInt8],
        in parent: FileDescriptor,
        link: [[UInt8]],
        _ header: TarHeader
    ) throws(ArchiveError) {
        try attempt("mknod", header) { () throws(Errno) in
            try name.withName { (name) throws(Errno) in
                switch header.kind {
                case .symbolicLink:
                    try header.linkName.withName { (target) throws(Errno) in
                        try parent.makeSymlink(name, target: target)
                    }
                case .hardLink:
                    let source = try directories.walk(link.dropLast())
                    defer { source.close() }
                    try (link.last ?? []).withName { (existing) throws(Errno) in
                        try parent.makeHardLink(name, to: existing, in: source)
                    }
                default:
                    try parent.makeNode(
                        name,
                        type: Self.type(of: header.kind),
                        mode: 0o600,
                        major: UInt32(clamping: header.deviceMajor),
                        minor: UInt32(clamping: header.deviceMinor)
                    )
                }
            }
        }
    }

    private static func type(of kind: TarEntryKind) -> FileType {
        switch kind {
        case .characterDevice: .characterDevice
        case .blockDevice: .blockDevice
        default: .fifo
        }
    }

    // MARK: - Attributes

    private func setAttributes(
        _ name: [UInt8],
        in parent: FileDescriptor,
        _ path: [[UInt8]],
        _ header: TarHeader
    ) throws(ArchiveError) {
        let full = fullPath(path)
        try attempt("chown", header) { () throws(Errno) in
            try name.withName { (name) throws(Errno) in
                // The owner first: changing it takes setuid, setgid and capabilities away.
                try parent.changeOwner(name, uid: UInt32(clamping: header.uid), gid: UInt32(clamping: header.gid))
            }
        }
        if header.kind != .symbolicLink {
            let mode = FileMode(rawValue: UInt32(truncatingIfNeeded: header.mode))
            try system { () throws(POSIXError) in try FileSystem.chmod(full, mode) }
        }
        for (key, value) in header.paxRecords where key.hasPrefix(AttributeRecord.prefix) {
            let attribute = ExtendedAttribute(name: String(key.dropFirst(AttributeRecord.prefix.count)), value: value)
            try system { () throws(POSIXError) in try FileSystem.setExtendedAttribute(full, attribute) }
        }
        guard let time = Self.time(header), header.kind != .directory else { return }
        try attempt("utimes", header) { () throws(Errno) in
            try name.withName { (name) throws(Errno) in try parent.setTime(name, time) }
        }
    }

    private func setOwnerAndMode(_ directory: FileDescriptor, _ header: TarHeader) throws(Errno) {
        try directory.changeOwner(uid: UInt32(clamping: header.uid), gid: UInt32(clamping: header.gid))
        try directory.changeMode(FileMode(rawValue: UInt32(truncatingIfNeeded: header.mode)))
    }

    /// The time to set; the normalised one says that nobody has kept the real one.
    private static func time(_ header: TarHeader) -> FileTime? {
        guard header.modificationTime != .normalized else { return nil }
        return FileTime(
            seconds: header.modificationTime.seconds,
            nanoseconds: header.modificationTime.nanoseconds
        )
    }

    private func fullPath(_ path: [[UInt8]]) -> PathBytes {
        path.reduce(rootPath) { $0.appending(PathBytes($1)) }
    }

    private func attempt<Value>(
        _ operation: String,
        _ header: TarHeader,
        _ body: () throws(Errno) -> Value
    ) throws(ArchiveError) -> Value {
        do throws(Errno) {
            return try body()
        } catch {
            throw .system(POSIXError(error, operation, header.displayName))
        }
    }
}
