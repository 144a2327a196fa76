import Archive
import DockerfileEngine
import OCI
import PlatformModel

/// An image while extensions are applied to it.
struct ExtendedImage {
    /// The image so far.
    private(set) var draft: ImageDraft
    /// What the next Dockerfile sees as its base image: the base's reference, then digests of what has been made of it.
    private(set) var reference: String
    /// The layers that were added, in order.
    private(set) var newLayers: [BuiltLayer] = []
    /// The user of the base image.
    let originalUser: String
    /// Whether every Dockerfile so far has promised that its layers fit newer base images.
    private var isRebasable = true

    /// Starts with an image as it is.
    ///
    /// - Parameters:
    ///   - base: The image.
    ///   - reference: Its reference.
    /// - Throws: When its manifest and config do not fit together.
    init(_ base: any StoredImage, reference: String) throws(OCIError) {
        draft = try ImageDraft(base: base)
        self.reference = reference
        originalUser = base.config.container.user
    }

    /// Takes over what a Dockerfile has changed.
    ///
    /// - Parameters:
    ///   - engine: Has applied the Dockerfile.
    ///   - id: The extension that has generated it.
    ///   - ownLabels: The labels that it has set itself.
    mutating func take(_ engine: DockerfileEngine, from id: String, ownLabels: [String: String]) {
        draft.container = engine.config
        // A promise of the base image, or of another extension, says nothing about this one's layers.
        isRebasable = isRebasable && ownLabels[RebasableLabel.name] == "true"
        draft.container.labels[RebasableLabel.name] = isRebasable ? "true" : "false"
        for layer in engine.layers.dropFirst(newLayers.count) {
            newLayers.append(layer)
            let descriptor = Descriptor(
                mediaType: draft.family.layerType(matching: layer.mediaType),
                digest: layer.digest,
                size: layer.size
            )
            draft.append(
                ImageLayer(descriptor: descriptor, diffID: layer.diffID),
                createdBy: "Layer: '\(layer.createdBy)', Created by extension: \(id)"
            )
        }
        reference = draft.finished(keepingHistory: true).manifestDigest.description
    }
}

extension BuiltLayer {
    /// The layer's type in an OCI image.
    fileprivate var mediaType: MediaType {
        switch compression {
        case "gzip": .ociLayerGzip
        case "zstd": .ociLayerZstd
        default: .ociLayer
        }
    }
}
