import Archive
import ImageStores
public import OCI
import POSIX
import Synchronization

/// What a process holds of the store, so that pruning leaves it alone, and the place for what it has not finished.
///
/// A lease ends when it is released, when its last reference goes away, or with the process, however that ends.
public final class StoreLease: Sendable {
    /// A directory on the store's disk for what is being made; it goes away with the lease, and with everything in it.
    public let temporaryDir: String
    private let path: String
    private let store: LocalStore
    private let lock: Mutex<FileLock?>

    init(_ store: LocalStore) throws(LibraryError) {
        self.store = store
        var directory = ""
        var path = ""
        // Whoever finds a lease that nobody has locked takes it for one that was left behind.
        lock = Mutex(
            try store.exclusively { () throws(LibraryError) in
                try system { () throws(POSIXError) in
                    // An interrupted process removes the directory itself.
                    directory = try FileSystem.makeTemporaryDirectory(prefix: "", in: Path.join(store.path, "tmp"))
                    path = Path.join(store.path, "leases", Path.base(directory))
                    return try FileLock(path)
                }
            }
        )
        (temporaryDir, self.path) = (directory, path)
    }

    deinit { release() }

    /// Ends the lease.
    public func release() {
        lock.withLock { lock in
            guard let held = lock.take() else { return }
            // What is left behind after an error is found by the next lease.
            _ = try? TreeRemoval.remove(temporaryDir)
            if !FileSystem.exists(temporaryDir) { try? FileSystem.removeFile(path) }
            _ = consume held
        }
    }

    /// Holds blobs and roots; to be called exclusively, and before anybody looks whether they are there.
    func hold(_ digests: [Digest]) throws(LibraryError) {
        let text = digests.map { "\($0)\n" }.joined()
        try system { [path] () throws(POSIXError) in
            let file = try OwnedDescriptor(opening: path, [.write, .append, .create])
            try file.descriptor.writeAll(Array(text.utf8), path: path)
        }
    }

    /// The digests that a lease holds, by its file.
    static func held(by path: String) -> Set<Digest> {
        guard let text = try? FileSystem.readText(path) else { return [] }
        return Set(text.split(separator: "\n").compactMap { Digest(parsing: String($0)) })
    }
}

extension LocalStore {
    /// Takes a lease, and clears away what processes have left behind that ended without giving theirs back.
    ///
    /// - Returns: A lease that holds nothing yet.
    /// - Throws: `LibraryError.system`.
    public func lease() throws(LibraryError) -> StoreLease {
        removeAbandoned()
        return try StoreLease(self)
    }

    /// Holds an image, so that neither its blobs nor its root go away while the lease lasts.
    ///
    /// - Parameters:
    ///   - image: An image of this store.
    ///   - lease: Holds it.
    /// - Throws: `LibraryError.image` when the image is gone, or lacks a layer.
    public func hold(_ image: any StoredImage, by lease: StoreLease) throws(LibraryError) {
        let blobs = image.allBlobs
        try exclusively { () throws(LibraryError) in
            try lease.hold(blobs.map(\.digest) + [ChainID.of(image.config.diffIDs)])
            guard let missing = blobs.first(where: { !layout.hasBlob($0) }) else { return }
            throw .image(name: image.reference, .blobNotFound(digest: missing.digest, image: image.reference))
        }
    }

    /// The leases that somebody has, and everything that they hold; to be called exclusively.
    func heldDigests() -> Set<Digest> {
        var held: Set<Digest> = []
        for entry in (try? FileSystem.list(Path.join(path, "leases"))) ?? [] {
            held.formUnion(StoreLease.held(by: Path.join(path, "leases", entry.name)))
        }
        return held
    }

    /// Clears away what belongs to leases that nobody has any longer.
    func removeAbandoned() {
        for entry in (try? FileSystem.list(Path.join(path, "leases"))) ?? [] {
            let lease = Path.join(path, "leases", entry.name)
            // The lock is what tells whether the lease is somebody's; nobody else clears away what we do.
            let lock = try? exclusively { () throws(LibraryError) in
                try system { () throws(POSIXError) in try FileLock.ifAvailable(lease) }
            }
            guard let held = lock ?? nil else { continue }
            let temporaryDir = Path.join(path, "tmp", entry.name)
            _ = try? TreeRemoval.remove(temporaryDir)
            if !FileSystem.exists(temporaryDir) { try? FileSystem.removeFile(lease) }
            _ = consume held
        }
        try? exclusively { () throws(LibraryError) in
            // A process may have been killed before it had locked its lease.
            for entry in (try? FileSystem.list(Path.join(path, "tmp"))) ?? []
            where !FileSystem.exists(Path.join(path, "leases", entry.name)) {
                _ = try? TreeRemoval.remove(Path.join(path, "tmp", entry.name))
            }
        }
    }
}

extension StoredImage {
    /// Manifest, config and layers, each blob once.
    var allBlobs: [Descriptor] {
        let manifest = Descriptor(mediaType: .ociManifest, digest: manifestDigest, size: manifestSize)
        return [manifest] + contentBlobs
    }

    /// Config and layers, each blob once.
    var contentBlobs: [Descriptor] {
        var seen: Set<Digest> = []
        return ([manifest.config] + manifest.layers).filter { seen.insert($0.digest).inserted }
    }
}

extension [Descriptor] {
    /// How many bytes all blobs have; manifests may claim more than numbers can hold.
    var totalSize: Int64 {
        reduce(0) { sum, blob in
            let (total, isAbsurd) = sum.addingReportingOverflow(blob.size)
            return isAbsurd ? .max : total
        }
    }
}

/// What names the file tree that layers make together.
enum ChainID {
    /// The chain id as the [image specification](https://github.com/opencontainers/image-spec/blob/main/config.md#layer-chainid)
    /// computes it.
    static func of(_ diffIDs: [DiffID]) -> Digest {
        guard var chain = diffIDs.first?.digest else { return Digest.of([]) }
        for diffID in diffIDs.dropFirst() { chain = Digest.of(Array("\(chain) \(diffID)".utf8)) }
        return chain
    }
}
