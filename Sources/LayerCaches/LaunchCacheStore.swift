import Archive
public import Console
public import OCI
import POSIX
import PlatformModel

/// Images of a daemon, and a cache directory with the layers of the app image.
///
/// Daemons only hand out images as a whole. With the cache, a build needn't fetch the layers that it takes over from
/// the previous one. Its format is the reference's: a tar for each layer of the app image, and no metadata.
public final class LaunchCacheStore: ImageStore {
    private let images: any ImageStore
    private let cache: VolumeCache
    private let logger: Logger

    /// Puts a cache before a store.
    ///
    /// - Parameters:
    ///   - images: Where the images are.
    ///   - cache: Where the layers are.
    ///   - logger: Told about damage.
    public init(_ images: any ImageStore, cache: VolumeCache, logger: Logger) {
        (self.images, self.cache, self.logger) = (images, cache, logger)
    }

    /// Opens an image; the layers of those that a lifecycle has built are looked for in the cache first.
    public func open(_ reference: String, platform: OCIPlatform?) throws(OCIError) -> (any StoredImage)? {
        guard let image = try images.open(reference, platform: platform) else { return nil }
        guard image.config.container.labels[LifecycleMetadataLabel.name] != nil else { return image }
        return LaunchCachedImage(image, cache: cache, logger: logger)
    }

    /// Asks the store.
    public func checkReadAccess(_ reference: String) throws(OCIError) { try images.checkReadAccess(reference) }

    /// Asks the store.
    public func checkWriteAccess(_ reference: String) throws(OCIError) { try images.checkWriteAccess(reference) }

    /// Asks the store.
    public func displayName(of reference: String) throws(OCIError) -> String {
        try images.displayName(of: reference)
    }

    /// Has the store keep its way open.
    public func keepingAlive<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try images.keepingAlive(body)
    }

    /// A place for the app image, from which its layers go into a new version of the cache; a cache that can't be
    /// written is a warning.
    public func destination(for reference: String) throws(OCIError) -> any ImageDestination {
        let destination = try images.destination(for: reference)
        var update: VolumeCacheUpdate?
        do {
            update = try cache.beginVolumeUpdate()
        } catch {
            logger.warn("Not using launch cache \(cache.name): \(error)")
        }
        return LaunchCacheDestination(destination, update: update, logger: logger)
    }
}

/// An app image whose layers may be in a cache directory, too.
final class LaunchCachedImage: StoredImage {
    /// The image itself.
    let image: any StoredImage
    private let cache: VolumeCache
    private let logger: Logger

    init(_ image: any StoredImage, cache: VolumeCache, logger: Logger) {
        (self.image, self.cache, self.logger) = (image, cache, logger)
    }

    var reference: String { image.reference }
    var identifier: String { image.identifier }
    var labelReference: String { image.labelReference }
    var manifestDigest: Digest { image.manifestDigest }
    var manifestSize: Int64 { image.manifestSize }
    var manifest: ImageManifest { image.manifest }
    var config: ImageConfig { image.config }
    func manifestBytes() throws(OCIError) -> [UInt8] { try image.manifestBytes() }

    func hasBlob(_ descriptor: Descriptor) throws(OCIError) -> Bool { try image.hasBlob(descriptor) }

    func readBlob(
        _ descriptor: Descriptor,
        _ body: (UnsafeRawBufferPointer) throws(OCIError) -> Void
    ) throws(OCIError) {
        guard let file = cachedLayer(DiffID(descriptor.digest)) else { return try image.readBlob(descriptor, body) }
        try file.read(body)
    }

    /// The layer in the cache, unaltered; `nil` where it is not there, or damaged, which a warning says.
    func cachedLayer(_ diffID: DiffID) -> LaunchCacheFile? {
        do {
            try cache.verify(diffID)
            return try LaunchCacheFile(reading: cache.committedPath(diffID))
        } catch CacheError.missing {
            return nil
        } catch {
            logger.warn("Ignoring layer '\(diffID)' of launch cache \(cache.name): \(error)")
            return nil
        }
    }
}
