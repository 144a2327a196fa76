import Archive
import JSON
import POSIX

/// The layers of this build and of earlier ones: blobs by digest, and for each key which of them it stands for.
///
/// Nothing is visible before it is whole. Buildpacks may write where the cache is, so only what root has written counts,
/// an entry says itself which key it is for, and a blob has to have its digest.
struct LayerStore {
    /// What a key stands for.
    enum Entry: Equatable {
        /// The instruction changes nothing in the root.
        case nothing
        /// It makes this layer.
        case layer(StoredLayer)
    }

    private let directory: String
    private let lifetime: Int64

    /// Opens a store, and makes it where there is none.
    ///
    /// - Parameters:
    ///   - directory: Where it is.
    ///   - lifetime: How long an entry is good for, in nanoseconds.
    /// - Throws: When it can't be made.
    init(directory: String, lifetime: Int64) throws(POSIXError) {
        self.directory = directory
        self.lifetime = lifetime
        try FileSystem.makeDirectories(blobsDir, mode: 0o755)
        try FileSystem.makeDirectories(entriesDir, mode: 0o755)
    }

    private var blobsDir: String { Path.join(directory, "blobs", "sha256") }
    private var entriesDir: String { Path.join(directory, "keys") }

    private func entryPath(_ key: CacheKey) -> String { Path.join(entriesDir, "\(key.text).json") }

    /// Where a layer's blob is.
    func blobPath(_ digest: Digest) -> String { Path.join(blobsDir, digest.hex) }

    // MARK: - Looking up

    /// Looks a key up.
    ///
    /// - Parameter key: What is wanted.
    /// - Returns: What it stands for; nil if that is not known, too old, or damaged.
    func find(_ key: CacheKey) -> Entry? {
        let path = entryPath(key)
        guard let status = try? FileSystem.linkStatus(path), status.isRegular, status.uid == Users.effectiveUserID,
            let bytes = try? FileSystem.readFile(path, limit: 1 << 16),
            let object = (try? JSONParser.parse(bytes, source: path))?.objectValue,
            object["key"]?.stringValue == key.text, let created = object["created"]?.integerValue, isFresh(created)
        else { return nil }
        guard let layer = object["layer"]?.objectValue else { return .nothing }
        guard let digest = (layer["digest"]?.stringValue).flatMap({ Digest(parsing: $0) }),
            let diffID = (layer["diffID"]?.stringValue).flatMap({ Digest(parsing: $0) }),
            let size = layer["size"]?.integerValue, (try? verify(digest, size: size)) == true
        else { return nil }
        let compression = layer["compression"]?.stringValue ?? ""
        return .layer(StoredLayer(digest: digest, diffID: diffID, size: size, compression: compression))
    }

    private func isFresh(_ created: Int64) -> Bool {
        let age = Clock.now.seconds &- created
        return age >= 0 && age < lifetime / 1_000_000_000
    }

    /// Whether a blob is there, and undamaged.
    private func verify(_ digest: Digest, size: Int64) throws(ArchiveError) -> Bool {
        let source = try FileSource(path: blobPath(digest))
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
        defer { buffer.deallocate() }
        var digester = SHA256Digester()
        var found: Int64 = 0
        while true {
            let count = try source.read(into: buffer)
            guard count > 0 else { return found == size && digester.finish() == digest }
            found += Int64(count)
            digester.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    // MARK: - Storing

    /// Archives a layer into the store.
    ///
    /// - Parameters:
    ///   - content: What the layer holds.
    ///   - engine: Archives it.
    ///   - compression: How it is compressed.
    /// - Returns: The layer.
    /// - Throws: When the root can't be read or the store not be written to; nothing is left behind then.
    func write(
        _ content: LayerContent,
        with engine: LayerEngine,
        compression: LayerCompression
    ) throws(ArchiveError) -> StoredLayer {
        let temporaryDir: String
        do {
            temporaryDir = try FileSystem.makeTemporaryDirectory(prefix: ".layer-", in: directory)
        } catch {
            throw .system(error)
        }
        defer { try? FileSystem.removeTree(temporaryDir) }
        let temporary = Path.join(temporaryDir, "blob")
        let sink: FileSink
        do {
            sink = FileSink(
                try OwnedDescriptor(opening: temporary, [.write, .create, .exclusive], mode: 0o644),
                temporary
            )
        } catch {
            throw .system(error)
        }
        let archived = try engine.archive(content, compression: compression, to: sink)
        do {
            try FileSystem.rename(temporary, to: blobPath(archived.digest))
        } catch {
            throw .system(error)
        }
        return StoredLayer(
            digest: archived.digest,
            diffID: archived.diffID,
            size: archived.size,
            compression: archived.compression.word
        )
    }

    /// Remembers what a key stands for.
    ///
    /// - Throws: When the store can't be written to.
    func remember(_ entry: Entry, for key: CacheKey) throws(POSIXError) {
        var object: JSONObject = ["key": .string(key.text), "created": .integer(Clock.now.seconds)]
        if case .layer(let layer) = entry {
            object["layer"] = [
                "digest": .string(layer.digest.description), "diffID": .string(layer.diffID.description),
                "size": .integer(layer.size), "compression": .string(layer.compression),
            ]
        }
        try FileSystem.writeFileAtomically(entryPath(key), Array(JSONWriter.string(.object(object)).utf8))
    }

    /// Removes what is too old, and blobs that nothing stands for any longer.
    ///
    /// Others may use the store at the same time, so blobs that are younger than entries may be stay.
    func prune() {
        var kept: Set<String> = []
        for entry in (try? FileSystem.list(entriesDir)) ?? [] {
            let path = Path.join(entriesDir, entry.name)
            let object = (try? FileSystem.readFile(path, limit: 1 << 16))
                .flatMap { try? JSONParser.parse($0, source: path) }?.objectValue
            guard let object, let created = object["created"]?.integerValue, isFresh(created) else {
                try? FileSystem.removeFile(path)
                continue
            }
            if let digest = object["layer"]?.objectValue?["digest"]?.stringValue { kept.insert(digest) }
        }
        for blob in (try? FileSystem.list(blobsDir)) ?? [] where !kept.contains("sha256:\(blob.name)") {
            let path = Path.join(blobsDir, blob.name)
            let age = ((try? FileSystem.linkStatus(path))?.mtime.seconds).map { Clock.now.seconds &- $0 } ?? 0
            if age > 3600 { try? FileSystem.removeFile(path) }
        }
    }
}

/// A layer in the store.
struct StoredLayer: Hashable, Sendable {
    /// The digest of the blob.
    var digest: Digest
    /// The digest of the uncompressed tar.
    var diffID: Digest
    /// The number of bytes of the blob.
    var size: Int64
    /// The media type's word for the blob's compression: `gzip`, `zstd`, or empty for none.
    var compression: String
}

/// Writes what comes to a file.
///
/// `@unchecked` because the engine never writes from two threads at once.
private final class FileSink: ByteSink, @unchecked Sendable {
    private let file: OwnedDescriptor
    private let path: String

    init(_ file: consuming OwnedDescriptor, _ path: String) {
        self.file = file
        self.path = path
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        do {
            try file.descriptor.writeAll(bytes, path: path)
        } catch {
            throw .system(error)
        }
    }
}

extension LayerCompression {
    /// The method in one word, empty for none.
    fileprivate var word: String {
        switch self {
        case .none: ""
        case .gzip: "gzip"
        case .zstd: "zstd"
        }
    }
}
