public import Archive

/// The documents of an image, and the layers that belong to them.
public struct FinishedImage: Sendable {
    /// The manifest's bytes.
    public let manifest: [UInt8]
    /// The manifest's media type.
    public let mediaType: MediaType
    /// The config's bytes.
    public let config: [UInt8]
    /// The digest of the manifest, which names the image.
    public let manifestDigest: Digest
    /// The digest of the config, which daemons name the image by.
    public let configDigest: Digest
    /// The layers from the bottom up.
    public let layers: [ImageLayer]

    /// Writes down manifest and config.
    ///
    /// - Parameters:
    ///   - family: The family that all media types are made to be of; where Docker's has no name for a layer, as for
    ///     one that is compressed with zstd, all are OCI's, as container tools don't expect a mixture.
    ///   - config: The config, with the diff ids of the layers.
    ///   - layers: The layers from the bottom up.
    ///   - annotations: Annotations of the manifest.
    public init(
        family: MediaTypeFamily,
        config: ImageConfig,
        layers: [ImageLayer],
        annotations: [String: String] = [:]
    ) {
        let isNameless = { (layer: ImageLayer) in family.layerType(matching: layer.descriptor.mediaType).family == .oci
        }
        let family = layers.contains(where: isNameless) ? .oci : family
        self.config = config.bytes
        self.layers = layers
        configDigest = Digest.of(self.config)
        mediaType = family.manifest
        let descriptors = layers.map { layer in
            var descriptor = layer.descriptor
            descriptor.mediaType = family.layerType(matching: descriptor.mediaType)
            return descriptor
        }
        let manifest = ImageManifest(
            mediaType: mediaType,
            config: Descriptor(mediaType: family.config, digest: configDigest, size: Int64(self.config.count)),
            layers: descriptors,
            annotations: annotations
        )
        self.manifest = manifest.bytes
        manifestDigest = Digest.of(self.manifest)
    }

    /// Writes the image under its names, after the blobs of new layers have been written to the destination.
    ///
    /// - Parameters:
    ///   - destination: Where the image goes.
    ///   - references: All names, the main one first.
    /// - Returns: A result for each name, in order.
    /// - Throws: `OCIError` when nothing could be written.
    public func write(
        to destination: any ImageDestination,
        references: [String]
    ) throws(OCIError) -> [CommittedReference] {
        for layer in layers where layer.source != nil { try destination.adopt(layer) }
        return try destination.commit(
            manifest: manifest,
            mediaType: mediaType,
            config: config,
            references: references
        )
    }
}
