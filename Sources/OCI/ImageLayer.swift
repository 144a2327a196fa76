/// A layer of an image that is being made.
public struct ImageLayer: Sendable {
    /// The layer's blob.
    public var descriptor: Descriptor
    /// The digest of the layer's uncompressed bytes.
    public var diffID: DiffID
    /// The image that has the blob; `nil` when the blob was written to the destination.
    public var source: (any StoredImage)?

    /// Makes a layer from its parts.
    public init(descriptor: Descriptor, diffID: DiffID, source: (any StoredImage)? = nil) {
        self.descriptor = descriptor
        self.diffID = diffID
        self.source = source
    }
}

extension StoredImage {
    /// The image's layers from the bottom up.
    ///
    /// - Returns: A layer for each diff id, with this image as its source.
    /// - Throws: `OCIError.malformed` when manifest and config disagree about the number of layers.
    public func layers() throws(OCIError) -> [ImageLayer] {
        guard manifest.layers.count == config.diffIDs.count else {
            throw .malformed(
                document: "config of \(reference)",
                reason: "\(config.diffIDs.count) diff IDs for \(manifest.layers.count) layers"
            )
        }
        return zip(manifest.layers, config.diffIDs).map { ImageLayer(descriptor: $0, diffID: $1, source: self) }
    }
}
