import Archive
import OCI
import PlatformModel

/// A new version of a cache image, for which only new layers are uploaded.
final class ImageCacheUpdate: CacheUpdate {
    private let original: (any StoredImage)?
    private let destination: any ImageDestination
    private var draft: ImageDraft
    private var layers: [DiffID: ImageLayer] = [:]
    /// The app image, if it is in the same registry: what both have, the registry can share.
    private var appImage: (any StoredImage)?

    init(_ original: (any StoredImage)?, destination: any ImageDestination) {
        self.original = original
        self.destination = destination
        draft = ImageDraft(platform: OCIPlatform(os: "linux", architecture: ""), family: .oci)
    }

    func shareLayers(with image: () -> (any StoredImage)?) { appImage = image() }

    func reuse(_ diffID: DiffID) throws(CacheError) {
        guard let original, let descriptor = original.layer(diffID) else { throw .missing(diffID: diffID) }
        append(ImageLayer(descriptor: descriptor, diffID: diffID, source: original))
    }

    func add(_ content: LayerContent, knownAs diffID: DiffID?, with engine: LayerEngine) throws(CacheError) -> DiffID {
        if let diffID, let layer = layers[diffID] {
            // As in the reference, a layer that two buildpacks share is in the image twice.
            append(layer)
            return diffID
        }
        if let diffID, let layer = sharedLayer(diffID) {
            append(layer)
            return diffID
        }
        return try CacheError.wrapping("caching layer") {
            let layer = try upload(content, with: engine)
            append(layer)
            return layer.diffID
        }
    }

    func commit(_ metadata: CacheMetadata) throws(CacheError) {
        try CacheError.wrapping("saving image '\(destination.reference)'") {
            draft.container.labels[CacheMetadata.name] = try metadata.json()
            // Registries refuse images without layers.
            if draft.layers.isEmpty { append(try upload(LayerContent(), with: LayerEngine(pool: CompressionPool()))) }
            let image = draft.finished(keepingHistory: false)
            let results = try image.write(to: destination, references: [destination.reference])
            if let error = results.lazy.compactMap(\.error).first { throw error }
        }
    }

    /// A layer that the app image has, in the form in which cache images have layers.
    private func sharedLayer(_ diffID: DiffID) -> ImageLayer? {
        guard let appImage, let descriptor = appImage.layer(diffID) else { return nil }
        guard [.ociLayerGzip, .dockerLayerGzip].contains(descriptor.mediaType) else { return nil }
        let shared = Descriptor(mediaType: draft.family.layer, digest: descriptor.digest, size: descriptor.size)
        return ImageLayer(descriptor: shared, diffID: diffID, source: appImage)
    }

    private func append(_ layer: ImageLayer) {
        draft.append(layer)
        layers[layer.diffID] = layer
    }

    private func upload(_ content: LayerContent, with engine: LayerEngine) throws -> ImageLayer {
        let writer = try destination.newBlob()
        do {
            let archived = try engine.archive(content, to: BlobSink(writer))
            let digest = archived.digest
            try writer.finish(digest: digest, size: archived.size)
            return ImageLayer(
                descriptor: Descriptor(mediaType: draft.family.layer, digest: digest, size: archived.size),
                diffID: DiffID(archived.diffID)
            )
        } catch {
            writer.abandon()
            throw error
        }
    }
}
