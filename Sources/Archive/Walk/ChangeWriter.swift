import POSIX

/// Writes the entries of a layer of changes.
struct ChangeWriter {
    private let changes: LayerChanges
    private let keepsTimes: Bool
    private let entries: EntryWriter

    init(_ changes: LayerChanges, keepsTimes: Bool) {
        self.changes = changes
        self.keepsTimes = keepsTimes
        entries = EntryWriter(owner: nil, namesFailedFile: true, keepsTimes: keepsTimes)
    }

    /// Writes all entries, in their order.
    func write(to output: inout TarStream) throws(ArchiveError) {
        let root = try system { () throws(POSIXError) in
            try OwnedDescriptor(opening: changes.root, [.read, .directory])
        }
        for entry in changes.entries {
            switch entry.change {
            case .present: try writePresent(entry.path, in: root.descriptor, to: &output)
            case .hardLink(let existing): try writeLink(entry.path, to: existing, in: root.descriptor, &output)
            case .removed: try writeMark(Self.whiteout(entry.path), to: &output)
            case .emptied: try writeMark(Array(entry.path.appending(PathBytes(WhiteoutName.opaque)).bytes), to: &output)
            }
        }
    }

    /// The whiteout's name: that of the path with a prefix before its last element.
    private static func whiteout(_ path: PathBytes) -> [UInt8] {
        let start = path.bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
        return Array(path.bytes[..<start]) + WhiteoutName.prefix + path.bytes[start...]
    }

    private func writeMark(_ name: [UInt8], to output: inout TarStream) throws(ArchiveError) {
        try output.header(TarNumbers(kind: .file, mode: 0o600, uid: 0, gid: 0), name: name)
    }

    private func writeLink(
        _ path: PathBytes,
        to existing: PathBytes,
        in root: FileDescriptor,
        _ output: inout TarStream
    ) throws(ArchiveError) {
        let status = try status(path, in: root)
        try output.header(
            entries.numbers(.hardLink, status),
            name: Array(path.bytes),
            linkName: Array(existing.bytes)
        )
    }

    private func writePresent(
        _ path: PathBytes,
        in root: FileDescriptor,
        to output: inout TarStream
    ) throws(ArchiveError) {
        // The root itself has no other name.
        let name: PathBytes = path.isEmpty ? "." : path
        let status = try status(name, in: root)
        let records = try records(of: name, status)
        guard records.isEmpty else { return try write(name, status, records, in: root, to: &output) }
        let entryPath = EntryPath(bytes: name.bytes)
        try name.withCString { pointer in
            capture { () throws(ArchiveError) in
                try entries.write(pointer, type: status.type, in: root, path: entryPath, to: &output)
            }
        }.get()
    }

    /// Writes a file or directory with extended attributes.
    private func write(
        _ name: PathBytes,
        _ status: FileStatus,
        _ records: [String: [UInt8]],
        in root: FileDescriptor,
        to output: inout TarStream
    ) throws(ArchiveError) {
        let kind: TarEntryKind = status.isDirectory ? .directory : .file
        var header = TarHeader(
            entries.numbers(kind, status, size: kind == .file ? status.size : 0),
            name: Array(name.bytes),
            linkName: []
        )
        header.paxRecords = records
        // The choice of a format also keeps fractions of seconds.
        header.formats = .pax
        try output.append(TarHeaderEncoder.encode(header))
        guard kind == .file else { return }
        let file: FileDescriptor = try name.withCString { pointer in
            capture { () throws(ArchiveError) in
                do throws(Errno) {
                    return try root.open(pointer, [.read, .nonBlocking])
                } catch {
                    throw .cannotAdd(path: name.string, POSIXError(error, "open", name.string))
                }
            }
        }.get()
        defer { file.close() }
        let path = EntryPath(bytes: name.bytes)
        try entries.copy(file, size: status.size, path: path, to: &output)
        try output.pad(after: status.size)
    }

    private func records(of name: PathBytes, _ status: FileStatus) throws(ArchiveError) -> [String: [UInt8]] {
        guard status.isRegular || status.isDirectory else { return [:] }
        let attributes = try system { () throws(POSIXError) in
            try FileSystem.extendedAttributes(PathBytes(changes.root).appending(name))
        }
        let kept = attributes.filter { AttributeRecord.keeps($0.name) }
        return Dictionary(kept.map { (AttributeRecord.prefix + $0.name, $0.value) }, uniquingKeysWith: { $1 })
    }

    private func status(_ path: PathBytes, in root: FileDescriptor) throws(ArchiveError) -> FileStatus {
        try path.withCString { pointer in
            capture { () throws(ArchiveError) in
                do throws(Errno) {
                    return try root.status(pointer)
                } catch {
                    throw .cannotAdd(path: path.string, POSIXError(error, "lstat", path.string))
                }
            }
        }.get()
    }
}
