import POSIX

/// Unpacks the layers of an image over one another, to the file tree that a container of it would see.
///
/// Whiteouts remove what lower layers have. Links to absolute paths or upwards are kept as they are; where an entry's
/// path leads through one, it is followed as a process in the root would, so that nothing is ever made or removed
/// outside of it. Devices are left out, and so are extended attributes. Owners are only changed by root; for everybody
/// else, the report tells what they would be.
///
/// See the [image specification](https://github.com/opencontainers/image-spec/blob/main/layer.md#applying-changesets).
public final class RootExtractor {
    /// What has been unpacked.
    public struct Report: Sendable {
        /// How many entries all layers have.
        public var entries = 0
        /// How many devices were left out.
        public var devices = 0
        /// The owners of what is not root's, by paths without a slash at the start.
        public var owners: [[UInt8]: EntryOwner] = [:]
    }

    private let root: OwnedDescriptor
    private let tree: TreeExtractor
    private let paths: RootPaths
    private let restoresOwners: Bool
    private let cancellation: Cancellation?
    private var report = Report()
    private var hasLowerLayer = false
    private var layer = LayerPaths()
    /// Directories get their permissions and times last: later layers may add to them.
    private var directories: [[UInt8]: TreeExtractor.FinishedDirectory] = [:]

    /// Prepares to unpack layers.
    ///
    /// - Parameters:
    ///   - directory: an empty directory that nobody else uses until all is unpacked.
    ///   - restoresOwners: whether entries get the owners that the layers name; by default, if the process is root.
    ///   - cancellation: ends a running extraction from another thread.
    /// - Throws: if the directory can't be opened.
    public init(
        directory: String,
        restoresOwners: Bool? = nil,
        cancellation: Cancellation? = nil
    ) throws(ArchiveError) {
        let opened = try system { () throws(POSIXError) in
            try OwnedDescriptor(opening: directory, [.read, .directory, .noFollow])
        }
        self.restoresOwners = restoresOwners ?? Users.isRoot
        self.cancellation = cancellation
        tree = TreeExtractor(
            root: opened.descriptor,
            options: ExtractionOptions(
                restoresOwners: self.restoresOwners,
                restoresTimes: true,
                restoresNormalizedTime: true,
                // Other users than the one who unpacks are to find their way.
                impliedMode: 0o755
            )
        )
        paths = RootPaths(tree.directories)
        root = opened
    }

    /// Unpacks a layer over those before it.
    ///
    /// - Parameters:
    ///   - source: the layer, whose compression (gzip, zstd, none) is recognised.
    ///   - diffID: the digest that its uncompressed bytes must have.
    /// - Throws: `ArchiveError.digestMismatch`, `.unsafeEntry`, `.malformedTar`, `.corruptStream`, or an error of the
    ///   file system; the directory is of no use then.
    public func apply(_ source: sending some ByteSource, diffID: Digest) throws(ArchiveError) {
        let reader = StreamReader(source, hashesStream: false, cancellation: cancellation)
        let blocks = PrefetchedBlocks(reader)
        defer { blocks.stop() }
        var tar = TarReader(blocks: blocks)
        while let header = try tar.next() {
            try cancellation?.check()
            try make(header, from: &tar)
        }
        // What follows the archive's end belongs to its digest, too.
        try tar.drain()
        blocks.stop()
        _ = try reader.verify(.diffID(diffID))
        collectDirectories()
        layer = LayerPaths()
        hasLowerLayer = true
    }

    /// Gives all directories their permissions and times; nothing may be unpacked afterwards.
    ///
    /// - Returns: what has been unpacked.
    /// - Throws: an error of the file system.
    public func finish() throws(ArchiveError) -> Report {
        // Children first: their parents may be closed to us afterwards.
        for (_, directory) in directories.sorted(by: { $1.key.lexicographicallyPrecedes($0.key) }) {
            do throws(Errno) {
                let opened = try tree.directories.open(directory.path[...], makesMissing: false)
                try tree.setAttributes(opened, directory.header)
            } catch {
                // A later layer has removed it, or put something else in its place.
                if error == .noSuchFile || error == .notDirectory || error == .tooManyLinks { continue }
                throw tree.failure(error, "chmod", directory.header)
            }
        }
        directories = [:]
        return report
    }

    // MARK: - Entries

    private func make(_ header: TarHeader, from reader: inout TarReader) throws(ArchiveError) {
        report.entries += 1
        let named = try elements(of: header.name, header)
        guard let name = named.last else {
            return try tree.make(header, at: [], link: [], from: &reader)
        }
        if name.starts(with: Whiteout.prefix) { return try apply(Whiteout(name), in: named.dropLast(), header) }
        guard header.kind != .characterDevice, header.kind != .blockDevice else {
            report.devices += 1
            return
        }
        let parent: [[UInt8]]
        var link: [[UInt8]] = []
        do throws(Errno) {
            parent = try paths.parent(named.dropLast())
            if header.kind == .hardLink { link = try paths.existing(elements(ofLink: header)) }
        } catch {
            if error == .notDirectory || error == .tooManyLinks {
                throw tree.unsafe(header, "it leads through something that is no directory")
            }
            throw tree.failure(error, "open", header)
        }
        let path = parent + [name]
        if header.kind == .directory { paths.forgetLinks() } else { try removeDirectory(path, header) }
        try tree.make(header, at: path, link: link, from: &reader)
        note(path, header)
    }

    private func note(_ path: [[UInt8]], _ header: TarHeader) {
        if hasLowerLayer { layer.insert(path) }
        guard header.kind != .hardLink else { return }
        let owner = EntryOwner(uid: Int(clamping: header.uid), gid: Int(clamping: header.gid))
        if owner != .root {
            report.owners[path.joinedPath] = owner
        } else if !report.owners.isEmpty {
            report.owners[path.joinedPath] = nil
        }
    }

    private func elements(of name: [UInt8], _ header: TarHeader) throws(ArchiveError) -> [[UInt8]] {
        switch EntryPlacement(prefix: "/").place(of: name) {
        case .inside(let elements): return elements
        case .refused(let reason): throw tree.unsafe(header, reason)
        case .parent: throw tree.unsafe(header, "it has no place")
        }
    }

    private func elements(ofLink header: TarHeader) throws(Errno) -> [[UInt8]] {
        guard case .inside(let elements) = EntryPlacement(prefix: "/").place(of: header.linkName) else {
            throw .notDirectory
        }
        return elements
    }

    private func collectDirectories() {
        for directory in tree.takeFinished() { directories[directory.path.joinedPath] = directory }
    }

    // MARK: - Removing

    private func apply(_ whiteout: Whiteout, in named: ArraySlice<[UInt8]>, _ header: TarHeader) throws(ArchiveError) {
        // The lowest layer has nothing to hide.
        guard hasLowerLayer else { return }
        do throws(Errno) {
            let parent = try paths.resolve(named)
            switch whiteout {
            case .nothing: return
            case .malformed: throw Errno.invalidArgument
            case .entry(let name): try removeLower(parent + [name])
            case .contents:
                for name in try paths.names(in: parent) { try removeLower(parent + [name]) }
            }
        } catch {
            switch error {
            // Nothing is there that could be hidden.
            case .noSuchFile, .notDirectory: return
            case .invalidArgument, .tooManyLinks: throw tree.unsafe(header, "it hides nothing that a layer may hide")
            default: throw tree.failure(error, "remove", header)
            }
        }
    }

    /// Removes what lower layers have at a path, and leaves what this layer has made there.
    private func removeLower(_ path: [[UInt8]]) throws(Errno) {
        guard layer.contains(path) else { return try remove(path) }
        guard try paths.isDirectory(path) else { return }
        for name in try paths.names(in: path) { try removeLower(path + [name]) }
    }

    private func remove(_ path: [[UInt8]]) throws(Errno) {
        guard try paths.isDirectory(path) else { return try paths.removeFile(path) }
        try paths.removeDirectory(path)
        collectDirectories()
        let prefix = path.joinedPath
        let below = prefix + [UInt8(ascii: "/")]
        directories = directories.filter { $0.key != prefix && !$0.key.starts(with: below) }
    }

    /// Makes room for an entry that is no directory where a lower layer has one.
    private func removeDirectory(_ path: [[UInt8]], _ header: TarHeader) throws(ArchiveError) {
        guard hasLowerLayer else { return }
        do throws(Errno) {
            guard try paths.isDirectory(path) else { return }
            try remove(path)
        } catch {
            if error == .noSuchFile { return }
            throw tree.failure(error, "remove", header)
        }
    }
}

/// What an entry says that has a whiteout's name.
private enum Whiteout {
    static let prefix = Array(".wh.".utf8)

    /// Something lower with this name is hidden.
    case entry([UInt8])
    /// Everything lower in the directory is hidden.
    case contents
    /// Another program's bookkeeping.
    case nothing
    /// No name is hidden that can be one.
    case malformed

    init(_ name: [UInt8]) {
        let hidden = Array(name.dropFirst(Self.prefix.count))
        if hidden == Array(".wh..opq".utf8) {
            self = .contents
        } else if hidden.starts(with: Self.prefix) {
            self = .nothing
        } else if hidden.isEmpty || hidden == Array(".".utf8) || hidden == Array("..".utf8) {
            self = .malformed
        } else {
            self = .entry(hidden)
        }
    }
}

/// The paths that a layer has made, with all that lead to them.
private struct LayerPaths {
    private var paths: Set<[UInt8]> = []

    mutating func insert(_ path: [[UInt8]]) {
        var path = path[...]
        while !path.isEmpty, paths.insert(path.joinedPath).inserted { path = path.dropLast() }
    }

    func contains(_ path: [[UInt8]]) -> Bool { paths.contains(path.joinedPath) }
}

extension Collection<[UInt8]> {
    /// The elements with slashes between them.
    var joinedPath: [UInt8] { Array(joined(separator: [UInt8(ascii: "/")])) }
}
