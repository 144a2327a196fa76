import Archive
import BuildpackModel
import CNBCore
import Console
import LayerCaches
import OCI
import POSIX
import PlatformModel
import Synchronization

extension ExportPhase {
    /// Puts the cached layers of all buildpacks into the cache.
    ///
    /// A cache that can't be written is a warning: it never fails the build.
    ///
    /// - Parameters:
    ///   - cache: The cache.
    ///   - update: The new version of the cache that was begun, or why it could not be.
    ///   - known: What is known of layers, as they are in the image.
    ///   - cancellation: Ends the work early.
    func updateCache(
        _ cache: any LayerCache,
        _ update: Result<any CacheUpdate, CacheError>,
        knowing known: KnownLayers = KnownLayers(),
        cancellation: Cancellation? = nil
    ) {
        logger.timed("Cache") {
            do {
                try CacheExport(self, to: cache, update, knowing: known, cancellation: cancellation).run()
            } catch {
                logger.warn("Failed to export cache: \(error)")
            }
        }
    }
}

extension ExportPhase {
    /// The app image as it is in its registry by now, if that is also the registry of another image.
    fileprivate func appImage(inRegistryOf name: String) -> (any StoredImage)? {
        let platform = inputs.platform
        guard !platform.useDaemon, !platform.useLayout, let other = try? ImageReference(name),
            let app = try? ImageReference(platform.outputImage), app.registry == other.registry
        else { return nil }
        // If it can't be opened, the layers are archived once more.
        return (try? images.open(platform.outputImage, platform: nil)) ?? nil
    }
}

/// What the making of the image has found out about layers.
struct KnownLayers {
    /// The digests of directories that were archived, by path.
    var digests: [String: LayerDigest] = [:]
    /// What buildpacks left.
    var directories: [BuildpackLayersDir] = []
}

/// The writing of a new version of the cache.
private final class CacheExport {
    private let phase: ExportPhase
    private let cache: any LayerCache
    private let known: KnownLayers
    private let engine: LayerEngine
    /// How many bytes of tar the engine has made for the current layer.
    private let archivedBytes: ByteCount
    private let original: CacheMetadata
    private let update: any CacheUpdate

    init(
        _ phase: ExportPhase,
        to cache: any LayerCache,
        _ update: Result<any CacheUpdate, CacheError>,
        knowing known: KnownLayers,
        cancellation: Cancellation?
    ) throws(ExportError) {
        self.phase = phase
        self.cache = cache
        self.known = known
        let archivedBytes = ByteCount()
        self.archivedBytes = archivedBytes
        engine = LayerEngine(pool: CompressionPool(), cancellation: cancellation) { count in
            archivedBytes.add(count)
        }
        if !cache.exists { phase.logger.info("Layer cache not found") }
        original = try wrapping("metadata for previous cache") { try cache.metadata() }
        self.update = try wrapping { try update.get() }
        self.update.shareLayers { phase.appImage(inRegistryOf: cache.name) }
    }

    func run() throws(ExportError) {
        var metadata = CacheMetadata()
        for buildpack in phase.inputs.group.buildpacks {
            let directory = try layersDir(of: buildpack)
            directory.logItems(phase.logger)
            var layers = BuildpackLayers(of: buildpack)
            for layer in directory.cachedLayers {
                let previous = original.buildpack(buildpack.id)?.layers[layer.name]?.diffID
                layers.layers[layer.name] = record(of: layer, previous: previous)
            }
            metadata.buildpacks.append(layers)
        }
        if phase.platformAPI.supports(.sbomFiles) { metadata.sbom = try addSBOM() }
        try wrapping("committing cache") { try update.commit(metadata) }
        phase.logger.logDropped(
            original.buildpacks,
            keeping: metadata.buildpacks,
            from: .cache,
            absent: phase.absentBuildpacks
        )
    }

    private func layersDir(of buildpack: GroupElement) throws(ExportError) -> BuildpackLayersDir {
        if let directory = known.directories.first(where: { $0.buildpack.id == buildpack.id }) { return directory }
        return try wrapping("reading layers for buildpack '\(buildpack.id)'") {
            try BuildpackLayersDir(layersDir: phase.layersDir, buildpack: buildpack)
        }
    }

    /// Caches a layer; one that cannot be cached is left out with a warning.
    private func record(of layer: BuildpackLayerDir, previous: RecordedDiffID?) -> LayerRecord? {
        guard var record = layer.types else { return nil }
        guard layer.hasContents else {
            phase.logger.warn("Failed to cache layer '\(layer.identifier)' because it has no contents")
            return nil
        }
        do {
            let keepsTimes = phase.inputs.platform.keepsCacheTimes && !record.launch
            let diffID = try add(layer.path, id: layer.identifier, previous: previous, keepsTimes: keepsTimes)
            record.diffID = RecordedDiffID(diffID)
            return record
        } catch {
            phase.logger.warn("Failed to cache layer '\(layer.identifier)': \(error)")
            return nil
        }
    }

    private func addSBOM() throws(ExportError) -> RecordedDiffID {
        let kind = SBOMDirectory.cache
        guard let path = try kind.existingPath(below: phase.layersDir) else { return .none }
        kind.logFound(below: phase.layersDir, phase.logger)
        return RecordedDiffID(try add(path, id: kind.layerID, previous: original.sbom))
    }

    /// Caches a directory, without writing it where the old version of the cache has it.
    private func add(
        _ path: String,
        id: String,
        previous: RecordedDiffID?,
        keepsTimes: Bool = false
    ) throws(ExportError) -> DiffID {
        var content = LayerContent.directory(path, owner: phase.owner)
        content.keepsTimes = keepsTimes
        var digest = known.digests[path]
        let stopwatch = Stopwatch()
        var kind = LayerOutcome.Kind.rebuilt
        var reason = "not in the cache before"
        let diffID: DiffID
        do {
            if let previous = previous?.diffID {
                let current = try digest ?? engine.digest(content)
                digest = current
                if DiffID(current.diffID) == previous {
                    (kind, reason) = try reuse(previous, id: id)
                } else {
                    reason = "contents differ from the cache's"
                }
            }
            archivedBytes.reset()
            diffID = try update.add(content, knownAs: digest.map { DiffID($0.diffID) }, with: engine)
        } catch {
            throw ExportError("\(error)")
        }
        phase.logger.info("Adding cache layer '\(id)'")
        phase.logger.debug("Layer '\(id)' SHA: \(diffID)")
        var outcome = LayerOutcome(layer: id, kind: kind, place: .cache, reason: reason)
        outcome.bytes = digest?.size ?? archivedBytes.value
        outcome.milliseconds = stopwatch.milliseconds
        phase.logger.log(outcome)
        return diffID
    }

    /// Takes a layer over from the old version, unless it is damaged or missing there.
    private func reuse(_ diffID: DiffID, id: String) throws(CacheError) -> (LayerOutcome.Kind, reason: String) {
        do {
            try cache.verify(diffID)
        } catch {
            phase.logger.warn("Skipping reuse for layer \(id): \(error)")
            return (.rebuilt, error.summary)
        }
        phase.logger.info("Reusing cache layer '\(id)'")
        phase.logger.debug("Layer '\(id)' SHA: \(diffID)")
        do {
            try update.reuse(diffID)
        } catch CacheError.missing {
            let error = CacheError.missing(diffID: diffID)
            phase.logger.warn("Skipping re-use for layer \(id): \(error)")
            return (.rebuilt, error.summary)
        }
        return (.reused, "equal to the cache's")
    }
}

/// How many bytes the threads of an engine have made.
private final class ByteCount: Sendable {
    private let count = Atomic<Int64>(0)

    var value: Int64 { count.load(ordering: .relaxed) }

    func add(_ bytes: Int) { count.wrappingAdd(Int64(bytes), ordering: .relaxed) }

    func reset() { count.store(0, ordering: .relaxed) }
}
