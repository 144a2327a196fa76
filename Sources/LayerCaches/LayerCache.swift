public import Archive
public import OCI
public import PlatformModel

/// A place where layers survive from one build to the next: a directory or an image in a registry.
///
/// Caches are kept in the reference's formats, so either lifecycle can go on with what the other has left.
public protocol LayerCache: AnyObject, Sendable {
    /// The directory's path or the image's name.
    var name: String { get }

    /// Whether there is anything from an earlier build.
    var exists: Bool { get }

    /// What the cache says about its layers; a cache that is damaged says nothing.
    ///
    /// - Throws: When the metadata is there but can't be read.
    func metadata() throws(CacheError) -> CacheMetadata

    /// Makes sure that a layer is in the cache, and unaltered as far as the cache can tell without fetching it.
    ///
    /// - Parameter diffID: The digest of the layer's tar.
    /// - Throws: When the layer is missing or damaged.
    func verify(_ diffID: DiffID) throws(CacheError)

    /// Extracts a layer.
    ///
    /// Its digest is verified on the way; nothing is visible at the target before it is known to be right.
    ///
    /// - Parameters:
    ///   - diffID: The digest of the layer's tar.
    ///   - target: Which entries are wanted, and where they go.
    ///   - extractor: Does the work.
    /// - Returns: What was extracted.
    /// - Throws: When the layer is missing or damaged, or can't be extracted.
    func extract(
        _ diffID: DiffID,
        into target: ExtractionTarget,
        with extractor: LayerExtractor
    ) throws(CacheError) -> ExtractionReport

    /// Begins a new version of the cache.
    ///
    /// It replaces the old one as a whole when it is committed, or not at all.
    ///
    /// - Returns: The new version, in the making.
    /// - Throws: When the cache can't be written, also because another build is doing so.
    func beginUpdate() throws(CacheError) -> any CacheUpdate
}

/// A new version of a cache, in the making.
public protocol CacheUpdate: AnyObject {
    /// Takes a layer over from the old version without copying it.
    ///
    /// - Parameter diffID: The digest of the layer's tar.
    /// - Throws: When the layer isn't there any more.
    func reuse(_ diffID: DiffID) throws(CacheError)

    /// Archives a layer into the new version; one that it has already is not written again.
    ///
    /// - Parameters:
    ///   - content: What the layer holds.
    ///   - diffID: The digest of the layer's tar, where it is known already.
    ///   - engine: Does the work.
    /// - Returns: The digest of the layer's tar.
    /// - Throws: When files can't be read or the cache can't be written.
    func add(_ content: LayerContent, knownAs diffID: DiffID?, with engine: LayerEngine) throws(CacheError) -> DiffID

    /// Begins to take the tar of a layer that is being archived for the app image, so that files are read once only.
    ///
    /// - Returns: Where the tar goes; `nil` when the cache keeps layers in another form. That it can't be written shows
    ///   later.
    func beginLayer() -> StagedLayer?

    /// Keeps a layer that was begun, now that its digest is known, unless bytes of it were lost.
    ///
    /// - Parameters:
    ///   - layer: What ``beginLayer()`` gave.
    ///   - diffID: The digest of the layer's tar.
    func keep(_ layer: StagedLayer, as diffID: DiffID)

    /// Forgets a layer that was begun.
    ///
    /// - Parameter layer: What ``beginLayer()`` gave.
    func discard(_ layer: StagedLayer)

    /// Learns of the app image, for a cache that can share layers with it.
    ///
    /// - Parameter image: Opens the image; only called if that is of use.
    func shareLayers(with image: () -> (any StoredImage)?)

    /// Puts the new version in place of the old one.
    ///
    /// - Parameter metadata: What the cache says about its layers from now on.
    /// - Throws: When the cache can't be written; the old version is still there then.
    func commit(_ metadata: CacheMetadata) throws(CacheError)
}

extension CacheUpdate {
    /// Takes no layers while they are archived.
    public func beginLayer() -> StagedLayer? { nil }

    /// Has nothing to keep, as no layer was begun.
    public func keep(_ layer: StagedLayer, as diffID: DiffID) {}

    /// Has nothing to forget, as no layer was begun.
    public func discard(_ layer: StagedLayer) {}

    /// Shares nothing.
    public func shareLayers(with image: () -> (any StoredImage)?) {}
}

/// What can be wrong with a cache; no reason to fail a build.
public enum CacheError: Error, Sendable {
    /// The cache has no such layer.
    case missing(diffID: DiffID)
    /// The cache's metadata names a layer by something that is no digest.
    case invalidDiffID(String)
    /// The layer is there but must not be read.
    case denied(diffID: DiffID)
    /// The layer is not what it should be.
    case damaged(expected: DiffID, found: DiffID)
    /// The layer can't be extracted.
    case unusable(diffID: DiffID, reason: String)
    /// Another build is writing the cache.
    case busy(name: String)
    /// Anything else, in words.
    case failed(String)
}

extension CacheError {
    /// What is wrong, in few words that are the same for all layers.
    public var summary: String {
        switch self {
        case .missing, .invalidDiffID: "missing in the cache"
        case .denied: "unreadable in the cache"
        case .damaged: "bad checksum in the cache"
        case .unusable(_, let reason): "cannot be extracted: \(reason)"
        case .busy, .failed: description
        }
    }
}

extension CacheError: CustomStringConvertible {
    /// What is wrong.
    public var description: String {
        switch self {
        case .missing(let diffID): "failed to find cache layer with SHA '\(diffID)'"
        case .invalidDiffID(let text): "failed to find cache layer with SHA '\(text)'"
        case .denied(let diffID): "failed to read cache layer with SHA '\(diffID)' due to insufficient permissions"
        case .damaged(let expected, let found):
            "expected layer contents to have SHA '\(expected)'; found '\(found)'"
        case .unusable(let diffID, let reason): "failed to extract cache layer with SHA '\(diffID)': \(reason)"
        case .busy(let name): "another build is writing the cache \(name)"
        case .failed(let message): message
        }
    }
}

extension CacheError {
    /// Does what a cache fails with if it fails: the error reads "`action`: `cause`".
    ///
    /// - Parameters:
    ///   - action: What is being done; `nil` where the cause stands alone.
    ///   - body: Does it; any error that it throws is the cause.
    /// - Returns: What `body` returns.
    /// - Throws: ``failed(_:)``.
    static func wrapping<Value: ~Copyable>(
        _ action: @autoclosure () -> String? = nil,
        _ body: () throws -> Value
    ) throws(CacheError) -> Value {
        do {
            return try body()
        } catch {
            throw .failed((action().map { "\($0): " } ?? "") + "\(error)")
        }
    }
}
