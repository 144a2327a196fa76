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
    private(set) var archivedDirectories: [String: DiffID] = [:]

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
        let diffID: DiffID
        let isReused: Bool
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
        let diffID = try addLayer(
            .directory(path, owner: owner),
            id: id,
            createdBy: createdBy,
            previous: previousDiffID,
            isCached: isCached
        )
        archivedDirectories[path] = diffID
        return diffID
    }

    /// Adds a layer, and says so.
    mutating func addLayer(
        _ content: LayerContent,
        id: String,
        createdBy: String,
        previous previousDiffID: String,
        isCached: Bool = false
    ) throws(ExportError) -> DiffID {
        let addition = try add(content, createdBy: createdBy, previous: [previousDiffID], isCached: isCached)
        logger.info("\(addition.isReused ? "Reusing" : "Adding") layer '\(id)'")
        logger.debug("Layer '\(id)' SHA: \(addition.diffID)")
        return addition.diffID
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
        if !candidates.isEmpty {
            let diffID: DiffID
            do {
                diffID = DiffID(try engine.digest(content).diffID)
            } catch {
                throw ExportError("creating layer", error)
            }
            if candidates.contains(diffID), takeOver(diffID, createdBy: createdBy) {
                return Addition(diffID: diffID, isReused: true)
            }
        }
        let staged = isCached ? cache?.beginLayer() : nil
        let layer: ImageLayer
        do {
            layer = try archive(content, copyingTo: staged)
        } catch {
            if let staged { cache?.discard(staged) }
            throw error
        }
        if let staged { cache?.keep(staged, as: layer.diffID) }
        draft.append(layer, createdBy: createdBy)
        return Addition(diffID: layer.diffID, isReused: false)
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
    ) throws(ExportError) -> ImageLayer {
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
        return ImageLayer(
            descriptor: Descriptor(mediaType: mediaType, digest: digest, size: archived.size),
            diffID: DiffID(archived.diffID)
        )
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
