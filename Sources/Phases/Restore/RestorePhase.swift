import Archive
public import BuildpackModel
public import CNBCore
public import Console
public import LayerCaches
import OCI
import POSIX
public import PlatformModel

/// What the restore phase needs to know.
public struct RestoreInputs: Sendable {
    /// The Platform API.
    public var platformAPI: PlatformAPI
    /// The layers directory.
    public var layersDir: String
    /// The buildpacks that take part in the build.
    public var buildpacks: [GroupElement]
    /// What the previous image says about its layers.
    public var previousLayers: LifecycleMetadataLabel
    /// Whether layers and their metadata are left alone.
    public var skipLayers: Bool
    /// Whether layers for the cache only get back the modification times that the cache has kept.
    public var keepsTimes: Bool
    /// Tells why buildpacks of earlier builds take no part.
    public var absentBuildpacks: AbsentBuildpacks

    public init(
        platformAPI: PlatformAPI,
        layersDir: String,
        buildpacks: [GroupElement],
        previousLayers: LifecycleMetadataLabel,
        skipLayers: Bool,
        keepsTimes: Bool = false,
        absentBuildpacks: AbsentBuildpacks = AbsentBuildpacks(buildpacksDir: "", execEnv: nil)
    ) {
        self.platformAPI = platformAPI
        self.layersDir = layersDir
        self.buildpacks = buildpacks
        self.previousLayers = previousLayers
        self.skipLayers = skipLayers
        self.keepsTimes = keepsTimes
        self.absentBuildpacks = absentBuildpacks
    }
}

/// Brings back what the buildpacks left in earlier builds: store.toml, metadata of layers, contents of cached layers.
public struct RestorePhase: Sendable {
    private let inputs: RestoreInputs
    private let caches: [any LayerCache]
    private let logger: Logger

    /// Makes the phase.
    ///
    /// - Parameters:
    ///   - inputs: What to restore.
    ///   - cache: Where cached layers are; `nil` when there is no cache.
    ///   - furtherCaches: Asked in order for what the cache lacks; they are only read.
    ///   - logger: Told what becomes of each layer.
    public init(
        inputs: RestoreInputs,
        cache: (any LayerCache)?,
        furtherCaches: [any LayerCache] = [],
        logger: Logger
    ) {
        self.inputs = inputs
        caches = (cache.map { [$0] } ?? []) + furtherCaches
        self.logger = logger
    }

    /// Restores everything.
    ///
    /// What is wrong with the cache never fails the build: such layers are left out, and made anew.
    ///
    /// - Throws: A ``PhaseError`` of kind `restore` when the layers directory can't be used.
    public func run() throws(PhaseError) {
        try logger.timed("Restorer") { () throws(PhaseError) in try restore() }
    }

    private func restore() throws(PhaseError) {
        let sources = RestoreSources(caches, previous: inputs.previousLayers, logger: logger)
        let cached = sources.metadata
        logger.debug("Restoring Layer Metadata")
        let metadata = LayerMetadataRestorer(
            inputs: inputs,
            cached: cached,
            hasCache: !sources.isEmpty,
            logger: logger
        )
        let restored = try wrapping(.restore, failedTo: "restore") { try metadata.run() }
        var jobs: [Job] = []
        for buildpack in inputs.buildpacks {
            jobs += try layersToExtract(of: buildpack, cached, restored[buildpack.id])
        }
        extract(jobs, from: sources)
        logUnknownBuildpacks(cached)
        guard inputs.platformAPI.supports(.sbomFiles) else { return }
        try restoreSBOM(cached, from: sources)
    }

    /// Logs the layers of earlier builds whose buildpacks take no part in this one.
    private func logUnknownBuildpacks(_ cached: CacheMetadata) {
        let group = Set(inputs.buildpacks.map(\.id.text))
        let ofApp = inputs.previousLayers.buildpacks.filter { !group.contains($0.id) }
        let ofCache = cached.buildpacks.filter { !group.contains($0.id) }.map { buildpack in
            var rest = buildpack
            let named = inputs.previousLayers.buildpack(buildpack.id)?.layers ?? [:]
            rest.layers = rest.layers.filter { named[$0.key] == nil }
            return rest
        }
        logger.logDropped(ofApp + ofCache, keeping: [], from: .build, absent: inputs.absentBuildpacks)
    }

    // MARK: Layers

    /// A cached layer whose contents are wanted.
    private struct Job: Sendable {
        let layer: BuildpackLayerDir
        let diffID: RecordedDiffID
        let keepsTimes: Bool
    }

    /// Chooses the layers of a buildpack whose metadata belongs to what is cached, and removes the others.
    private func layersToExtract(
        of buildpack: GroupElement,
        _ cached: CacheMetadata,
        _ restored: RestoredMetadata?
    ) throws(PhaseError) -> [Job] {
        let records = cached.buildpack(buildpack.id)?.layers ?? [:]
        logger.debug("Reading Buildpack Layers directory \(inputs.layersDir)")
        let directory = try wrapping(.restore, failedTo: "restore: reading buildpack layer directory") {
            try restored?.directory ?? BuildpackLayersDir(layersDir: inputs.layersDir, buildpack: buildpack)
        }
        directory.logItems(logger)
        var jobs: [Job] = []
        for layer in directory.layers {
            guard let record = records[layer.name], record.cache else { continue }
            let diffID = restored?.diffIDs[layer.name]
            if diffID == record.diffID {
                logger.info("Restoring data for \"\(layer.identifier)\" from cache")
                let keepsTimes = inputs.keepsTimes && !record.launch
                jobs.append(Job(layer: layer, diffID: record.diffID, keepsTimes: keepsTimes))
                continue
            }
            logger.info("Removing \"\(layer.identifier)\", wrong sha")
            logger.debug("Layer sha: \"\(diffID ?? .none)\", cache sha: \"\(record.diffID)\"")
            let reason = "metadata differs: it belongs to other contents than those in the cache"
            logger.log(LayerOutcome(layer: layer.identifier, kind: .dropped, place: .build, reason: reason))
            try wrapping(.restore, failedTo: "restore: removing layer") { try layer.remove() }
        }
        return jobs
    }

    private func extract(_ jobs: [Job], from sources: RestoreSources) {
        Threads.parallel(count: jobs.count) { index in
            let job = jobs[index]
            logger.debug("Retrieving data for \"\(job.diffID)\"")
            let stopwatch = Stopwatch()
            var outcome: LayerOutcome
            do throws(CacheError) {
                let (report, cache) = try sources.extract(
                    job.diffID,
                    to: job.layer.path,
                    with: LayerExtractor(restoresTimes: job.keepsTimes)
                )
                var reason = "found in cache \(cache)"
                if job.keepsTimes && !report.hasTimes { reason += ", which has not kept its modification times" }
                outcome = LayerOutcome(layer: job.layer.identifier, kind: .restored, place: .build, reason: reason)
                outcome.bytes = report.content.size
            } catch {
                logger.warn("Skipping restore for layer \(job.layer.identifier): \(error)")
                let reason = error.summary
                outcome = LayerOutcome(layer: job.layer.identifier, kind: .dropped, place: .build, reason: reason)
            }
            outcome.milliseconds = stopwatch.milliseconds
            logger.log(outcome)
        }
    }

    // MARK: SBOM

    private func restoreSBOM(_ cached: CacheMetadata, from sources: RestoreSources) throws(PhaseError) {
        let restorer = SBOMRestorer(layersDir: inputs.layersDir, logger: logger)
        if !cached.sbom.isNone {
            logger.info("Restoring data for SBOM from cache")
            if !inputs.skipLayers { sources.extractSBOM(with: restorer) }
        }
        guard !inputs.skipLayers else { return }
        try wrapping(.restore, failedTo: "restore: restoring data") {
            // A build layer that isn't cached has to be made again, so its metadata is removed as well.
            try restorer.distribute(to: inputs.buildpacks) { buildpack, layer in
                let record = inputs.previousLayers.buildpack(buildpack)?.layers[layer]
                return record.map { $0.build && !$0.cache } ?? false
            }
        }
    }
}
