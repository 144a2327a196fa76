import Archive
import Console
import LayerCaches
import OCI
import POSIX

/// The app image while it grows: layers are archived into the destination or taken over from the previous image.
struct AppImage {
    /// The image so far.
    var draft: ImageDraft
    /// The diff ids of directories that were archived, which the cache need not compute again.
    private(set) var archivedDirectories: [String: LayerDigest] = [:]

    private let previous: (any StoredImage)?
    private let maker: LayerMaker
    private let tasks: LayerTasks
    /// The layers that were begun ahead of their turn, by what messages call them.
    private var begun: [String: LayerTask] = [:]
    /// The cache that takes layers at the same time; `nil` when there is none, or when it keeps them in another form.
    private let cache: (any CacheUpdate)?
    private let logger: Logger

    init(
        draft: ImageDraft,
        previous: (any StoredImage)?,
        maker: LayerMaker,
        tasks: LayerTasks,
        cache: (any CacheUpdate)?,
        logger: Logger
    ) {
        self.draft = draft
        self.previous = previous
        self.maker = maker
        self.tasks = tasks
        self.cache = cache
        self.logger = logger
    }

    /// A layer that has been added, and whether it came from the previous image.
    struct Addition {
        let content: LayerDigest
        let isReused: Bool
        /// Why it was archived or taken over.
        let reason: String
        let milliseconds: Int64

        var diffID: DiffID { DiffID(content.diffID) }
    }

    // MARK: Making layers ahead

    /// Begins to make a layer that will be added under this id, in the background.
    mutating func begin(_ content: LayerContent, id: String, previous: [String], isCached: Bool = false) {
        guard begun[id] == nil else { return }
        let task = makeTask(content, id: id, previous: previous, isCached: isCached)
        begun[id] = task
        tasks.submit(task)
    }

    private func makeTask(_ content: LayerContent, id: String, previous: [String], isCached: Bool) -> LayerTask {
        let staged = isCached ? cache?.beginLayer() : nil
        return LayerTask(id: id, staged: staged) { [maker, diffIDs = previous] () throws(ExportError) in
            try maker.make(content, id: id, previous: diffIDs, copyingTo: staged)
        }
    }

    // MARK: Adding layers in order

    /// Adds a directory with all that is below it, and says so.
    mutating func addDirectory(
        _ path: String,
        owner: EntryOwner,
        id: String,
        createdBy: String,
        previous previousDiffID: String,
        isCached: Bool = false
    ) throws(ExportError) -> DiffID {
        let addition = try addAndLog(
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
        try addAndLog(content, id: id, createdBy: createdBy, previous: previousDiffID, isCached: false).diffID
    }

    private mutating func addAndLog(
        _ content: LayerContent,
        id: String,
        createdBy: String,
        previous previousDiffID: String,
        isCached: Bool
    ) throws(ExportError) -> Addition {
        let addition = try add(content, id: id, createdBy: createdBy, previous: [previousDiffID], isCached: isCached)
        logger.info("\(addition.isReused ? "Reusing" : "Adding") layer '\(id)'")
        logger.debug("Layer '\(id)' SHA: \(addition.diffID)")
        log(addition, id: id)
        return addition
    }

    /// Says what became of a layer.
    func log(_ addition: Addition, id: String) {
        let kind: LayerOutcome.Kind = addition.isReused ? .reused : .rebuilt
        var outcome = LayerOutcome(layer: id, kind: kind, place: .image, reason: addition.reason)
        outcome.bytes = addition.content.size
        outcome.milliseconds = addition.milliseconds
        logger.log(outcome)
    }

    /// Adds a layer without a word: the one that was begun under its id, or else one that is made now.
    mutating func add(
        _ content: LayerContent,
        id: String,
        createdBy: String,
        previous previousDiffIDs: [String],
        isCached: Bool = false
    ) throws(ExportError) -> Addition {
        let task =
            begun.removeValue(forKey: id)
            ?? makeTask(content, id: id, previous: previousDiffIDs, isCached: isCached)
        let outcome: LayerTask.Outcome
        do {
            outcome = try task.outcome()
        } catch {
            if let staged = task.staged { cache?.discard(staged) }
            throw error
        }
        if let layer = outcome.archived {
            if let staged = task.staged { cache?.keep(staged, as: layer.diffID) }
            draft.append(layer, createdBy: createdBy)
        } else {
            let bytes = LayerBytes(size: outcome.content.size) { [maker] sink throws(ArchiveError) in
                _ = try maker.engine.archive(content, compression: .none, to: sink)
            }
            _ = takeOver(DiffID(outcome.content.diffID), createdBy: createdBy, uncompressed: bytes)
        }
        return Addition(
            content: outcome.content,
            isReused: outcome.archived == nil,
            reason: outcome.reason,
            milliseconds: outcome.milliseconds
        )
    }

    /// Adds a layer of the previous image whose content is not here.
    mutating func reuse(_ diffID: String, createdBy: String) throws(ExportError) {
        guard let parsed = try? DiffID(diffID), takeOver(parsed, createdBy: createdBy) else {
            throw ExportError("the previous image has no layer with diff ID '\(diffID)'")
        }
    }

    private mutating func takeOver(_ diffID: DiffID, createdBy: String, uncompressed: LayerBytes? = nil) -> Bool {
        guard let previous, let descriptor = previous.layer(diffID) else { return false }
        draft.append(
            ImageLayer(descriptor: descriptor, diffID: diffID, source: previous, uncompressed: uncompressed),
            createdBy: createdBy
        )
        return true
    }
}
