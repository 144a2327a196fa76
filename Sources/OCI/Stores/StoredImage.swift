public import Archive

/// An image in a store, opened for reading.
///
/// Manifest and config are read and verified when it is opened.
public protocol StoredImage: AnyObject, Sendable {
    /// The name by which the image was opened.
    var reference: String { get }

    /// What names exactly this image for the store, as it stands in analyzed.toml and labels:
    /// `<repository>@sha256:…` for registries, `<path>@sha256:…` for layouts.
    var identifier: String { get }

    /// What labels of images that are built on this one record as its reference.
    var labelReference: String { get }

    /// The digest of the manifest's bytes.
    var manifestDigest: Digest { get }

    /// The number of bytes of the manifest.
    var manifestSize: Int64 { get }

    /// The image's manifest.
    var manifest: ImageManifest { get }

    /// The image's config.
    var config: ImageConfig { get }

    /// The manifest's bytes as the store has them, whose digest is ``manifestDigest``.
    ///
    /// - Returns: The bytes.
    /// - Throws: `OCIError` when the store fails, or has no manifest.
    func manifestBytes() throws(OCIError) -> [UInt8]

    /// Whether the store holds the blob. Layouts may be sparse: they may lack layers of the base image.
    ///
    /// - Parameter descriptor: A config or layer of this image.
    /// - Returns: `false` when reading the blob would fail because it is not there.
    /// - Throws: `OCIError` when the store fails.
    func hasBlob(_ descriptor: Descriptor) throws(OCIError) -> Bool

    /// Says which blobs are going to be read, for stores that can only hand out all of an image at once.
    ///
    /// - Parameter descriptors: Layers of this image.
    /// - Throws: `OCIError` when the store fails.
    func prepareToRead(_ descriptors: [Descriptor]) throws(OCIError)

    /// Reads a blob from beginning to end.
    ///
    /// Digest and size are verified while the bytes pass, so **what `body` got is only to be trusted after this has
    /// returned**.
    ///
    /// - Parameters:
    ///   - descriptor: A config or layer of this image.
    ///   - body: Called with each piece, in order. What it throws ends the reading.
    /// - Throws: `OCIError` of the store, of the verification or of `body`.
    func readBlob(
        _ descriptor: Descriptor,
        _ body: (UnsafeRawBufferPointer) throws(OCIError) -> Void
    ) throws(OCIError)
}

extension StoredImage {
    /// The identifier.
    public var labelReference: String { identifier }

    /// What ``manifest`` is written as, where that has the digest: an image in memory is of one making.
    public func manifestBytes() throws(OCIError) -> [UInt8] {
        let bytes = manifest.bytes
        let found = Digest.of(bytes)
        guard found == manifestDigest else { throw .digestMismatch(expected: manifestDigest, found: found) }
        return bytes
    }

    /// All blobs are there, which is so in every store but sparse layouts.
    public func hasBlob(_ descriptor: Descriptor) throws(OCIError) -> Bool { true }

    /// Does nothing, as most stores hand out single blobs.
    public func prepareToRead(_ descriptors: [Descriptor]) throws(OCIError) {}

    /// The media type family of the image, by its manifest.
    public var family: MediaTypeFamily { manifest.family }

    /// The platform that the config names.
    public var platform: OCIPlatform { config.platform }

    /// The diff id of the last layer, which is how labels name a run image's extent.
    ///
    /// - Returns: The last diff id of the config.
    /// - Throws: `OCIError.noLayers` when the image has none.
    public func topLayer() throws(OCIError) -> DiffID {
        guard let last = config.diffIDs.last else { throw .noLayers(image: reference) }
        return last
    }

    /// The layer with a diff id.
    ///
    /// - Parameter diffID: The digest of the layer's uncompressed bytes.
    /// - Returns: The layer's descriptor, `nil` when the image has no such layer.
    public func layer(_ diffID: DiffID) -> Descriptor? {
        guard let index = config.diffIDs.firstIndex(of: diffID), manifest.layers.indices.contains(index) else {
            return nil
        }
        return manifest.layers[index]
    }
}
