import Archive
import OCI
import POSIX
import Synchronization

/// An image on its way into a registry.
///
/// Blobs are sent by threads in the background; nothing waits for them, or learns about their failures, before the
/// commit.
final class RegistryDestination: ImageDestination {
    let reference: String
    private let main: ImageReference
    private let client: RegistryClient
    private let clientFor: @Sendable (ImageReference) -> RegistryClient
    private let transfers: BlobTransfers
    private let temporaryDirectory: String
    /// Layers that were neither sent nor mounted, since the repository has them as far as is known.
    private let presumed = Mutex<[(layer: Descriptor, image: any StoredImage)]>([])

    init(
        _ main: ImageReference,
        client: RegistryClient,
        clientFor: @escaping @Sendable (ImageReference) -> RegistryClient,
        options: RegistryStore.Options,
        temporaryDirectory: String
    ) {
        reference = main.original
        (self.main, self.client, self.clientFor) = (main, client, clientFor)
        self.temporaryDirectory = temporaryDirectory
        transfers = BlobTransfers(threads: options.parallelUploads, isCancelled: options.isCancelled)
    }

    deinit { transfers.abandon() }

    // MARK: - Blobs

    func contains(_ descriptor: Descriptor) throws(OCIError) -> Bool {
        do throws(RegistryError) {
            return try client.hasBlob(main.repository, descriptor.digest, scope: .push(main.repository))
        } catch {
            throw error.asOCIError
        }
    }

    func newBlob() throws(OCIError) -> any BlobWriter {
        let transfer = { @Sendable [client, main] (content: BlobSpool, digest: Digest) -> BlobTransfers.Transfer in
            { isCancelled throws(OCIError) in
                try Self.send(content, digest, to: main.repository, client: client, isCancelled: isCancelled)
            }
        }
        return RegistryBlobWriter(BlobSpool(directory: temporaryDirectory)) { [transfers] content, digest in
            transfers.submit(digest, transfer(content, digest))
        } startStream: { [client, main, transfers] content in
            let stream = BlobStream(content, to: main.repository, client: client)
            return transfers.follow(stream, otherwise: transfer) ? stream : nil
        }
    }

    func adopt(_ descriptor: Descriptor, from image: any StoredImage) throws(OCIError) {
        guard descriptor.mediaType.isDistributable else { return }
        if client.session.known.contains(descriptor.digest, in: main.repository) {
            presumed.withLock { $0.append((descriptor, image)) }
        } else {
            transfer(descriptor, from: image)
        }
    }

    /// Begins to bring a layer of another image into the repository.
    private func transfer(_ descriptor: Descriptor, from image: any StoredImage) {
        let directory = temporaryDirectory
        transfers.submit(descriptor.digest) { [client, main] isCancelled throws(OCIError) in
            do throws(RegistryError) {
                if let source = image as? RegistryImage, source.client.registry == client.registry {
                    // Only a registry that has lost the blob, or refuses to mount it, needs the bytes once more.
                    if source.repository == main.repository {
                        if try client.hasBlob(main.repository, descriptor.digest, scope: .push(main.repository)) {
                            return
                        }
                    } else if try client.mount(descriptor.digest, from: source.repository, to: main.repository)
                        == .mounted
                    {
                        return
                    }
                } else if try client.hasBlob(main.repository, descriptor.digest, scope: .push(main.repository)) {
                    return
                }
            } catch {
                throw error.asOCIError
            }
            let content = BlobSpool(directory: directory)
            try image.readBlob(descriptor) { bytes throws(OCIError) in try content.add(bytes) }
            try Self.send(content, descriptor.digest, to: main.repository, client: client, isCancelled: isCancelled)
        }
    }

    /// Sends a blob unless the repository has it.
    private static func send(
        _ content: BlobSpool,
        _ digest: Digest,
        to repository: String,
        client: RegistryClient,
        isCancelled: @escaping @Sendable () -> Bool
    ) throws(OCIError) {
        do throws(RegistryError) {
            let isWorthAsking = content.size > BlobUpload.monolithicLimit
            if isWorthAsking, try client.hasBlob(repository, digest, scope: .push(repository)) { return }
            var upload = BlobUpload(content, digest: digest, to: repository, client: client, isCancelled: isCancelled)
            try upload.run()
        } catch {
            throw error.asOCIError
        }
    }

    // MARK: - Commit

    func commit(
        manifest: [UInt8],
        mediaType: MediaType,
        config: [UInt8],
        references: [String]
    ) throws(OCIError) -> [CommittedReference] {
        let content = BlobSpool(directory: temporaryDirectory)
        try content.add(config)
        let configDigest = Digest.of(config)
        transfers.submit(configDigest) { [client, main] isCancelled throws(OCIError) in
            try Self.send(content, configDigest, to: main.repository, client: client, isCancelled: isCancelled)
        }
        let blobFailure = transfers.finish()
        let blobs = try ImageManifest(parsing: manifest, of: reference)
        let digest = Digest.of(manifest)

        var completed: Set<String> = []
        var results: [CommittedReference] = []
        for name in references {
            var result = CommittedReference(reference: name, identifier: "", manifestSize: Int64(manifest.count))
            do throws(OCIError) {
                let target = try ImageReference(name)
                result.identifier = target.naming(digest)
                result.digest = digest
                if let blobFailure { throw blobFailure }
                if target.context != main.context, completed.insert(target.context).inserted {
                    try complete(target, blobs)
                }
                try put(manifest, mediaType, as: target)
            } catch {
                result.error = error
            }
            results.append(result)
        }
        return results
    }

    private func put(_ manifest: [UInt8], _ mediaType: MediaType, as target: ImageReference) throws(OCIError) {
        let client = clientFor(target)
        func send() throws(RegistryError) {
            try client.putManifest(target.repository, target.identifier, manifest, mediaType: mediaType)
        }
        let refusal: RegistryError
        do throws(RegistryError) {
            return try send()
        } catch {
            refusal = error
        }
        guard refusal.status == 400 || refusal.status == 404, try verifyPresumed() else { throw refusal.asOCIError }
        do throws(RegistryError) {
            try send()
        } catch {
            throw error.asOCIError
        }
    }

    /// Asks for the layers that were taken for granted, and sends what the registry has lost.
    ///
    /// - Returns: whether there were any
    private func verifyPresumed() throws(OCIError) -> Bool {
        let layers = presumed.withLock { layers in
            defer { layers = [] }
            return layers
        }
        client.session.known.forget()
        for (layer, image) in layers { transfer(layer, from: image) }
        if let failure = transfers.finish() { throw failure }
        return !layers.isEmpty
    }

    /// Brings all blobs into another repository of the registry, from the one that they were sent to.
    private func complete(_ target: ImageReference, _ manifest: ImageManifest) throws(OCIError) {
        let client = clientFor(target)
        for descriptor in [manifest.config] + manifest.layers where descriptor.mediaType.isDistributable {
            do throws(RegistryError) {
                if client.registry == self.client.registry,
                    try client.mount(descriptor.digest, from: main.repository, to: target.repository) == .mounted
                {
                    continue
                }
            } catch {
                throw error.asOCIError
            }
            let content = BlobSpool(directory: temporaryDirectory)
            try self.client.readBlob(main.repository, descriptor) { bytes throws(OCIError) in try content.add(bytes) }
            try Self.send(content, descriptor.digest, to: target.repository, client: client, isCancelled: { false })
        }
    }
}

extension BlobSpool {
    /// Adds bytes at the end.
    func add(_ bytes: [UInt8]) throws(OCIError) {
        var failure: OCIError?
        bytes.withUnsafeBytes { buffer in
            do throws(OCIError) { try add(buffer) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Adds bytes at the end.
    func add(_ bytes: UnsafeRawBufferPointer) throws(OCIError) {
        do throws(POSIXError) {
            try write(bytes)
        } catch {
            throw .store(StoreFailure(kind: .other, message: "keep blob for the upload: \(error)"))
        }
    }
}
