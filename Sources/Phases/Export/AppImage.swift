import Archive
import Console
import LayerCaches
import OCI
import POSIX
import PlatformModel

/// The app image while it grows: layers are archived into the destination or taken over from the previous image.
struct AppImage {
    /// The image so far.
    var draft: ImageDraft
    /// The diff ids of directories that were archived, which the cache need not compute again.
    private(set) var archivedDirectories: [String: LayerDigest] = [:]

    private let previous: (any StoredImage)?
    private let maker: LayerMaker
    private let tasks: LayerTasks
    /// The layers that were begun ahead of their turn, by their ids.
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

    /// Begins to make layers that will be added, in the background.
    mutating func begin(_ layers: [PlannedLayer]) {
        for layer in layers where begun[layer.id] == nil {
            let task = makeTask(layer)
            begun[layer.id] = task
            tasks.submit(task)
        }
    }

    private func makeTask(_ layer: PlannedLayer) -> LayerTask {
        let staged = layer.isCached ? cache?.beginLayer() : nil
        return LayerTask(id: layer.id, staged: staged) { [maker] () throws(ExportError) in
            try maker.make(layer, copyingTo: staged)
        }
    }

    // MARK: Adding layers in order

    /// Adds a layer, and says so.
    mutating func addAndReport(_ layer: PlannedLayer) throws(ExportError) -> DiffID {
        let addition = try add(layer)
        logger.info("\(addition.isReused ? "Reusing" : "Adding") layer '\(layer.id)'")
        logger.debug("Layer '\(layer.id)' SHA: \(addition.diffID)")
        log(addition, of: layer)
        return addition.diffID
    }

    /// Says what became of a layer.
    func log(_ addition: Addition, of layer: PlannedLayer) {
        let kind: LayerOutcome.Kind = addition.isReused ? .reused : .rebuilt
        var outcome = LayerOutcome(layer: layer.id, kind: kind, place: .image, reason: addition.reason)
        outcome.bytes = addition.content.size
        outcome.milliseconds = addition.milliseconds
        logger.log(outcome)
    }

    /// Adds a layer without a word; one that was not begun is made now.
    mutating func add(_ layer: PlannedLayer) throws(ExportError) -> Addition {
        let task = begun.removeValue(forKey: layer.id) ?? makeTask(layer)
        let outcome: LayerTask.Outcome
        do {
            outcome = try task.outcome()
        } catch {
            if let staged = task.staged { cache?.discard(staged) }
            throw error
        }
        if let archived = outcome.archived {
            if let staged = task.staged { cache?.keep(staged, as: archived.diffID) }
            draft.append(archived, createdBy: layer.createdBy)
        } else {
            let bytes = LayerBytes(size: outcome.content.size) { [maker] sink throws(ArchiveError) in
                _ = try maker.engine.archive(layer.content, compression: .none, to: sink)
            }
            _ = takeOver(DiffID(outcome.content.diffID), createdBy: layer.createdBy, uncompressed: bytes)
        }
        if let directory = layer.directory { archivedDirectories[directory] = outcome.content }
        return Addition(
            content: outcome.content,
            isReused: outcome.archived == nil,
            reason: outcome.reason,
            milliseconds: outcome.milliseconds
        )
    }

    /// Adds a layer of the previous image whose content is not here.
    mutating func reuse(_ diffID: RecordedDiffID, createdBy: String) throws(ExportError) {
        guard let parsed = diffID.diffID, takeOver(parsed, createdBy: createdBy) else {
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
