import Archive
import POSIX

/// An archive in the build context, which `ADD` unpacks.
struct LocalArchive {
    private let path: String

    /// Takes a source if it is an archive.
    ///
    /// - Parameter source: What is added.
    /// - Throws: When it can't be read, or is compressed with a method that isn't known.
    init?(_ source: CopySource) throws(InstructionFailure) {
        guard source.nodes.count == 1, case .file(let path)? = source.nodes.first?.content else { return nil }
        self.path = path
        for (method, magic) in [("bzip2", Array("BZh".utf8)), ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00] as [UInt8])]
        where try Self.start(of: path, magic.count) == magic {
            throw InstructionFailure(
                "archives compressed with \(method) can't be unpacked; use gzip or zstd, or COPY it and RUN tar"
            )
        }
        do {
            var reader = TarReader(DecompressingSource(try FileSource(path: path)))
            guard try reader.next() != nil else { return nil }
        } catch {
            // Any other file is copied as it is.
            return nil
        }
    }

    private static func start(of path: String, _ count: Int) throws(InstructionFailure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        do {
            let source = try FileSource(path: path)
            let result = bytes.withUnsafeMutableBytes { buffer in
                Result { () throws(ArchiveError) in try source.read(into: buffer) }
            }
            return Array(bytes.prefix(try result.get()))
        } catch {
            throw InstructionFailure(error.description)
        }
    }

    /// Unpacks the archive as `tar -x` does, with owners, permissions and times.
    ///
    /// - Parameter directory: Where entries go; links on the way are followed, as the root may have some.
    /// - Throws: When the archive is damaged, an entry leads upwards, or the system refuses.
    func unpack(to directory: String) throws(POSIXError) {
        do {
            var reader = TarReader(DecompressingSource(try FileSource(path: path)))
            var times: [(path: String, time: FileTime)] = []
            while let header = try reader.next() {
                let target = try place(header.name, below: directory)
                try make(header, at: target, below: directory, from: &reader)
                let time = header.modificationTime
                times.append((target, FileTime(seconds: time.seconds, nanoseconds: time.nanoseconds)))
            }
            for (path, time) in times.reversed() where path != "/" {
                try Self.system { () throws(POSIXError) in try Copier.setTime(path, time) }
            }
        } catch {
            if case .system(let error) = error { throw error }
            throw POSIXError(.invalidArgument, "unpack", path, explanation: error.description)
        }
    }

    private static func system<Value: ~Copyable>(
        _ body: () throws(POSIXError) -> Value
    ) throws(ArchiveError) -> Value {
        do {
            return try body()
        } catch {
            throw .system(error)
        }
    }

    private func place(_ name: [UInt8], below directory: String) throws(ArchiveError) -> String {
        let text = String(decoding: name, as: UTF8.self)
        guard !Path.components(text).contains("..") else {
            throw .unsafeEntry(name: text, reason: "the name leads upwards")
        }
        return Path.join(directory, text)
    }

    private func make(
        _ header: TarHeader,
        at target: String,
        below directory: String,
        from reader: inout TarReader
    ) throws(ArchiveError) {
        try Self.system { () throws(POSIXError) in
            if target != Path.clean(directory) { try FileSystem.makeDirectories(Path.directory(target)) }
            if header.kind != .directory || !FileSystem.isDirectory(target) { try Self.makeRoom(at: target) }
        }
        if header.kind == .file {
            try write(to: target, from: &reader)
        } else {
            let existing = header.kind == .hardLink ? try place(header.linkName, below: directory) : ""
            try Self.system { () throws(POSIXError) in try makeSpecial(header, at: target, existing) }
        }
        guard header.kind != .hardLink else { return }
        try Self.system { () throws(POSIXError) in
            try FileSystem.lchown(target, uid: UInt32(clamping: header.uid), gid: UInt32(clamping: header.gid))
            guard header.kind != .symbolicLink else { return }
            try FileSystem.chmod(target, FileMode(rawValue: UInt32(truncatingIfNeeded: header.mode)))
        }
    }

    /// Removes what is there, unless it is a directory with something in it.
    private static func makeRoom(at target: String) throws(POSIXError) {
        do {
            try FileSystem.removeFile(target)
        } catch {
            if error.errno == .noSuchFile { return }
            guard error.errno == .isDirectory || error.errno == .notPermitted else { throw error }
            try FileSystem.removeDirectory(target)
        }
    }

    private func makeSpecial(_ header: TarHeader, at target: String, _ existing: String) throws(POSIXError) {
        let name = PathBytes(Path.base(target))
        let parent = try Directory(opening: Path.directory(target))
        switch header.kind {
        case .directory:
            if !FileSystem.isDirectory(target) { try parent.makeDirectory(name) }
        case .symbolicLink: try parent.createSymlink(name, target: PathBytes(header.linkName))
        case .hardLink: try FileSystem.createHardLink(target, to: existing)
        default:
            let types: [TarEntryKind: FileType] = [
                .characterDevice: .characterDevice, .blockDevice: .blockDevice, .fifo: .fifo,
            ]
            try parent.makeNode(
                name,
                type: types[header.kind] ?? .regular,
                mode: 0o600,
                major: UInt32(clamping: header.deviceMajor),
                minor: UInt32(clamping: header.deviceMinor)
            )
        }
    }

    private func write(to target: String, from reader: inout TarReader) throws(ArchiveError) {
        let file = try Self.system { () throws(POSIXError) in
            try OwnedDescriptor(opening: target, [.write, .create, .exclusive], mode: 0o600)
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = try reader.read(into: buffer)
            guard count > 0 else { return }
            try Self.system { () throws(POSIXError) in
                try file.descriptor.writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count]), path: target)
            }
        }
    }
}
