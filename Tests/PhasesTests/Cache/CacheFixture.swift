import Archive
import Console
import LayerCaches
import OCI
import POSIX
import Phases
import PlatformModel
import TestSupport

/// A cache directory, a layers directory, and what is needed to move layers between them.
final class CacheFixture {
    let directory: TemporaryDirectory
    let logger = Logger.collecting()
    let engine = LayerEngine(pool: CompressionPool(threads: 0))

    var cacheDir: String { directory.path("cache") }
    var layersDir: String { directory.path("layers") }

    init() throws {
        directory = try TemporaryDirectory()
        try directory.makeDirectory("cache")
        try directory.makeDirectory("layers")
    }

    func open() throws(CacheError) -> VolumeCache {
        try VolumeCache(cacheDir, logger: logger, patience: 0)
    }

    /// Makes a layer with one file.
    func makeLayer(_ name: String, _ contents: String) throws -> LayerContent {
        try directory.write("layers/acme_one/\(name)/file", contents)
        return .directory(layerPath(name), owner: EntryOwner(uid: 1000, gid: 1000))
    }

    func layerPath(_ name: String) -> String { Path.join(layersDir, "acme_one", name) }

    func tarPath(_ diffID: DiffID) -> String { Path.join(cacheDir, "committed", "\(diffID).tar") }

    /// Commits a version of a cache with the given layers, by name and contents.
    @discardableResult
    func commit(_ layers: KeyValuePairs<String, String>, to cache: any LayerCache) throws -> [DiffID] {
        let update = try cache.beginUpdate()
        var record = BuildpackLayers(id: "acme/one", version: "1.0.0")
        var diffIDs: [DiffID] = []
        for (name, contents) in layers {
            let diffID = try update.add(try makeLayer(name, contents), knownAs: nil, with: engine)
            record.layers[name] = LayerRecord(diffID: RecordedDiffID(diffID), cache: true)
            diffIDs.append(diffID)
        }
        try update.commit(CacheMetadata(buildpacks: [record]))
        return diffIDs
    }

    /// Empties the layers directory, extracts a layer, and reads its file.
    func extract(_ diffID: DiffID, _ name: String, from cache: any LayerCache) throws -> String {
        try FileSystem.removeTree(layersDir)
        try directory.makeDirectory("layers")
        _ = try cache.extract(diffID, into: .layer(layerPath(name)), with: LayerExtractor())
        return try FileSystem.readText(Path.join(layerPath(name), "file"))
    }
}
