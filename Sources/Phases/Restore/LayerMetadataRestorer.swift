import BuildpackModel
import CNBCore
import Console
import POSIX
import PlatformModel

/// A layer whose metadata was written, and the digest of the contents that belong to it.
typealias WrittenLayer = (layer: BuildpackLayerDir, diffID: RecordedDiffID)

/// What is in a buildpack's directory once metadata is restored.
struct RestoredMetadata {
    let directory: BuildpackLayersDir
    /// The digests of the layers whose metadata was written, by name.
    let diffIDs: [String: RecordedDiffID]

    init(directory: BuildpackLayersDir, _ written: [WrittenLayer]) {
        self.directory = directory
        diffIDs = Dictionary(written.map { ($0.layer.name, $0.diffID) }, uniquingKeysWith: { $1 })
    }
}

/// Writes `<layer>.toml` and store.toml as buildpacks find them at the start of a build.
///
/// Types are not restored: a buildpack decides anew what a layer is for. Which layers get their metadata back follows
/// the [table of layer types](https://github.com/buildpacks/spec/blob/main/buildpack.md#layer-types).
struct LayerMetadataRestorer {
    let inputs: RestoreInputs
    let cached: CacheMetadata
    let hasCache: Bool
    let logger: Logger

    /// Writes the files.
    ///
    /// - Returns: What is in each buildpack's directory now; nothing where layers are skipped.
    func run() throws(BuildpackModelError) -> [BuildpackID: RestoredMetadata] {
        for buildpack in inputs.buildpacks { try restoreStore(of: buildpack) }
        guard !inputs.skipLayers else {
            logger.info("Skipping buildpack layer analysis")
            for buildpack in inputs.buildpacks { logSkipped(buildpack.id) }
            return [:]
        }
        var restored: [BuildpackID: RestoredMetadata] = [:]
        for buildpack in inputs.buildpacks {
            // Also read to find faults now: a malformed store.toml would fail a later phase otherwise.
            let before = try BuildpackLayersDir(layersDir: inputs.layersDir, buildpack: buildpack)
            before.logItems(logger)
            let written = try restoreLayers(of: buildpack)
            restored[buildpack.id] = RestoredMetadata(directory: before.adding(written.map(\.layer)), written)
        }
        return restored
    }

    private func logSkipped(_ id: BuildpackID) {
        let inApp = inputs.previousLayers.buildpack(id)?.layers ?? [:]
        let inCache = cached.buildpack(id)?.layers ?? [:]
        for name in Set(inApp.keys).union(inCache.keys).sorted() {
            log("\(id):\(name)", .dropped, "the platform asked to skip layers")
        }
    }

    private func log(_ identifier: String, _ kind: LayerOutcome.Kind, _ reason: String) {
        logger.log(LayerOutcome(layer: identifier, kind: kind, place: .build, reason: reason))
    }

    private func restoreStore(of buildpack: GroupElement) throws(BuildpackModelError) {
        guard let store = inputs.previousLayers.buildpack(buildpack.id)?.store else { return }
        try TOMLFile.write(Path.join(inputs.layersDir, buildpack.directoryName, "store.toml"), store)
    }

    private func restoreLayers(of buildpack: GroupElement) throws(BuildpackModelError) -> [WrittenLayer] {
        let inApp = inputs.previousLayers.buildpack(buildpack.id)?.layers ?? [:]
        let inCache = cached.buildpack(buildpack.id)?.layers ?? [:]
        var written: [WrittenLayer] = []
        for (name, record) in inApp.sortedByName {
            let layer = self.layer(name, record, of: buildpack)
            if let reason = reasonAgainst(record, inCache: inCache[name]) {
                logger.debug("Not restoring metadata for \"\(layer.identifier)\", \(reason)")
                // Layers that come from the cache are reported with the cache's record, below.
                if inCache[name].map({ reasonAgainst($0, inApp: record) != nil }) ?? true {
                    log(layer.identifier, .dropped, record.cache && !hasCache ? "no cache given" : reason)
                }
                continue
            }
            logger.info("Restoring metadata for \"\(layer.identifier)\" from app image")
            guard try write(record, layer) else { continue }
            written.append((layer, record.diffID))
            if inCache[name]?.cache != true { log(layer.identifier, .restored, "metadata only, from the app image") }
        }
        for (name, record) in inCache.sortedByName {
            let layer = self.layer(name, record, of: buildpack)
            if let reason = reasonAgainst(record, inApp: inApp[name]) {
                logger.debug("Not restoring \"\(layer.identifier)\" from cache, \(reason)")
                if inApp[name] == nil { log(layer.identifier, .dropped, "\(reason), but not in the app image") }
                continue
            }
            logger.info("Restoring metadata for \"\(layer.identifier)\" from cache")
            if try write(record, layer) { written.append((layer, record.diffID)) }
        }
        return written
    }

    /// The layer as it is once its metadata is written.
    private func layer(_ name: String, _ record: LayerRecord, of buildpack: GroupElement) -> BuildpackLayerDir {
        let path = Path.join(inputs.layersDir, buildpack.directoryName, name)
        let restored = LayerRecord(diffID: .none, metadata: record.metadata)
        return BuildpackLayerDir(buildpackID: buildpack.id, name: name, path: path, record: .success(restored))
    }

    /// Why the metadata of a layer of the previous image is not restored; `nil` when it is.
    private func reasonAgainst(_ record: LayerRecord, inCache cached: LayerRecord?) -> String? {
        if !record.launch { return "marked as launch=false" }
        // A build layer's contents have to be there during the build; without the cache they can't be, so the buildpack
        // makes the layer anew.
        if record.build && !record.cache { return "marked as build=true, cache=false" }
        // Without the contents there is to be no metadata either: that tells the buildpack to make the layer anew.
        if record.cache, cached?.cache != true { return "marked as cache=true, but not found in cache" }
        return nil
    }

    /// Why the metadata of a cached layer is not restored; `nil` when it is.
    private func reasonAgainst(_ record: LayerRecord, inApp: LayerRecord?) -> String? {
        if !record.cache { return "marked as cache=false" }
        // The app image's metadata goes before the cache's.
        let isInApp = inApp != nil || !inputs.platformAPI.supports(.launchMetadataFromCache)
        if record.launch && isInApp { return "marked as launch=true" }
        return nil
    }

    /// Writes a layer's file, unless the name would lead somewhere else.
    private func write(_ record: LayerRecord, _ layer: BuildpackLayerDir) throws(BuildpackModelError) -> Bool {
        guard layer.hasValidName else {
            logger.warn("Ignoring layer \(layer.identifier), whose name is not valid")
            return false
        }
        logger.debug("Writing layer metadata for \"\(layer.identifier)\"")
        try TOMLFile.write(layer.metadataPath, LayerMetadata(metadata: record.metadata))
        return true
    }
}

extension [String: LayerRecord] {
    /// The layers by name, so that they are always treated in the same order.
    fileprivate var sortedByName: [(key: String, value: LayerRecord)] {
        sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
}
