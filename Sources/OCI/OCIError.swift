public import Archive

/// What can go wrong with images and the places where they are kept.
public enum OCIError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A text that should be a SHA-256 digest is none.
    case invalidDigest(String)
    /// A text that should be an image reference is none.
    case invalidReference(String, reason: String)
    /// A manifest, index or config that breaks its format; `document` says which.
    case malformed(document: String, reason: String)
    /// Bytes that have another digest than the descriptor says.
    case digestMismatch(expected: Digest, found: Digest)
    /// Bytes of another number than the descriptor says.
    case sizeMismatch(digest: Digest, expected: Int64, found: Int64)
    /// A blob that the image names is not there (a sparse layout, a layer that was deleted).
    case blobNotFound(digest: Digest, image: String)
    /// An index without an image for the platform.
    case platformNotFound(platform: OCIPlatform, image: String, available: [OCIPlatform])
    /// An image without the layer that is asked for.
    case layerNotFound(diffID: DiffID, image: String)
    /// An image without layers where a top layer is needed.
    case noLayers(image: String)
    /// A failure of the registry, disk or daemon behind a store.
    case store(StoreFailure)

    /// The message for people.
    public var description: String {
        switch self {
        case .invalidDigest(let text): "invalid digest \"\(text)\": expected sha256: and 64 hexadecimal digits"
        case .invalidReference(let text, let reason): "invalid image reference \"\(text)\": \(reason)"
        case .malformed(let document, let reason): "malformed \(document): \(reason)"
        case .digestMismatch(let expected, let found): "expected digest \(expected), found \(found)"
        case .sizeMismatch(let digest, let expected, let found):
            "expected \(expected) bytes for \(digest), found \(found)"
        case .blobNotFound(let digest, let image): "blob \(digest) of \(image) does not exist"
        case .platformNotFound(let platform, let image, let available):
            "\(image) has no image for platform \(platform); it has "
                + (available.isEmpty
                    ? "none that names its platform" : available.map(\.description).joined(separator: ", "))
        case .layerNotFound(let diffID, let image): "\(image) has no layer with diff ID \(diffID)"
        case .noLayers(let image): "image has no layers: \(image)"
        case .store(let failure): failure.description
        }
    }
}

/// A failure of what is behind an image store: a registry, a directory, a daemon.
public struct StoreFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What sort of failure it is, as far as phases treat failures differently.
    public enum Kind: Sendable, Hashable {
        /// The store could not be reached, or the connection broke.
        case unreachable
        /// Credentials are missing, wrong or insufficient.
        case denied
        /// The image, repository or blob does not exist.
        case notFound
        /// Any other refusal or failure.
        case other
    }

    /// What sort of failure it is.
    public var kind: Kind
    /// Whether the store understood and refused, so that asking again gives the same answer.
    public var isFinal: Bool
    /// The message for people: what was being done to what, and what came back.
    public var message: String

    public init(kind: Kind, isFinal: Bool = false, message: String) {
        self.kind = kind
        self.isFinal = isFinal
        self.message = message
    }

    /// The message for people.
    public var description: String { message }
}
