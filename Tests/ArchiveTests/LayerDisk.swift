import Archive
import POSIX
import TestSupport

/// A directory that stands for `/`, in which tests lay out what layers are made of.
struct LayerDisk {
    static let owner = EntryOwner(uid: 1000, gid: 1000)

    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    var root: String { directory.path }

    /// Makes parents like a platform does: mode 0755, owned by 1000:1000.
    func makeDirectory(_ path: String, mode: FileMode = 0o755) throws {
        var current = ""
        for element in Path.components(path) {
            current += "/\(element)"
            guard !FileSystem.exists(root + current) else { continue }
            try FileSystem.makeDirectory(root + current)
            try FileSystem.chmod(root + current, 0o755)
            if Users.isRoot { try FileSystem.chown(root + current, uid: 1000, gid: 1000) }
        }
        try FileSystem.chmod(root + path, mode)
    }

    func write(_ path: String, _ text: String, mode: FileMode = 0o644) throws {
        try makeDirectory(Path.directory(path))
        try FileSystem.writeFile(root + path, Array(text.utf8))
        try FileSystem.chmod(root + path, mode)
    }

    func link(_ path: String, to target: String) throws {
        try makeDirectory(Path.directory(path))
        try FileSystem.createSymlink(root + path, target: target)
    }

    /// The content of a layer for a directory of this disk.
    func layer(_ path: String, owner: EntryOwner = owner) -> LayerContent {
        var content = LayerContent.directory(path, owner: owner)
        content.diskRoot = root
        return content
    }

    /// The contents of the layers for a directory of this disk that is divided into slices.
    func slices(_ path: String, _ patterns: [[String]] = [], owner: EntryOwner = owner) throws -> [LayerContent] {
        try LayerContent.slices(of: path, patterns: patterns, owner: owner, diskRoot: root)
    }
}

/// Archives content in memory, uncompressed.
func tar(_ content: LayerContent, threads: Int = 0) throws -> [UInt8] {
    let sink = MemorySink()
    _ = try LayerEngine(pool: CompressionPool(threads: threads)).archive(content, compression: .none, to: sink)
    return sink.bytes
}

/// The diffID of content.
func diffID(_ content: LayerContent, threads: Int = 0) throws -> String {
    try LayerEngine(pool: CompressionPool(threads: threads)).digest(content).diffID.description
}

/// Reads all headers of a tar stream, and the contents of regular files.
func entries(_ tar: [UInt8]) throws -> [(header: TarHeader, content: [UInt8])] {
    var reader = TarReader(MemorySource(tar))
    var result: [(TarHeader, [UInt8])] = []
    while let header = try reader.next() {
        result.append((header, try reader.readContent(limit: 64 << 20)))
    }
    return result
}

/// Reads the names of all entries of a tar stream.
func names(_ tar: [UInt8]) throws -> [String] {
    try entries(tar).map { $0.header.displayName }
}
