public import Archive
public import OCI
import Synchronization

/// Images in memory, for tests of what reads and writes images.
public final class MemoryImageStore: ImageStore {
    struct Contents {
        /// Blobs and manifests.
        var blobs: [Digest: [UInt8]] = [:]
        /// The manifest's digest and type, by the image's full name.
        var names: [String: Descriptor] = [:]
        /// Names to which nothing can be written.
        var readOnly: Set<String> = []
    }

    let contents = Mutex(Contents())

    /// Makes a store without images.
    public init() {}

    /// Opens an image that was committed; platforms are not looked at.
    public func open(_ reference: String, platform: OCIPlatform?) throws(OCIError) -> (any StoredImage)? {
        let parsed = try ImageReference(reference)
        let found = contents.withLock { $0.manifest(for: parsed) }
        guard let (descriptor, bytes) = found else { return nil }
        return try MemoryImage(store: self, reference: parsed, descriptor: descriptor, manifest: bytes)
    }

    /// Finds nothing wrong but with the name.
    public func checkReadAccess(_ reference: String) throws(OCIError) { _ = try ImageReference(reference) }

    /// Refuses the names that writing was forbidden to.
    public func checkWriteAccess(_ reference: String) throws(OCIError) {
        let name = try ImageReference(reference).name
        guard !contents.withLock({ $0.readOnly.contains(name) }) else { throw Self.denied(name) }
    }

    /// A destination whose blobs are in the store at once.
    public func destination(for reference: String) throws(OCIError) -> any ImageDestination {
        MemoryDestination(store: self, reference: try ImageReference(reference).original)
    }

    /// Makes writing to a name fail from now on.
    ///
    /// - Parameter reference: The image's name.
    /// - Throws: `OCIError` when the name is invalid.
    public func forbidWriting(_ reference: String) throws(OCIError) {
        let name = try ImageReference(reference).name
        contents.withLock { _ = $0.readOnly.insert(name) }
    }

    /// The bytes of a blob, `nil` when the store has no such blob.
    public func blob(_ digest: Digest) -> [UInt8]? { contents.withLock { $0.blobs[digest] } }

    static func denied(_ name: String) -> OCIError {
        .store(StoreFailure(kind: .denied, isFinal: true, message: "writing to \(name) is forbidden"))
    }
}

extension MemoryImageStore.Contents {
    fileprivate func manifest(for reference: ImageReference) -> (Descriptor, [UInt8])? {
        if let digest = reference.digest {
            guard let bytes = blobs[digest] else { return nil }
            return (Descriptor(mediaType: .ociManifest, digest: digest, size: Int64(bytes.count)), bytes)
        }
        guard let descriptor = names[reference.name], let bytes = blobs[descriptor.digest] else { return nil }
        return (descriptor, bytes)
    }
}

private final class MemoryImage: StoredImage {
    let store: MemoryImageStore
    let reference: String
    let identifier: String
    let manifestDigest: Digest
    let manifestSize: Int64
    let manifest: ImageManifest
    let config: ImageConfig

    init(store: MemoryImageStore, reference: ImageReference, descriptor: Descriptor, manifest: [UInt8]) throws(OCIError)
    {
        self.store = store
        self.reference = reference.original
        identifier = reference.naming(descriptor.digest)
        manifestDigest = descriptor.digest
        manifestSize = descriptor.size
        self.manifest = try ImageManifest(parsing: manifest, of: reference.original)
        guard let bytes = store.blob(self.manifest.config.digest) else {
            throw .blobNotFound(digest: self.manifest.config.digest, image: reference.original)
        }
        config = try ImageConfig(parsing: bytes, of: reference.original)
    }

    func hasBlob(_ descriptor: Descriptor) throws(OCIError) -> Bool { store.blob(descriptor.digest) != nil }

    func readBlob(
        _ descriptor: Descriptor,
        _ body: (UnsafeRawBufferPointer) throws(OCIError) -> Void
    ) throws(OCIError) {
        guard let bytes = store.blob(descriptor.digest) else {
            throw .blobNotFound(digest: descriptor.digest, image: reference)
        }
        var failure: OCIError?
        bytes.withUnsafeBytes { buffer in
            do throws(OCIError) { try body(buffer) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}

private final class MemoryDestination: ImageDestination {
    let store: MemoryImageStore
    let reference: String

    init(store: MemoryImageStore, reference: String) {
        self.store = store
        self.reference = reference
    }

    func contains(_ descriptor: Descriptor) throws(OCIError) -> Bool { store.blob(descriptor.digest) != nil }

    func newBlob() throws(OCIError) -> any BlobWriter { MemoryBlobWriter(store: store) }

    func adopt(_ descriptor: Descriptor, from image: any StoredImage) throws(OCIError) {
        guard try !contains(descriptor), try image.hasBlob(descriptor) else { return }
        let writer = try newBlob()
        try image.readBlob(descriptor) { bytes throws(OCIError) in try writer.write(bytes) }
        try writer.finish(digest: descriptor.digest, size: descriptor.size)
    }

    func commit(
        manifest: [UInt8],
        mediaType: MediaType,
        config: [UInt8],
        references: [String]
    ) throws(OCIError) -> [CommittedReference] {
        let digest = Digest.of(manifest)
        let descriptor = Descriptor(mediaType: mediaType, digest: digest, size: Int64(manifest.count))
        var results: [CommittedReference] = []
        for reference in references {
            let parsed = try ImageReference(reference)
            let isForbidden = store.contents.withLock { contents in
                guard !contents.readOnly.contains(parsed.name) else { return true }
                contents.blobs[digest] = manifest
                contents.blobs[Digest.of(config)] = config
                contents.names[parsed.name] = descriptor
                return false
            }
            results.append(
                CommittedReference(
                    reference: reference,
                    identifier: parsed.naming(digest),
                    digest: digest,
                    manifestSize: descriptor.size,
                    error: isForbidden ? MemoryImageStore.denied(parsed.name) : nil
                )
            )
        }
        return results
    }
}

private final class MemoryBlobWriter: BlobWriter {
    let store: MemoryImageStore
    var bytes: [UInt8] = []

    init(store: MemoryImageStore) { self.store = store }

    func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) { self.bytes.append(contentsOf: bytes) }

    func finish(digest: Digest, size: Int64) throws(OCIError) {
        guard Int64(bytes.count) == size else {
            throw .sizeMismatch(digest: digest, expected: size, found: Int64(bytes.count))
        }
        let found = Digest.of(bytes)
        guard found == digest else { throw .digestMismatch(expected: digest, found: found) }
        store.contents.withLock { $0.blobs[digest] = bytes }
    }

    func abandon() { bytes = [] }
}
