public import Archive

/// Where one image is being written: its blobs in any order and by several threads, then one commit.
///
/// Nothing becomes visible under a name before `commit`. A destination that is dropped without a commit leaves the old
/// image under its names as it was.
public protocol ImageDestination: AnyObject, Sendable {
    /// The name given to `ImageStore.destination(for:)`.
    var reference: String { get }

    /// Whether the store has the blob already, so that it need not be sent.
    ///
    /// - Parameter descriptor: What is to be part of the image.
    /// - Returns: `true` when the blob is there for this destination.
    /// - Throws: `OCIError` when the store fails.
    func contains(_ descriptor: Descriptor) throws(OCIError) -> Bool

    /// Begins a blob whose digest need not be known yet. Several writers may be at work at once, each on one thread.
    ///
    /// - Returns: A writer for the blob's bytes.
    /// - Throws: `OCIError` when the store fails.
    func newBlob() throws(OCIError) -> any BlobWriter

    /// Makes a blob of another image part of this destination: nothing when it is there already, a mount across
    /// repositories of one registry, a copy otherwise. A blob that a sparse layout lacks stays away.
    ///
    /// - Parameters:
    ///   - descriptor: A layer of `image`.
    ///   - image: The image that has the blob.
    /// - Throws: `OCIError` when either store fails or the bytes do not match the descriptor.
    func adopt(_ descriptor: Descriptor, from image: any StoredImage) throws(OCIError)

    /// Makes a layer whose `source` has its blob part of this destination; as the other `adopt`, unless the destination
    /// has a use for the layer's uncompressed bytes.
    ///
    /// - Parameter layer: A layer with a source.
    /// - Throws: `OCIError` when either store fails or the bytes do not match the descriptor.
    func adopt(_ layer: ImageLayer) throws(OCIError)

    /// Waits for uploads, then writes config and manifest and points the names at them.
    ///
    /// A name that fails does not keep the others from being written.
    ///
    /// - Parameters:
    ///   - manifest: The manifest's bytes.
    ///   - mediaType: The manifest's media type.
    ///   - config: The config's bytes.
    ///   - references: All names, the main one first. They may be in several repositories of one registry; blobs
    ///     are mounted into those.
    /// - Returns: A result for each name, in order.
    /// - Throws: `OCIError` when a blob, the config or the manifest cannot be written at all.
    func commit(
        manifest: [UInt8],
        mediaType: MediaType,
        config: [UInt8],
        references: [String]
    ) throws(OCIError) -> [CommittedReference]
}

extension ImageDestination {
    /// Adopts the layer's blob from its source.
    public func adopt(_ layer: ImageLayer) throws(OCIError) {
        if let source = layer.source { try adopt(layer.descriptor, from: source) }
    }
}

/// Takes the bytes of one blob, on one thread at a time.
public protocol BlobWriter: AnyObject {
    /// Adds bytes at the end.
    ///
    /// - Parameter bytes: The next piece, only valid during the call.
    /// - Throws: `OCIError` when the store fails.
    func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError)

    /// Completes the blob. An upload may go on in the background; its failure then shows at the commit.
    ///
    /// - Parameters:
    ///   - digest: The digest of all bytes written.
    ///   - size: The number of all bytes written.
    /// - Throws: `OCIError` when the store fails or finds another digest or size.
    func finish(digest: Digest, size: Int64) throws(OCIError)

    /// Gives the blob up and releases what it took. Harmless after `finish`.
    func abandon()
}

/// What became of one name at a commit.
public struct CommittedReference: Sendable, Hashable {
    /// The name as given.
    public var reference: String
    /// The identifier that the image has now, as `StoredImage.identifier` would say.
    public var identifier: String
    /// The digest of the manifest, for stores that name images by it (registries).
    public var digest: Digest?
    /// The id of the image, for stores that name images by their config (daemons).
    public var imageID: String?
    /// The number of bytes of the manifest as the store has it, `nil` when unknown.
    public var manifestSize: Int64?
    /// Why the name could not be written, `nil` when it was.
    public var error: OCIError?

    public init(
        reference: String,
        identifier: String,
        digest: Digest? = nil,
        imageID: String? = nil,
        manifestSize: Int64? = nil,
        error: OCIError? = nil
    ) {
        self.reference = reference
        self.identifier = identifier
        self.digest = digest
        self.imageID = imageID
        self.manifestSize = manifestSize
        self.error = error
    }
}
