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

@Suite("The line for each layer")
struct LayerOutcomeTests {
    private let fixture: CacheFixture

    init() throws { fixture = try CacheFixture() }

    /// No record, and one for each combination of types.
    private static let records: [LayerRecord?] =
        [nil]
        + (0..<8).map { bits in
            LayerRecord(diffID: "", build: bits & 1 != 0, launch: bits & 2 != 0, cache: bits & 4 != 0)
        }

    /// The lines about layers, by layer.
    private func lines(_ logger: Logger) -> [String: [String]] {
        let lines = logger.messages.filter { $0.hasPrefix("Layer '") }
        return Dictionary(grouping: lines) { String($0.split(separator: "'")[1]) }
    }

    @Test("whatever app image and cache say of it, a layer has one line", arguments: ["0.8", "0.15"])
    func oneLine(api: String) throws {
        var inApp: [String: LayerRecord] = [:]
        var inCache: [String: LayerRecord] = [:]
        let update = try fixture.open().beginUpdate()
        for (app, appRecord) in Self.records.enumerated() {
            for (cache, cacheRecord) in Self.records.enumerated() where appRecord != nil || cacheRecord != nil {
                let name = "\(app)-\(cache)"
                let diffID = try update.add(try fixture.makeLayer(name, name), knownAs: nil, with: fixture.engine)
                inApp[name] = appRecord
                inApp[name]?.diffID = RecordedDiffID(diffID)
                inCache[name] = cacheRecord
                inCache[name]?.diffID = RecordedDiffID(diffID)
            }
        }
        try update.commit(
            CacheMetadata(buildpacks: [BuildpackLayers(id: "acme/one", version: "1.0.0", layers: inCache)])
        )
        try FileSystem.removeTree(fixture.layersDir)
        var previous = LifecycleMetadataLabel()
        previous.buildpacks = [BuildpackLayers(id: "acme/one", version: "1.0.0", layers: inApp)]
        let logger = Logger.collecting(level: .info, format: .json)
        let inputs = RestoreInputs(
            platformAPI: try PlatformAPI(api),
            layersDir: fixture.layersDir,
            buildpacks: [GroupElement(id: "acme/one", version: "1.0.0", api: "0.10")],
            previousLayers: previous,
            skipLayers: false
        )
        try RestorePhase(inputs: inputs, cache: try fixture.open(), logger: logger).run()
        let lines = lines(logger)
        for name in Set(inApp.keys).union(inCache.keys).sorted() {
            let found = lines["acme/one:\(name)"] ?? []
            #expect(found.count == 1, "app \(inApp[name].description), cache \(inCache[name].description): \(found)")
            let line = found.first ?? ""
            #expect(line.hasSuffix(" ms") && line.contains(" bytes, "))
            #expect(FileSystem.exists("\(fixture.layerPath(name)).toml") == line.contains("' restored ("), "\(line)")
        }
    }

    @Test("it tells why a buildpack takes no part")
    func absentBuildpacks() throws {
        func descriptor(_ id: String, _ more: String) -> String {
            "api = \"0.12\"\n[buildpack]\nid = \"acme/\(id)\"\nversion = \"1.0.0\"\n\(more)\n"
        }
        try fixture.directory.write("cnb/acme_idle/1/buildpack.toml", descriptor("idle", ""))
        try fixture.directory.write("cnb/acme_test/1/buildpack.toml", descriptor("test", "exec-env = [\"test\"]"))
        var previous = LifecycleMetadataLabel()
        previous.buildpacks = ["idle", "test", "gone"].map {
            BuildpackLayers(id: "acme/\($0)", version: "1", layers: ["l": LayerRecord(diffID: "x", launch: true)])
        }
        let expected = [
            "acme/idle:l": "its buildpack was not detected",
            "acme/test:l": "its buildpack is for another execution environment than production",
            "acme/gone:l": "its buildpack is not in the builder",
        ]
        for (directory, reasons) in [
            (fixture.directory.path("cnb"), expected),
            (fixture.directory.path("none"), expected.mapValues { _ in "its buildpack is not in the group" }),
        ] {
            let logger = Logger.collecting()
            var platform = ResolvedInputs(completed: PlatformInputs())
            platform.buildpacksDir = directory
            let inputs = RestoreInputs(
                platformAPI: try PlatformAPI("0.15"),
                layersDir: fixture.layersDir,
                buildpacks: [],
                previousLayers: previous,
                skipLayers: false,
                absentBuildpacks: AbsentBuildpacks(platform, try PlatformAPI("0.15"))
            )
            try RestorePhase(inputs: inputs, cache: nil, logger: logger).run()
            let found = lines(logger).mapValues { $0.joined() }
            #expect(
                found
                    == Dictionary(
                        uniqueKeysWithValues: reasons.map { layer, reason in
                            (layer, "Layer '\(layer)' dropped (build): \(reason); 0 bytes, 0 ms")
                        }
                    )
            )
        }
    }
}

extension LayerRecord? {
    fileprivate var description: String {
        map { "build=\($0.build) launch=\($0.launch) cache=\($0.cache)" } ?? "none"
    }
}
