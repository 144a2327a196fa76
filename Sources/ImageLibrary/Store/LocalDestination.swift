import Archive
import ImageStores
public import OCI
import POSIX
import Synchronization

/// An image on its way into the store.
final class LocalDestination: ImageDestination {
    let reference: String
    private let store: LocalStore
    private let lease: StoreLease

    init(_ reference: String, store: LocalStore, lease: StoreLease) {
        (self.reference, self.store, self.lease) = (reference, store, lease)
    }

    func contains(_ descriptor: Descriptor) throws(OCIError) -> Bool {
        try asOCI { () throws(LibraryError) in
            try store.exclusively { () throws(LibraryError) in
                try lease.hold([descriptor.digest])
                return store.layout.hasBlob(descriptor)
            }
        }
    }

    func newBlob() throws(OCIError) -> any BlobWriter {
        try asOCI { () throws(LibraryError) in
            try system { () throws(POSIXError) in
                LocalBlobWriter(try StoreFile(in: lease.temporaryDir), store: store, lease: lease)
            }
        }
    }

    func adopt(_ descriptor: Descriptor, from image: any StoredImage) throws(OCIError) {
        guard try !contains(descriptor), try image.hasBlob(descriptor) else { return }
        try asOCI { () throws(LibraryError) in
            try BlobCopy(image, into: store, lease: lease, options: CopyOptions()).run([descriptor])
        }
    }

    func commit(
        manifest: [UInt8],
        mediaType: MediaType,
        config: [UInt8],
        references: [String]
    ) throws(OCIError) -> [CommittedReference] {
        let parsed = try ImageManifest(parsing: manifest, of: reference)
        let imageConfig = try ImageConfig(parsing: config, of: reference)
        var descriptor = Descriptor(mediaType: mediaType, digest: .of(manifest), size: Int64(manifest.count))
        descriptor.platform = imageConfig.platform
        for layer in parsed.layers where try !contains(layer) {
            throw .blobNotFound(digest: layer.digest, image: reference)
        }
        try asOCI { () throws(LibraryError) in
            try store.exclusively { () throws(LibraryError) in
                try lease.hold([descriptor.digest, parsed.config.digest, ChainID.of(imageConfig.diffIDs)])
            }
            try store.writeBlob(config, digest: parsed.config.digest, lease: lease)
            try store.writeBlob(manifest, digest: descriptor.digest, lease: lease)
        }
        var results: [CommittedReference] = []
        for reference in references {
            var result = CommittedReference(
                reference: reference,
                identifier: "\(reference)@\(descriptor.digest)",
                digest: descriptor.digest,
                manifestSize: descriptor.size
            )
            do throws(LibraryError) {
                try store.point([try StoreName.canonical(reference)], at: descriptor)
            } catch {
                result.error = error.asOCIError
            }
            results.append(result)
        }
        return results
    }

    private func asOCI<Value>(_ body: () throws(LibraryError) -> Value) throws(OCIError) -> Value {
        do throws(LibraryError) {
            return try body()
        } catch {
            throw error.asOCIError
        }
    }
}

/// Writes a blob into the store.
private final class LocalBlobWriter: BlobWriter {
    private let file: StoreFile
    private let store: LocalStore
    private let lease: StoreLease

    init(_ file: StoreFile, store: LocalStore, lease: StoreLease) {
        (self.file, self.store, self.lease) = (file, store, lease)
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) {
        do throws(POSIXError) {
            try file.write(bytes)
        } catch {
            throw LibraryError.system(error).asOCIError
        }
    }

    func finish(digest: Digest, size: Int64) throws(OCIError) {
        do throws(LibraryError) {
            let found = try system { () throws(POSIXError) in try file.size() }
            guard found == size else {
                throw .image(name: "", .sizeMismatch(digest: digest, expected: size, found: found))
            }
            try store.exclusively { () throws(LibraryError) in try lease.hold([digest]) }
            try system { () throws(POSIXError) in try file.finish(as: store.layout.blobPath(digest)) }
        } catch {
            throw error.asOCIError
        }
    }

    func abandon() { file.abandon() }
}

extension LibraryError {
    /// The error as image stores throw it.
    var asOCIError: OCIError {
        if case .image(_, let error) = self { return error }
        return .store(StoreFailure(kind: .other, message: description))
    }
}

extension LocalStore: ImageStore {
    /// Opens an image by its name; a lease has to hold it for it to stay.
    ///
    /// - Parameters:
    ///   - reference: The image's name.
    ///   - platform: What it is to be for; `linux` on this processor by default.
    /// - Returns: The image, `nil` when the store does not have it.
    /// - Throws: `OCIError` when the name is invalid, or the image damaged.
    public func open(_ reference: String, platform: OCIPlatform?) throws(OCIError) -> (any StoredImage)? {
        do throws(LibraryError) {
            return try image(named: reference, platform: platform)
        } catch {
            throw error.asOCIError
        }
    }

    /// Does nothing: who has opened the store can read it.
    public func checkReadAccess(_ reference: String) throws(OCIError) {}

    /// Does nothing: who has opened the store can write to it.
    public func checkWriteAccess(_ reference: String) throws(OCIError) {}

    /// The place to which an image with this name is written; it holds what is written until it goes away.
    ///
    /// - Parameter reference: The image's name.
    /// - Returns: A destination for one image.
    /// - Throws: `OCIError` when the name is invalid, or the disk full.
    public func destination(for reference: String) throws(OCIError) -> any ImageDestination {
        do throws(LibraryError) {
            _ = try StoreName.canonical(reference)
            return LocalDestination(reference, store: self, lease: try lease())
        } catch {
            throw error.asOCIError
        }
    }
}
