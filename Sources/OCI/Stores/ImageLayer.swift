public import Archive

/// A layer of an image that is being made.
public struct ImageLayer: Sendable {
    /// The layer's blob.
    public var descriptor: Descriptor
    /// The digest of the layer's uncompressed bytes.
    public var diffID: DiffID
    /// The image that has the blob; `nil` when the blob was written to the destination.
    public var source: (any StoredImage)?
    /// The layer's uncompressed bytes, where they can be had without asking `source`: daemons, which keep layers
    /// uncompressed, are slow to give them back.
    public var uncompressed: LayerBytes?

    public init(
        descriptor: Descriptor,
        diffID: DiffID,
        source: (any StoredImage)? = nil,
        uncompressed: LayerBytes? = nil
    ) {
        self.descriptor = descriptor
        self.diffID = diffID
        self.source = source
        self.uncompressed = uncompressed
    }
}

/// The bytes of a layer's tar, for as often as they are needed.
public struct LayerBytes: Sendable {
    /// How many bytes there are.
    public let size: Int64
    private let body: @Sendable (_ sink: any ByteSink) throws(ArchiveError) -> Void

    /// Makes bytes of what writes them.
    ///
    /// - Parameters:
    ///   - size: How many bytes there are.
    ///   - body: Writes all of them each time that it is called.
    public init(size: Int64, _ body: @escaping @Sendable (_ sink: any ByteSink) throws(ArchiveError) -> Void) {
        self.size = size
        self.body = body
    }

    /// Writes the bytes.
    ///
    /// - Parameter sink: Takes them.
    /// - Throws: What their source or the sink throws.
    public func write(to sink: any ByteSink) throws(ArchiveError) { try body(sink) }
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
