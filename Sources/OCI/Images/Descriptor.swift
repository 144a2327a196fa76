public import Archive

/// A reference to a blob or manifest by content: its type, digest and size.
public struct Descriptor: Hashable, Sendable {
    /// The type of what is described.
    public var mediaType: MediaType
    /// The digest of the bytes.
    public var digest: Digest
    /// The number of bytes, never negative.
    public var size: Int64
    /// Where else the bytes may be found (foreign layers).
    public var urls: [String]
    /// Free-form annotations.
    public var annotations: [String: String]
    /// The platform of an image, in indexes only.
    public var platform: OCIPlatform?
    /// The type of an artifact that is no image, empty for images.
    public var artifactType: String

    public init(
        mediaType: MediaType,
        digest: Digest,
        size: Int64,
        urls: [String] = [],
        annotations: [String: String] = [:],
        platform: OCIPlatform? = nil,
        artifactType: String = ""
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.urls = urls
        self.annotations = annotations
        self.platform = platform
        self.artifactType = artifactType
    }
}
