import Archive
import BuildpackModel
import CNBCore
import Console
import LayerCaches
import OCI
import POSIX
import Phases
import PlatformModel
import TOML
import TestSupport
import Testing

@Suite("Restore")
struct RestorePhaseTests {
    private let fixture: CacheFixture

    init() throws { fixture = try CacheFixture() }

    /// Restores; `app` is what the previous image says about the layers of `acme/one`.
    private func restore(
        app: [String: LayerRecord] = [:],
        store: StoreTOML? = nil,
        cache: (any LayerCache)? = nil,
        api: String = "0.15",
        skipLayers: Bool = false
    ) throws {
        var previous = LifecycleMetadataLabel()
        previous.buildpacks = [BuildpackLayers(id: "acme/one", version: "1.0.0", layers: app, store: store)]
        let inputs = RestoreInputs(
            platformAPI: try PlatformAPI(api),
            layersDir: fixture.layersDir,
            buildpacks: [GroupElement(id: "acme/one", version: "1.0.0", api: "0.10")],
            previousLayers: previous,
            skipLayers: skipLayers
        )
        try RestorePhase(inputs: inputs, cache: cache, logger: fixture.logger).run()
    }

    private var restored: [String] {
        get throws {
            let directory = Path.join(fixture.layersDir, "acme_one")
            guard FileSystem.exists(directory) else { return [] }
            return try FileSystem.list(directory).map(\.name)
        }
    }

    /// Fills the cache with layers of the given types, and empties the layers directory.
    private func makeCache(_ layers: [String: LayerRecord]) throws -> (VolumeCache, [String: LayerRecord]) {
        let update = try fixture.open().beginUpdate()
        var records = layers
        for name in layers.keys.sorted() {
            let diffID = try update.add(try fixture.makeLayer(name, name), knownAs: nil, with: fixture.engine)
            records[name]?.diffID = RecordedDiffID(diffID)
        }
        let buildpack = BuildpackLayers(id: "acme/one", version: "1.0.0", layers: records)
        try update.commit(CacheMetadata(buildpacks: [buildpack]))
        try FileSystem.removeTree(fixture.layersDir)
        return (try fixture.open(), records)
    }

    private static let recordsOfApp: [(record: LayerRecord, isRestored: Bool)] = [
        (LayerRecord(diffID: "x", launch: true), true),
        (LayerRecord(diffID: "x", build: true, launch: true), false),
        (LayerRecord(diffID: "x", launch: true, cache: true), false),
        (LayerRecord(diffID: "x", build: true), false),
    ]

    @Test(
        "layers of the app image that aren't cached get their metadata back if they are for launch only",
        arguments: Self.recordsOfApp
    )
    func withoutCache(record: LayerRecord, isRestored: Bool) throws {
        var record = record
        record.metadata = .table(["v": "1"])
        try restore(app: ["a": record])
        #expect(try restored == (isRestored ? ["a.toml"] : []))
        guard isRestored else { return }
        let text = try FileSystem.readText(fixture.layerPath("a") + ".toml")
        #expect(text == "[metadata]\n  v = \"1\"\n")
    }

    @Test("cached layers come back with their contents")
    func fromCache() throws {
        let (cache, records) = try makeCache([
            "tool": LayerRecord(diffID: "", build: true, cache: true),
            "both": LayerRecord(diffID: "", launch: true, cache: true),
        ])
        try restore(app: ["both": try #require(records["both"])], cache: cache)
        #expect(try restored == ["both", "both.toml", "tool", "tool.toml"])
        #expect(try FileSystem.readText(Path.join(fixture.layerPath("both"), "file")) == "both")
    }

    @Test("a layer whose metadata belongs to other contents is removed")
    func otherContents() throws {
        let (cache, records) = try makeCache(["both": LayerRecord(diffID: "", launch: true, cache: true)])
        var app = try #require(records["both"])
        app.diffID = RecordedDiffID(text: "sha256:\(String(repeating: "0", count: 64))")
        try restore(app: ["both": app], cache: cache)
        #expect(try restored == [])
        #expect(fixture.logger.messages.contains("Removing \"acme/one:both\", wrong sha"))
    }

    @Test(
        "a cached launch layer that the app image doesn't have is restored from Platform API 0.14 on",
        arguments: [
            ("0.13", false), ("0.14", true),
        ]
    )
    func launchLayerOfCache(api: String, isRestored: Bool) throws {
        let (cache, _) = try makeCache(["a": LayerRecord(diffID: "", launch: true, cache: true)])
        try restore(cache: cache, api: api)
        #expect(try restored == (isRestored ? ["a", "a.toml"] : []))
    }

    @Test("a damaged layer costs its contents, not the build")
    func damagedLayer() throws {
        let (cache, records) = try makeCache([
            "bad": LayerRecord(diffID: "", cache: true), "good": LayerRecord(diffID: "", cache: true),
        ])
        let diffID = try #require(records["bad"]?.diffID.diffID)
        try FileSystem.writeFile(fixture.tarPath(diffID), "damaged")
        try restore(cache: cache)
        #expect(try restored == ["bad.toml", "good", "good.toml"])
        let warnings = fixture.logger.records.filter { $0.level == .warn }.map(\.message)
        #expect(warnings.count == 1)
        #expect(warnings[0].hasPrefix("Skipping restore for layer acme/one:bad: expected layer contents to have SHA"))
    }

    @Test("names from labels and caches don't lead elsewhere", arguments: ["..", "../x", "/x", "a/b", "", "."])
    func hostileName(name: String) throws {
        let record = LayerRecord(diffID: "x", launch: true)
        try restore(app: [name: record])
        #expect(try restored == [])
        #expect(try FileSystem.list(fixture.directory.path).map(\.name) == ["cache", "layers"])
    }

    @Test("store.toml comes back, even if layers are skipped")
    func store() throws {
        let record = LayerRecord(diffID: "x", launch: true)
        try restore(app: ["a": record], store: StoreTOML(metadata: ["k": "v"]), skipLayers: true)
        #expect(try restored == ["store.toml"])
        let text = try FileSystem.readText(Path.join(fixture.layersDir, "acme_one", "store.toml"))
        #expect(text == "[metadata]\n  k = \"v\"\n")
    }

    @Test("SBOM files go beside the layers they are about, and only there")
    func sbom() throws {
        for file in [
            "cache/acme_one/a/sbom.cdx.json", "launch/acme_one/b/sbom.spdx.json", "launch/acme_two/c/sbom.cdx.json",
            "launch/sbom.legacy.json", "launch/acme_one/sbom.cdx.json", "cache/acme_one/a/other.txt",
        ] {
            try fixture.directory.write("layers/sbom/\(file)", file)
        }
        try fixture.directory.makeDirectory("layers/acme_one")
        try restore()
        #expect(try restored == ["a.sbom.cdx.json", "b.sbom.spdx.json"])
        #expect(try FileSystem.list(fixture.layersDir).map(\.name) == ["acme_one"])
    }

    @Test("nothing comes back of a build layer that is not cached, its SBOM included")
    func sbomOfBuildLayer() throws {
        for layer in ["build", "launch"] {
            try fixture.directory.write("layers/sbom/launch/acme_one/\(layer)/sbom.cdx.json", "")
        }
        try restore(app: [
            "build": LayerRecord(diffID: "x", build: true, launch: true),
            "launch": LayerRecord(diffID: "y", launch: true),
        ])
        #expect(try restored == ["launch.sbom.cdx.json", "launch.toml"])
    }
}
