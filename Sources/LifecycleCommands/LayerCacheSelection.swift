import Phases
import PlatformModel

extension CommandContext {
    /// Opens the cache that the inputs name.
    ///
    /// - Parameter stores: Where cache images are.
    /// - Returns: The cache; `nil` when there is none.
    /// - Throws: A `PhaseError` of kind `failed` when the cache can't be opened.
    func layerCache(_ stores: PhaseStores) throws(PhaseError) -> (any LayerCache)? {
        if !inputs.cacheImage.isEmpty {
            do {
                return try ImageCache(inputs.cacheImage, in: stores.registry, logger: logger)
            } catch {
                throw PhaseError(.failed, failedTo: "create image cache", error)
            }
        }
        guard !inputs.cacheDir.isEmpty else { return nil }
        do {
            return try VolumeCache(inputs.cacheDir, logger: logger)
        } catch {
            throw PhaseError(.failed, failedTo: "create volume cache", error)
        }
    }
}
