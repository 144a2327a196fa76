import Archive
import HTTP
import OCI
import POSIX
import Synchronization

/// An image on its way into a daemon: layers are collected, and sent all at once with the commit.
///
/// Layers that the daemon has on top of the same layers below are not sent. It may have lost them meanwhile, or may not
/// understand what is meant; then all layers are sent.
final class DaemonDestination: ImageDestination {
    let reference: String
    private let main: ImageReference
    private let store: DaemonStore
    private let layers = Mutex(Layers())

    /// Where the layers are.
    private struct Layers {
        /// Those that were written, by the digests of what was written.
        var written: [Digest: BlobSpool] = [:]
        /// Those that are somewhere else.
        var adopted: [Digest: ImageLayer] = [:]
    }

    init(_ main: ImageReference, store: DaemonStore) {
        reference = main.original
        (self.main, self.store) = (main, store)
    }

    // MARK: - Blobs

    func contains(_ descriptor: Descriptor) throws(OCIError) -> Bool {
        layers.withLock { $0.written[descriptor.digest] != nil || $0.adopted[descriptor.digest] != nil }
    }

    func newBlob() throws(OCIError) -> any BlobWriter {
        DaemonBlobWriter(BlobSpool(directory: store.temporaryDirectory)) { [self] spool, digest in
            layers.withLock { $0.written[digest] = spool }
        }
    }

    func adopt(_ descriptor: Descriptor, from image: any StoredImage) throws(OCIError) {
        try adopt(ImageLayer(descriptor: descriptor, diffID: DiffID(descriptor.digest), source: image))
    }

    func adopt(_ layer: ImageLayer) throws(OCIError) {
        layers.withLock { $0.adopted[layer.descriptor.digest] = layer }
    }

    // MARK: - Commit

    func commit(
        manifest: [UInt8],
        mediaType: MediaType,
        config: [UInt8],
        references: [String]
    ) throws(OCIError) -> [CommittedReference] {
        let descriptors = try ImageManifest(parsing: manifest, of: reference).layers
        let diffIDs = try ImageConfig(parsing: config, of: reference).diffIDs
        guard descriptors.count == diffIDs.count else {
            throw .malformed(
                document: "config of \(reference)",
                reason: "\(diffIDs.count) diff IDs for \(descriptors.count) layers"
            )
        }
        let known = store.client.storesInContainerd() ? 0 : store.knownLayers(of: diffIDs)
        let omitted = Array(repeating: LoadArchive.Layer.known, count: known)
        do {
            try load(config, omitted + contents(of: Array(descriptors[known...])))
        } catch .store(let failure) where known > 0 {
            store.options.note("The daemon wants all layers of \(reference): \(failure)")
            let all: [LoadArchive.Layer]
            do {
                all = try contents(of: descriptors)
            } catch {
                // The daemon's own error says more than that a layer can't be fetched.
                throw .store(failure)
            }
            try load(config, all)
        }
        let id = try store.id(of: try DaemonImageName(main.name), named: reference)
        return references.map { result(of: $0, id: id) }
    }

    /// Hands the image to the daemon.
    private func load(_ config: [UInt8], _ layers: [LoadArchive.Layer]) throws(OCIError) {
        let archive = LoadArchive(config: config, name: main.name, layers: layers)
        let body = HTTPBody.chunked { write throws(HTTPError) in
            try withoutActuallyEscaping(write) { write throws(HTTPError) in
                do throws(ArchiveError) {
                    try archive.write(to: RequestSink(write))
                } catch {
                    if case .sink(let cause as HTTPError) = error { throw cause }
                    throw .bodyUnavailable("\(error)")
                }
            }
        }
        try store.client.load(body, as: reference)
    }

    private func contents(of descriptors: [Descriptor]) throws(OCIError) -> [LoadArchive.Layer] {
        let layers = layers.withLock { $0 }
        try fetch(descriptors.filter { layers.written[$0.digest] == nil }.compactMap { layers.adopted[$0.digest] })
        var contents: [LoadArchive.Layer] = []
        for descriptor in descriptors {
            let digest = descriptor.digest
            if let spool = layers.written[digest] {
                contents.append(.contents(spool.layerBytes, digest))
            } else if let layer = layers.adopted[digest] {
                contents.append(.contents(try bytes(of: layer), digest))
            } else {
                throw .blobNotFound(digest: digest, image: reference)
            }
        }
        return contents
    }

    /// Fetches what other images have to give, each image's layers at once.
    private func fetch(_ layers: [ImageLayer]) throws(OCIError) {
        var wanted: [ObjectIdentifier: (image: any StoredImage, descriptors: [Descriptor])] = [:]
        for layer in layers where layer.uncompressed == nil {
            guard let image = layer.source else { continue }
            wanted[ObjectIdentifier(image), default: (image, [])].descriptors.append(layer.descriptor)
        }
        for (image, descriptors) in wanted.values { try image.prepareToRead(descriptors) }
    }

    private func bytes(of layer: ImageLayer) throws(OCIError) -> LayerBytes {
        if let bytes = layer.uncompressed { return bytes }
        let descriptor = layer.descriptor
        guard let source = layer.source else { throw .blobNotFound(digest: descriptor.digest, image: reference) }
        if let image = source as? DaemonImage { return try image.layer(descriptor).layerBytes }
        return LayerBytes(size: descriptor.size) { sink throws(ArchiveError) in
            do throws(OCIError) {
                try source.readBlob(descriptor) { bytes throws(OCIError) in
                    do throws(ArchiveError) {
                        try sink.write(bytes)
                    } catch {
                        // Only ends the reading; the body's producer sees the sink's own error.
                        throw .store(StoreFailure(kind: .other, message: "\(error)"))
                    }
                }
            } catch {
                throw .source(error)
            }
        }
    }

    /// Gives the image one of its names; it has the main one already.
    private func result(of name: String, id: String) -> CommittedReference {
        let shortID = id.hasPrefix("sha256:") ? String(id.dropFirst("sha256:".count)) : id
        var result = CommittedReference(reference: name, identifier: shortID, imageID: shortID)
        do throws(OCIError) {
            let target = try ImageReference(name)
            if target.name != main.name { try store.client.tag(id, as: target) }
        } catch {
            result.error = error
        }
        return result
    }
}

/// Collects a layer; used on one thread at a time, as blob writers are.
private final class DaemonBlobWriter: BlobWriter {
    private var spool: BlobSpool?
    private let keep: (BlobSpool, Digest) -> Void

    init(_ spool: BlobSpool, keep: @escaping (BlobSpool, Digest) -> Void) {
        self.spool = spool
        self.keep = keep
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) { try spool?.add(bytes) }

    func finish(digest: Digest, size: Int64) throws(OCIError) {
        guard let spool else { return }
        self.spool = nil
        guard Int64(spool.size) == size else {
            throw .sizeMismatch(digest: digest, expected: size, found: Int64(spool.size))
        }
        keep(spool, digest)
    }

    func abandon() { spool = nil }
}

extension BlobSpool {
    /// The bytes that were collected.
    fileprivate var layerBytes: LayerBytes {
        LayerBytes(size: Int64(size)) { sink throws(ArchiveError) in
            try self.read(0..<self.size) { bytes throws(ArchiveError) in
                try sink.write(bytes)
            } failing: {
                .source($0)
            }
        }
    }
}

/// Writes the body of a request.
///
/// `@unchecked` because the closure is only called while the request is being sent, and never by two threads at the same
/// time.
private final class RequestSink: ByteSink, @unchecked Sendable {
    private let body: (UnsafeRawBufferPointer) throws(HTTPError) -> Void

    init(_ body: @escaping (UnsafeRawBufferPointer) throws(HTTPError) -> Void) { self.body = body }

    func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        do throws(HTTPError) {
            try body(bytes)
        } catch {
            throw .sink(error)
        }
    }
}
