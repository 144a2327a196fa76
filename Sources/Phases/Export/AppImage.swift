import Archive
import Console
import OCI
import POSIX

/// Why the app image cannot be made; what the phase was doing is added on the way up.
struct ExportError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }

    init(_ action: String, _ cause: some CustomStringConvertible) {
        description = "\(action): \(cause)"
    }
}

/// The app image while it grows: layers are archived into the destination or taken over from the previous image.
struct AppImage {
    /// The image so far.
    var draft: ImageDraft
    /// The diff ids of directories that were archived, which the cache need not compute again.
    private(set) var archivedDirectories: [String: LayerDigest] = [:]

    private let previous: (any StoredImage)?
    private let saver: ImageSaver
    private let engine: LayerEngine
    private let compression: LayerCompression
    /// The cache that takes layers at the same time; `nil` when there is none, or when it keeps them in another form.
    private let cache: VolumeCacheUpdate?
    private let logger: Logger

    init(
        draft: ImageDraft,
        previous: (any StoredImage)?,
        saver: ImageSaver,
        engine: LayerEngine,
        compression: LayerCompression,
        cache: VolumeCacheUpdate?,
        logger: Logger
    ) {
        self.draft = draft
        self.previous = previous
        self.saver = saver
        self.engine = engine
        self.compression = compression
        self.cache = cache
        self.logger = logger
    }

    /// A layer that has been added, and whether it came from the previous image.
    struct Addition {
        let content: LayerDigest
        let isReused: Bool
        /// Why it was archived or taken over.
        let reason: String

        var diffID: DiffID { DiffID(content.diffID) }
    }

    /// Adds a directory with all that is below it, and says so.
    mutating func addDirectory(
        _ path: String,
        owner: EntryOwner,
        id: String,
        createdBy: String,
        previous previousDiffID: String,
        isCached: Bool = false
    ) throws(ExportError) -> DiffID {
        let addition = try addAndTell(
            .directory(path, owner: owner),
            id: id,
            createdBy: createdBy,
            previous: previousDiffID,
            isCached: isCached
        )
        archivedDirectories[path] = addition.content
        return addition.diffID
    }

    /// Adds a layer, and says so.
    mutating func addLayer(
        _ content: LayerContent,
        id: String,
        createdBy: String,
        previous previousDiffID: String
    ) throws(ExportError) -> DiffID {
        try addAndTell(content, id: id, createdBy: createdBy, previous: previousDiffID, isCached: false).diffID
    }

    private mutating func addAndTell(
        _ content: LayerContent,
        id: String,
        createdBy: String,
        previous previousDiffID: String,
        isCached: Bool
    ) throws(ExportError) -> Addition {
        let stopwatch = Stopwatch()
        let addition = try add(content, createdBy: createdBy, previous: [previousDiffID], isCached: isCached)
        logger.info("\(addition.isReused ? "Reusing" : "Adding") layer '\(id)'")
        logger.debug("Layer '\(id)' SHA: \(addition.diffID)")
        tell(addition, id: id, since: stopwatch)
        return addition
    }

    /// Says what became of a layer.
    func tell(_ addition: Addition, id: String, since stopwatch: Stopwatch) {
        let kind: LayerOutcome.Kind = addition.isReused ? .reused : .rebuilt
        var outcome = LayerOutcome(layer: id, kind: kind, place: .image, reason: addition.reason)
        outcome.bytes = addition.content.size
        outcome.milliseconds = stopwatch.milliseconds
        logger.tell(outcome)
    }

    /// Adds a layer without a word.
    ///
    /// Where the previous image may have an equal layer, the content is only hashed at first: most rebuilds change
    /// little, and neither compressing nor sending what is there already is worth anybody's time.
    mutating func add(
        _ content: LayerContent,
        createdBy: String,
        previous previousDiffIDs: [String],
        isCached: Bool = false
    ) throws(ExportError) -> Addition {
        let candidates = previousDiffIDs.compactMap { try? DiffID($0) }.filter { previous?.layer($0) != nil }
        var reason = previous == nil ? "no previous image" : "not in the previous image"
        if !candidates.isEmpty {
            let digest: LayerDigest
            do {
                digest = try engine.digest(content)
            } catch {
                throw ExportError("creating layer", error)
            }
            let diffID = DiffID(digest.diffID)
            if candidates.contains(diffID), takeOver(diffID, createdBy: createdBy) {
                return Addition(content: digest, isReused: true, reason: "equal to the previous image's")
            }
            reason = "contents differ from the previous image's"
        }
        let staged = isCached ? cache?.beginLayer() : nil
        let layer: ImageLayer
        let archived: LayerDigest
        do {
            (layer, archived) = try archive(content, copyingTo: staged)
        } catch {
            if let staged { cache?.discard(staged) }
            throw error
        }
        if let staged { cache?.keep(staged, as: layer.diffID) }
        draft.append(layer, createdBy: createdBy)
        return Addition(content: archived, isReused: false, reason: reason)
    }

    /// Adds a layer of the previous image whose content is not here.
    mutating func reuse(_ diffID: String, createdBy: String) throws(ExportError) {
        guard let parsed = try? DiffID(diffID), takeOver(parsed, createdBy: createdBy) else {
            throw ExportError("the previous image has no layer with diff ID '\(diffID)'")
        }
    }

    private mutating func takeOver(_ diffID: DiffID, createdBy: String) -> Bool {
        guard let previous, let descriptor = previous.layer(diffID) else { return false }
        draft.append(ImageLayer(descriptor: descriptor, diffID: diffID, source: previous), createdBy: createdBy)
        return true
    }

    private func archive(
        _ content: LayerContent,
        copyingTo copy: StagedLayer?
    ) throws(ExportError) -> (ImageLayer, LayerDigest) {
        let writer: any BlobWriter
        do {
            writer = try saver.destination.newBlob()
        } catch {
            throw saver.failure(of: error)
        }
        let archived: ArchivedLayer
        do {
            archived = try engine.archive(
                content,
                compression: compression,
                to: BlobSink(writer),
                copyingTo: copy
            )
        } catch {
            writer.abandon()
            guard case .sink(let cause as OCIError) = error else { throw ExportError("creating layer", error) }
            throw saver.failure(of: cause)
        }
        let digest = Digest(archived.digest)
        do {
            try writer.finish(digest: digest, size: archived.size)
        } catch {
            writer.abandon()
            throw saver.failure(of: error)
        }
        let mediaType = draft.family.layer(compression)
        let layer = ImageLayer(
            descriptor: Descriptor(mediaType: mediaType, digest: digest, size: archived.size),
            diffID: DiffID(archived.diffID)
        )
        return (layer, archived.content)
    }
}

extension MediaTypeFamily {
    /// The type of layers that are compressed in a certain way; zstd has a type in OCI only.
    fileprivate func layer(_ compression: LayerCompression) -> MediaType {
        switch compression {
        case .none: layerType(matching: .ociLayer)
        case .gzip: layer
        case .zstd: .ociLayerZstd
        }
    }
}
