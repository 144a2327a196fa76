import POSIX

/// Writes the sources of a layer's content to its tar stream.
enum LayerProducer {
    static func write(_ content: LayerContent, to output: inout TarStream) throws(ArchiveError) {
        for source in content.sources { try write(source, content, to: &output) }
    }

    private static func write(
        _ source: LayerEntrySource,
        _ content: LayerContent,
        to output: inout TarStream
    ) throws(ArchiveError) {
        let diskRoot = content.diskRoot
        switch source {
        case .parents(of: let path):
            try writeParents(of: path, diskRoot, to: &output)
        case .tree(let root, let owner):
            let entries = EntryWriter(owner: owner, namesFailedFile: false, keepsTimes: content.keepsTimes)
            let listing = LiveListing(order: .directoryByDirectory)
            var walker = TreeWalker(root: Path.clean(root), diskRoot: diskRoot, listing: listing, entries: entries)
            try walker.write(to: &output)
        case .slice(let slice, let owner):
            try slice.write(EntryWriter(owner: owner, namesFailedFile: true), diskRoot: diskRoot, to: &output)
        case .directory(let path, let mode, let owner):
            try write(.directory, path, mode, owner, to: &output)
        case .symbolicLink(let path, let target, let mode, let owner):
            try write(.symbolicLink, path, mode, owner, linkName: target, to: &output)
        case .bytes(let path, let bytes, let mode, let owner):
            try write(.file, path, mode, owner, size: Int64(bytes.count), to: &output)
            try output.append(bytes)
            try output.pad(after: Int64(bytes.count))
        case .file(let path, let file, let mode, let owner):
            try writeFile(path, from: diskRoot + file, mode, owner, to: &output)
        case .changes(let changes):
            try ChangeWriter(changes, keepsTimes: content.keepsTimes).write(to: &output)
        case .tar(let path):
            try rewriteTar(diskRoot + path, to: &output)
        }
    }

    /// Entries for all parents but the root, the topmost first; a symbolic link counts as the directory it leads to.
    private static func writeParents(
        of path: String,
        _ diskRoot: String,
        to output: inout TarStream
    ) throws(ArchiveError) {
        var parents: [String] = []
        var parent = Path.directory(Path.clean(path))
        while parent != "/" && parent != "." {
            parents.append(parent)
            parent = Path.directory(parent)
        }
        let entries = EntryWriter(owner: nil, namesFailedFile: false)
        for parent in parents.reversed() {
            let status = try system { () throws(POSIXError) in try FileSystem.status(diskRoot + parent) }
            try output.header(entries.numbers(.directory, status), name: Array(parent.utf8))
        }
    }

    private static func write(
        _ kind: TarEntryKind,
        _ path: String,
        _ mode: UInt32,
        _ owner: EntryOwner,
        size: Int64 = 0,
        linkName: String = "",
        to output: inout TarStream
    ) throws(ArchiveError) {
        let numbers = TarNumbers(
            kind: kind,
            mode: Int64(mode),
            uid: Int64(owner.uid),
            gid: Int64(owner.gid),
            size: size
        )
        try output.header(numbers, name: Array(path.utf8), linkName: Array(linkName.utf8))
    }

    private static func writeFile(
        _ path: String,
        from file: String,
        _ mode: UInt32,
        _ owner: EntryOwner,
        to output: inout TarStream
    ) throws(ArchiveError) {
        let opened = try system { () throws(POSIXError) in try OwnedDescriptor(opening: file) }
        let status = try system { () throws(POSIXError) in try opened.descriptor.status(path: file) }
        guard status.isRegular else { throw .unsupportedFileType(path: file) }
        try write(.file, path, mode, owner, size: status.size, to: &output)
        let entries = EntryWriter(owner: owner, namesFailedFile: false)
        try entries.copy(opened.descriptor, size: status.size, path: EntryPath(file), to: &output)
        try output.pad(after: status.size)
    }

    /// Copies the entries of a tar with normalised times and without owners' names.
    private static func rewriteTar(_ path: String, to output: inout TarStream) throws(ArchiveError) {
        var reader = TarReader(DecompressingSource(try FileSource(path: path)))
        while var header = try reader.next() {
            header.modificationTime = .normalized
            header.userName = []
            header.groupName = []
            header.sparseFragments = nil
            try output.append(TarHeaderEncoder.encode(header))
            while true {
                let space = try output.space()
                let count = try reader.read(into: space)
                guard count > 0 else { break }
                output.advance(count)
            }
            try output.pad(after: header.size)
        }
    }
}
