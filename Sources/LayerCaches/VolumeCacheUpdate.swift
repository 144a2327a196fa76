import Archive
import OCI
import POSIX
import PlatformModel

/// A new version of a cache directory, in which layers that stay are hard links.
final class VolumeCacheUpdate: CacheUpdate {
    private let cache: VolumeCache
    private let lock: FileLock
    private var staged: Set<DiffID> = []
    private var begunCount = 0

    init(_ cache: VolumeCache, holding lock: consuming FileLock) {
        self.cache = cache
        self.lock = lock
    }

    func reuse(_ diffID: DiffID) throws(CacheError) {
        guard staged.insert(diffID).inserted else { return }
        do {
            try FileSystem.createHardLink(stagedPath(diffID), to: cache.committedPath(diffID))
        } catch {
            staged.remove(diffID)
            if error.errno == .noSuchFile { throw .missing(diffID: diffID) }
            throw .failed("reusing layer (\(diffID)): \(error)")
        }
    }

    func add(_ content: LayerContent, knownAs diffID: DiffID?, with engine: LayerEngine) throws(CacheError) -> DiffID {
        if let diffID, staged.contains(diffID) { return diffID }
        let temporaryPath = Path.join(cache.stagingDir, "new-\(staged.count)")
        do {
            let file = try CacheFile(writing: temporaryPath)
            let archived = try engine.archive(content, compression: cache.compression, to: file)
            let diffID = DiffID(archived.diffID)
            try FileSystem.rename(temporaryPath, to: stagedPath(diffID))
            staged.insert(diffID)
            return diffID
        } catch {
            try? FileSystem.removeFile(temporaryPath)
            throw .failed("caching layer: \(error)")
        }
    }

    func beginLayer() -> StagedLayer? {
        guard cache.compression == .none else { return nil }
        return StagedLayer(newPath())
    }

    /// A path in the staging directory for a tar whose digest is not known yet.
    func newPath() -> String {
        begunCount += 1
        return Path.join(cache.stagingDir, "begun-\(begunCount)")
    }

    /// Keeps a layer that was begun, now that its digest is known, unless bytes of it were lost.
    func keep(_ layer: StagedLayer, as diffID: DiffID) {
        guard !layer.hasFailed else { return discard(layer) }
        do {
            try keep(fileAt: layer.path, as: diffID)
        } catch {
            discard(layer)
        }
    }

    /// Keeps the tar of a layer that is at a path of ``newPath()``; one that is there already is not needed again.
    func keep(fileAt path: String, as diffID: DiffID) throws(CacheError) {
        do {
            guard !staged.contains(diffID) else { return try FileSystem.removeFile(path) }
            try FileSystem.rename(path, to: stagedPath(diffID))
            staged.insert(diffID)
        } catch {
            throw .failed("caching layer (\(diffID)): \(error)")
        }
    }

    /// Forgets a layer that was begun.
    func discard(_ layer: StagedLayer) { try? FileSystem.removeFile(layer.path) }

    func commit(_ metadata: CacheMetadata) throws(CacheError) {
        try CacheError.wrapping("setting cache metadata") {
            let path = Path.join(cache.stagingDir, CacheMetadata.name)
            try FileSystem.writeFile(path, "\(try metadata.json())\n", mode: 0o666)
        }
        try commitLayers()
    }

    /// Puts the new version in place of the old one without saying what its layers are.
    func commitLayers() throws(CacheError) { try cache.replaceCommitted(holding: lock) }

    private func stagedPath(_ diffID: DiffID) -> String {
        Path.join(cache.stagingDir, "\(diffID).tar")
    }
}
