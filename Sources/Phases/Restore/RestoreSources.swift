import Archive
import Console
import LayerCaches
import OCI
import PlatformModel

/// The caches that a build restores from: the one that it will write, if there is one, and read-only ones after it.
struct RestoreSources: Sendable {
    /// A cache and what it says.
    private struct Source: Sendable {
        let cache: any LayerCache
        let metadata: CacheMetadata

        /// Whether the cache claims to have a layer.
        func names(_ diffID: RecordedDiffID) -> Bool {
            metadata.sbom == diffID
                || metadata.buildpacks.contains { $0.layers.values.contains { $0.cache && $0.diffID == diffID } }
        }
    }

    /// What all caches together say: of each layer, what the first cache says that has a usable copy.
    let metadata: CacheMetadata
    private let sources: [Source]
    private let logger: Logger

    /// Reads what the caches say.
    ///
    /// - Parameters:
    ///   - caches: In the order in which they are asked.
    ///   - previous: What the previous image says; a launch layer is only usable together with its metadata there.
    ///   - logger: Told about caches that can't be used.
    init(_ caches: [any LayerCache], previous: LifecycleMetadataLabel, logger: Logger) {
        let sources = caches.map {
            Source(cache: $0, metadata: Self.metadata(of: $0, amongMany: caches.count > 1, logger))
        }
        self.sources = sources
        self.logger = logger
        metadata = Self.merged(sources, previous)
        if caches.isEmpty { logger.debug("Usable cache not provided, using empty cache metadata") }
    }

    /// Whether there is any cache.
    var isEmpty: Bool { sources.isEmpty }

    private static func metadata(of cache: any LayerCache, amongMany: Bool, _ logger: Logger) -> CacheMetadata {
        if !cache.exists { logger.info("Layer cache not found\(amongMany ? ": \(cache.name)" : "")") }
        do {
            return try cache.metadata()
        } catch {
            logger.warn("Not using the cache \(cache.name): retrieving cache metadata: \(error)")
            return CacheMetadata()
        }
    }

    // MARK: Choosing

    private static func merged(_ sources: [Source], _ previous: LifecycleMetadataLabel) -> CacheMetadata {
        guard var result = sources.first?.metadata else { return CacheMetadata() }
        guard sources.count > 1 else { return result }
        result.sbom = sources.map(\.metadata.sbom).first { !$0.isNone } ?? .none
        for buildpack in sources.dropFirst().flatMap(\.metadata.buildpacks) where result.buildpack(buildpack.id) == nil
        {
            result.buildpacks.append(BuildpackLayers(id: buildpack.id, version: buildpack.version))
        }
        for index in result.buildpacks.indices {
            let id = result.buildpacks[index].id
            let names = Set(sources.flatMap { $0.metadata.buildpack(id)?.layers.keys.map { $0 } ?? [] })
            for name in names {
                let inApp = previous.buildpack(id)?.layers[name]
                result.buildpacks[index].layers[name] = choose(name, of: id, from: sources, inApp: inApp)
            }
        }
        return result
    }

    /// Chooses the record of a layer about which caches may disagree.
    private static func choose(
        _ name: String,
        of buildpack: String,
        from sources: [Source],
        inApp: LayerRecord?
    ) -> LayerRecord? {
        let records = sources.compactMap { source in
            (source.metadata.buildpack(buildpack)?.layers[name]).map { (cache: source.cache, record: $0) }
        }
        let candidates = records.filter { $0.record.cache }
        guard let first = candidates.first else { return records.first?.record }
        // Copies of the same layer replace each other when it is extracted, so one that exists is enough here.
        guard candidates.contains(where: { $0.record.diffID != first.record.diffID }) else { return first.record }
        let usable = candidates.first { cache, record in
            if let inApp, record.launch, inApp.diffID != record.diffID { return false }
            guard let diffID = record.diffID.diffID else { return false }
            return (try? cache.verify(diffID)) != nil
        }
        return (usable ?? first).record
    }

    // MARK: Extracting

    /// Extracts a layer from the first cache that has it undamaged.
    ///
    /// - Parameters:
    ///   - diffID: The digest of the layer's tar.
    ///   - path: The layer's directory.
    ///   - extractor: Does the work.
    /// - Returns: What was extracted, and from which cache.
    /// - Throws: What is wrong with the first copy, when no other is better.
    func extract(
        _ diffID: RecordedDiffID,
        to path: String,
        with extractor: LayerExtractor
    ) throws(CacheError) -> (report: ExtractionReport, cache: String) {
        guard let layer = diffID.diffID else { throw .invalidDiffID(diffID.text) }
        var failure: CacheError?
        for source in sources where source.names(diffID) {
            do {
                return (try source.cache.extract(layer, into: .layer(path), with: extractor), source.cache.name)
            } catch {
                logger.debug("Cannot use the copy in cache \(source.cache.name): \(error)")
                failure = failure ?? error
            }
        }
        throw failure ?? .missing(diffID: layer)
    }

    /// Extracts the SBOM files of all caches; those of earlier ones replace those of later ones.
    func extractSBOM(with restorer: SBOMRestorer) {
        for source in sources.reversed() where !source.metadata.sbom.isNone {
            restorer.extract(source.metadata.sbom, from: source.cache)
        }
    }
}
