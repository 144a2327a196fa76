extension OCIError {
    /// Whether the fault is in the image, rather than in the way to it.
    public var isDamage: Bool {
        switch self {
        case .malformed, .digestMismatch, .sizeMismatch, .platformNotFound, .invalidDigest: true
        default: false
        }
    }

    /// Whether trying again can't help: the store has refused, or has no such image.
    public var isFinal: Bool {
        switch self {
        case .invalidReference, .noLayers: true
        case .store(let failure): failure.isFinal || failure.kind == .notFound
        default: false
        }
    }
}

extension StoredImage {
    /// Whether the store has all layers, as far as it can tell without fetching them.
    public var isComplete: Bool {
        manifest.layers.count == config.diffIDs.count
            && manifest.layers.allSatisfy { (try? hasBlob($0)) ?? false }
    }
}
