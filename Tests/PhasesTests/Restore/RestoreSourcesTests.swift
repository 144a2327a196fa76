import Archive
import BuildpackModel
import CNBCore
import Console
import LayerCaches
import OCI
import POSIX
import Phases
import PlatformModel
import TestSupport
import Testing

@Suite("Restoring from several caches")
struct RestoreSourcesTests {
    private let first: CacheFixture
    private let second: CacheFixture

    init() throws {
        first = try CacheFixture()
        second = try CacheFixture()
    }

    /// Fills a cache; names are absolute in layers, so both caches have those of the first one's directory.
    private func commit(_ layers: KeyValuePairs<String, String>, to fixture: CacheFixture) throws -> [DiffID] {
        let cache = try VolumeCache(fixture.cacheDir, logger: first.logger)
        return try first.commit(layers, to: cache)
    }

    private func restore(logger: Logger? = nil, skipLayers: Bool = false, withPrimary: Bool = true) throws {
        try FileSystem.removeTree(first.layersDir)
        let inputs = RestoreInputs(
            platformAPI: try PlatformAPI("0.15"),
            layersDir: first.layersDir,
            buildpacks: [GroupElement(id: "acme/one", version: "1.0.0", api: "0.10")],
            previousLayers: LifecycleMetadataLabel(),
            skipLayers: skipLayers
        )
        let restore = RestorePhase(
            inputs: inputs,
            cache: withPrimary ? try first.open() : nil,
            furtherCaches: [VolumeCache(reading: second.cacheDir, logger: first.logger)],
            logger: logger ?? first.logger
        )
        try restore.run()
    }

    private func contents(_ name: String) -> String? {
        try? FileSystem.readText(Path.join(first.layerPath(name), "file"))
    }

    @Test("each layer comes from the first cache that has it")
    func order() throws {
        _ = try commit(["a": "A1", "b": "B1"], to: first)
        _ = try commit(["b": "B2", "c": "C2"], to: second)
        try restore()
        #expect(["a", "b", "c"].map(contents) == ["A1", "B1", "C2"])
    }

    @Test("without a cache to write, the others are enough")
    func onlyFurtherCaches() throws {
        _ = try commit(["a": "A"], to: second)
        try restore(withPrimary: false)
        #expect(contents("a") == "A")
    }

    @Test("a damaged copy gives way to the next cache's, equal or not", arguments: ["A1", "A2"])
    func damage(contentsOfSecond: String) throws {
        let diffID = try commit(["a": "A1"], to: first)[0]
        _ = try commit(["a": contentsOfSecond], to: second)
        try FileSystem.writeFile(first.tarPath(diffID), "damaged")
        try restore()
        #expect(contents("a") == contentsOfSecond)
    }

    // MARK: SBOM

    /// Fills a cache with SBOM files for layers, by name and contents, as the exporter does.
    private func commitSBOM(_ files: KeyValuePairs<String, String>, to fixture: CacheFixture) throws {
        for (layer, text) in files {
            try first.directory.write("layers/sbom/cache/acme_one/\(layer)/sbom.cdx.json", text)
        }
        let update = try VolumeCache(fixture.cacheDir, logger: first.logger).beginUpdate()
        let content = LayerContent.directory(Path.join(first.layersDir, "sbom"), owner: .root)
        var record = BuildpackLayers(id: "acme/one", version: "1.0.0")
        for (layer, _) in files {
            let diffID = try update.add(try first.makeLayer(layer, layer), knownAs: nil, with: first.engine)
            record.layers[layer] = LayerRecord(diffID: RecordedDiffID(diffID), cache: true)
        }
        let sbom = try update.add(content, knownAs: nil, with: first.engine)
        try update.commit(CacheMetadata(sbom: RecordedDiffID(sbom), buildpacks: [record]))
        try FileSystem.removeTree(first.layersDir)
    }

    @Test("SBOM files come from all caches, and from the first that has one")
    func sbom() throws {
        try commitSBOM(["a": "A1"], to: first)
        try commitSBOM(["a": "A2", "c": "C2"], to: second)
        try restore()
        let texts = ["a", "c"].map { try? FileSystem.readText(first.layerPath($0) + ".sbom.cdx.json") }
        #expect(texts == ["A1", "C2"])
        #expect(!FileSystem.exists(Path.join(first.layersDir, "sbom")))
    }

    @Test("the SBOM of a damaged cache costs a warning, and another cache's takes its place")
    func damagedSBOM() throws {
        try commitSBOM(["a": "A1"], to: first)
        try commitSBOM(["a": "A2"], to: second)
        let sbom = try #require(try first.open().metadata().sbom.diffID)
        try FileSystem.writeFile(first.tarPath(sbom), "damaged")
        try restore()
        #expect(try FileSystem.readText(first.layerPath("a") + ".sbom.cdx.json") == "A2")
        #expect(first.logger.messages.contains { $0.hasPrefix("Failed to restore SBOM from cache: ") })
    }

    @Test("damaged metadata of a read cache is a warning that names the cache, and a miss")
    func damagedMetadata() throws {
        _ = try commit(["a": "A"], to: second)
        let path = Path.join(second.cacheDir, "committed", CacheMetadata.name)
        try FileSystem.writeFile(path, "{")
        try restore()
        #expect(contents("a") == nil)
        let warnings = first.logger.records.filter { $0.level == .warn }.map(\.message)
        #expect(warnings.count == 1)
        #expect(warnings.first?.hasPrefix("Ignoring the metadata of cache \(second.cacheDir), ") == true)
    }

    @Test("the exporter writes what only a read cache has")
    func exportAfterReading() throws {
        let fixture = try ExportFixture()
        let writable = try fixture.directory.makeDirectory("cache")
        let readable = try fixture.directory.makeDirectory("readable")
        try fixture.writeLayer("tool", types: "cache = true")
        try fixture.export(cache: try VolumeCache(readable, logger: fixture.logger))
        fixture.inputs.platform.cacheFrom = [readable]
        try fixture.export(cache: try VolumeCache(writable, logger: fixture.logger))
        let cache = try VolumeCache(writable, logger: fixture.logger)
        let record = try #require(try cache.metadata().buildpack("acme/one")?.layers["tool"])
        try cache.verify(try #require(record.diffID.diffID))
    }

    @Test("a line for each layer says where it came from, or why it is gone")
    func outcomes() throws {
        let diffID = try commit(["bad": "B", "good": "G"], to: first)[0]
        try FileSystem.writeFile(first.tarPath(diffID), "damaged")
        try restore()
        let lines = first.logger.records.filter { $0.message.hasPrefix("Layer '") }
        #expect(lines.allSatisfy { $0.level == .debug })
        let messages = lines.map(\.message).sorted()
        #expect(messages.count == 2)
        #expect(messages[0].hasPrefix("Layer 'acme/one:bad' dropped (build): bad checksum in the cache; 0 bytes, "))
        #expect(messages[1].hasPrefix("Layer 'acme/one:good' restored (build): found in cache \(first.cacheDir); "))
    }

    @Test("programs are told what became of layers at info level")
    func outcomesForPrograms() throws {
        _ = try commit(["a": "A"], to: first)
        let logger = Logger.collecting(level: .info, format: .json)
        try restore(logger: logger, skipLayers: true)
        #expect(
            logger.messages.contains(
                "Layer 'acme/one:a' dropped (build): the platform asked to skip layers; 0 bytes, 0 ms"
            )
        )
    }
}
