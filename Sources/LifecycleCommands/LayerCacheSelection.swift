import Archive
import Console
import LayerCaches
import Phases
import PlatformModel

extension CommandContext<ResolvedInputs> {
    /// Opens the cache that the inputs name.
    ///
    /// - Parameter stores: Where cache images are.
    /// - Returns: The cache; `nil` when there is none.
    /// - Throws: A `PhaseError` of kind `failed` when the cache can't be opened.
    func layerCache(_ stores: PhaseStores) throws(PhaseError) -> (any LayerCache)? {
        let compression = try checkCacheOptions()
        if !inputs.cacheImage.isEmpty {
            return try wrapping(.failed, failedTo: "create image cache") {
                try ImageCache(inputs.cacheImage, in: stores.registry, logger: logger)
            }
        }
        guard !inputs.cacheDir.isEmpty else { return nil }
        return try wrapping(.failed, failedTo: "create volume cache") {
            try VolumeCache(inputs.cacheDir, logger: logger, compression: compression)
        }
    }

    /// Puts the launch cache that the inputs name before images in a daemon.
    ///
    /// - Parameters:
    ///   - stores: Where images are.
    ///   - kind: The kind of failure.
    /// - Returns: The stores to work with.
    /// - Throws: A `PhaseError` when the cache can't be opened.
    func addingLaunchCache(to stores: PhaseStores, failing kind: PhaseErrorKind) throws(PhaseError) -> PhaseStores {
        guard stores.kind == .daemon, !inputs.launchCacheDir.isEmpty else { return stores }
        return try wrapping(kind, failedTo: "create launch cache") {
            let cache = try VolumeCache(inputs.launchCacheDir, logger: logger)
            var stores = stores
            stores.images = LaunchCacheStore(stores.images, cache: cache, logger: logger)
            return stores
        }
    }

    /// Refuses malformed values, and warns of options that have no effect here.
    ///
    /// - Returns: How layers in a cache directory are compressed.
    private func checkCacheOptions() throws(PhaseError) -> LayerCompression {
        let times = inputs.cacheModificationTimes
        guard times.isEmpty || inputs.keepsCacheTimes else {
            let message = "CNB_CACHE_MTIME: expected \"keep\" or nothing, found \"\(times)\""
            throw PhaseError(.invalidArguments, failedTo: "resolve inputs", message)
        }
        let compression: LayerCompression =
            try wrapping(.invalidArguments, failedTo: "resolve inputs: CNB_CACHE_COMPRESSION") {
                inputs.cacheCompression.isEmpty ? .none : try LayerCompression(inputs.cacheCompression)
            }
        if compression != .none, !inputs.cacheImage.isEmpty {
            logger.warn("Ignoring CNB_CACHE_COMPRESSION, which is for cache directories: cache images have gzip always")
        }
        return compression
    }

    /// Opens the caches that are only read, in their order.
    ///
    /// One that can't be opened is left out with a warning: a cache never fails the build.
    ///
    /// - Parameter stores: Where cache images are.
    /// - Returns: The caches.
    func furtherCaches(_ stores: PhaseStores) -> [any LayerCache] {
        var caches: [any LayerCache] = []
        for name in inputs.cacheFrom where !name.isEmpty {
            guard !name.hasPrefix("/") else {
                caches.append(VolumeCache(reading: name, logger: logger))
                continue
            }
            guard !name.hasPrefix(".") else {
                logger.warn("Not restoring from cache \(name): the path of a directory has to be absolute")
                continue
            }
            do {
                caches.append(try ImageCache(name, in: stores.registry, logger: logger))
            } catch {
                logger.warn("Not restoring from cache \(name): \(error)")
            }
        }
        return caches
    }
}
