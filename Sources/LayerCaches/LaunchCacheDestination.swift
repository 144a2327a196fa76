import Archive
import Console
import OCI
import POSIX
import Synchronization

/// An app image on its way into a daemon, whose layers are kept in a cache directory.
///
/// A new layer is written once, into the cache, and read from there for the daemon. The cache never keeps an image from
/// being written: what it can't take goes to the daemon alone.
final class LaunchCacheDestination: ImageDestination {
    private let destination: any ImageDestination
    private let logger: Logger
    /// The new version of the cache, used by one thread at a time; `nil` when there is none.
    private let update: Mutex<VolumeCacheUpdate?>
    private let hasUpdate: Bool
    /// Layers of other images that the cache lacks, in the order in which they were adopted.
    private let missing = Mutex<[ImageLayer]>([])

    init(_ destination: any ImageDestination, update: sending VolumeCacheUpdate?, logger: Logger) {
        self.destination = destination
        self.logger = logger
        hasUpdate = update != nil
        self.update = Mutex(update)
    }

    var reference: String { destination.reference }

    func contains(_ descriptor: Descriptor) throws(OCIError) -> Bool { try destination.contains(descriptor) }

    // MARK: - Blobs

    func newBlob() throws(OCIError) -> any BlobWriter {
        guard let path = update.withLock({ $0?.newPath() }) else { return try destination.newBlob() }
        return LaunchCacheBlobWriter(path: path, destination: self)
    }

    /// A blob that bypasses the cache.
    func newUncachedBlob(because error: POSIXError) throws(OCIError) -> any BlobWriter {
        logger.warn("Not keeping a layer in the launch cache: \(error)")
        return try destination.newBlob()
    }

    /// Keeps a layer that was written into the cache, and makes it part of the image.
    func keep(_ file: LaunchCacheFile, as diffID: DiffID, size: Int64) throws(OCIError) {
        do {
            try update.withLock { update throws(CacheError) in try update?.keep(fileAt: file.path, as: diffID) }
        } catch {
            logger.warn("Not keeping a layer in the launch cache: \(error)")
        }
        let descriptor = Descriptor(mediaType: .dockerLayer, digest: diffID.digest, size: size)
        try destination.adopt(
            ImageLayer(descriptor: descriptor, diffID: diffID, uncompressed: file.layerBytes(size: size))
        )
    }

    func adopt(_ descriptor: Descriptor, from image: any StoredImage) throws(OCIError) {
        try adopt(ImageLayer(descriptor: descriptor, diffID: DiffID(descriptor.digest), source: image))
    }

    func adopt(_ layer: ImageLayer) throws(OCIError) {
        // The cache only keeps layers of app images, not those of the run image.
        guard let image = layer.source as? LaunchCachedImage else { return try destination.adopt(layer) }
        var layer = layer
        layer.source = image.image
        guard hasUpdate else { return try destination.adopt(layer) }
        guard let file = image.cachedLayer(layer.diffID), let size = try? file.size() else {
            return missing.withLock { $0.append(layer) }
        }
        do {
            try update.withLock { update throws(CacheError) in try update?.reuse(layer.diffID) }
        } catch {
            logger.warn("Not keeping a layer in the launch cache: \(error)")
        }
        layer.uncompressed = file.layerBytes(size: size)
        try destination.adopt(layer)
    }

    // MARK: - Commit

    func commit(
        manifest: [UInt8],
        mediaType: MediaType,
        config: [UInt8],
        references: [String]
    ) throws(OCIError) -> [CommittedReference] {
        try fillCache()
        let results = try destination.commit(
            manifest: manifest,
            mediaType: mediaType,
            config: config,
            references: references
        )
        if results.first?.error == nil {
            do {
                try update.withLock { update throws(CacheError) in try update?.commitLayers() }
            } catch {
                logger.warn("Failed to commit launch cache: \(error)")
            }
        }
        return results
    }

    /// Puts the layers of the previous image into the cache that it lacks: from disk where they are there, or else from
    /// the daemon, all of them at once.
    ///
    /// A layer that can't be had is left to the destination: the daemon may have it, and then doesn't need its bytes.
    private func fillCache() throws(OCIError) {
        let layers = missing.withLock { $0 }
        let fetched = layers.filter { $0.uncompressed == nil }
        for (index, layer) in fetched.enumerated() {
            guard let image = layer.source, fetched.firstIndex(where: { $0.source === image }) == index else {
                continue
            }
            try? image.prepareToRead(fetched.filter { $0.source === image }.map(\.descriptor))
        }
        for layer in layers {
            do {
                try copy(layer)
            } catch {
                logger.warn("Not keeping layer '\(layer.diffID)' in the launch cache: \(error)")
                try destination.adopt(layer)
            }
        }
    }

    /// Writes a layer into the cache, and makes it part of the image.
    private func copy(_ layer: ImageLayer) throws {
        let writer = try newBlob()
        let size = Mutex<Int64>(0)
        do {
            if let bytes = layer.uncompressed {
                let sink = BlobSink(writer)
                try bytes.write(
                    to: ClosureSink { bytes throws(ArchiveError) in
                        size.withLock { $0 += Int64(bytes.count) }
                        try sink.write(bytes)
                    }
                )
            } else {
                try layer.source?.readBlob(layer.descriptor) { bytes throws(OCIError) in
                    size.withLock { $0 += Int64(bytes.count) }
                    try writer.write(bytes)
                }
            }
            try writer.finish(digest: layer.diffID.digest, size: size.withLock { $0 })
        } catch {
            writer.abandon()
            throw error
        }
    }
}

/// Writes a layer into the cache, or into the image alone where the cache can't take it; on one thread at a time.
private final class LaunchCacheBlobWriter: BlobWriter {
    private let path: String
    private let destination: LaunchCacheDestination
    private var file: LaunchCacheFile?
    private var size: Int64 = 0
    private var bypass: (any BlobWriter)?

    init(path: String, destination: LaunchCacheDestination) {
        (self.path, self.destination) = (path, destination)
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) {
        if let bypass { return try bypass.write(bytes) }
        do throws(POSIXError) {
            if file == nil { file = try LaunchCacheFile(writing: path) }
            try file?.write(bytes)
            size += Int64(bytes.count)
        } catch {
            let writer = try destination.newUncachedBlob(because: error)
            // The file holds whole pieces only, so what was written so far can be copied.
            try file?.read(limit: size) { bytes throws(OCIError) in try writer.write(bytes) }
            try writer.write(bytes)
            bypass = writer
            removeFile()
        }
    }

    func finish(digest: Digest, size: Int64) throws(OCIError) {
        if let bypass { return try bypass.finish(digest: digest, size: size) }
        guard let file else { return }
        guard size == self.size else { throw .sizeMismatch(digest: digest, expected: size, found: self.size) }
        try destination.keep(file, as: DiffID(digest), size: size)
        self.file = nil
    }

    func abandon() {
        bypass?.abandon()
        removeFile()
    }

    private func removeFile() {
        guard file != nil else { return }
        file = nil
        try? FileSystem.removeFile(path)
    }
}
