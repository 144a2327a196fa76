public import Archive
public import Console
public import OCI
import POSIX
public import PlatformModel

/// A cache in an image: each cached layer is a layer of it, and a label says what they are.
public final class ImageCache: LayerCache {
    /// The image's name.
    public let name: String
    private let store: any ImageStore
    private let original: (any StoredImage)?
    private let logger: Logger

    /// Opens a cache.
    ///
    /// - Parameters:
    ///   - reference: The image's name; it need not exist.
    ///   - store: Where the image is, or will be.
    ///   - logger: Told about damage.
    /// - Throws: When the store can't be asked.
    public init(_ reference: String, in store: any ImageStore, logger: Logger) throws(CacheError) {
        name = reference
        self.store = store
        self.logger = logger
        do {
            original = try store.open(reference, platform: nil)
        } catch {
            guard error.isDamage else { throw .failed("accessing cache image \"\(reference)\": \(error)") }
            logger.warn("Ignoring cache image \"\(reference)\" because it was corrupt: \(error)")
            original = nil
        }
    }

    /// Whether there is an image.
    public var exists: Bool { original != nil }

    /// What the image's label says; an image that lacks layers says nothing.
    public func metadata() throws(CacheError) -> CacheMetadata {
        guard let original else { return CacheMetadata() }
        guard let label = original.config.container.labels[CacheMetadata.name] else {
            logger.warn("Ignoring cache image \"\(name)\", because it lacks the label of caches")
            return CacheMetadata()
        }
        guard original.isComplete else {
            logger.warn("Ignoring cache image \"\(name)\" because it was corrupt")
            return CacheMetadata()
        }
        do {
            return try CacheMetadata(json: label)
        } catch {
            logger.warn("Ignoring the metadata of cache image \"\(name)\", because it is damaged: \(error)")
            return CacheMetadata()
        }
    }

    /// Looks whether the image names the layer; its contents are verified when they are read.
    public func verify(_ diffID: DiffID) throws(CacheError) {
        if original?.layer(diffID) == nil { throw .missing(diffID: diffID) }
    }

    /// Extracts a layer while it is fetched and verified.
    public func extract(
        _ diffID: DiffID,
        into target: ExtractionTarget,
        with extractor: LayerExtractor
    ) throws(CacheError) -> ExtractionReport {
        guard let original, let layer = original.layer(diffID) else { throw .missing(diffID: diffID) }
        do {
            let stream = try LayerStream(layer, of: original)
            return try extractor.extract(stream, into: target, expecting: diffID.expectedDigests)
        } catch let error as ArchiveError {
            if case .source(let cause as OCIError) = error, cause.isMissingBlob { throw .missing(diffID: diffID) }
            throw .unusable(diffID: diffID, reason: "\(error)")
        } catch {
            throw .unusable(diffID: diffID, reason: "\(error)")
        }
    }

    /// Begins a new image.
    public func beginUpdate() throws(CacheError) -> any CacheUpdate {
        try CacheError.wrapping("creating new cache image \"\(name)\"") {
            ImageCacheUpdate(original, destination: try store.destination(for: name))
        }
    }
}

extension OCIError {
    /// Whether the store has lost a blob that the image names.
    fileprivate var isMissingBlob: Bool {
        switch self {
        case .blobNotFound: true
        case .store(let failure): failure.kind == .notFound
        default: false
        }
    }
}
