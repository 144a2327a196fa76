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

@Suite("Modification times from build to build")
struct ModificationTimesTests {
    private let fixture: ExportFixture
    private let cacheDir: String

    init() throws {
        fixture = try ExportFixture(platformAPI: "0.15")
        cacheDir = try fixture.directory.makeDirectory("cache")
    }

    private var file: String { Path.join(fixture.layersDir, "acme_one/tool/file") }
    private let past = FileTime(seconds: 1_000_000_000, nanoseconds: 123_456_789)

    private func open() throws -> VolumeCache { try VolumeCache(cacheDir, logger: fixture.logger) }

    /// Exports a layer that is for the cache only, with a file from the past.
    private func export(keepingTimes: Bool) throws {
        fixture.inputs.platform.cacheModificationTimes = keepingTimes ? "keep" : ""
        try fixture.export(cache: try open())
    }

    private func writeLayer() throws {
        try fixture.writeLayer("tool", types: "cache = true")
        try fixture.directory.write("layers/acme_one/tool/dir/other", "text")
        let result = try runCommand(["touch", "-d", "@1000000000.123456789", file])
        try #require(result.status == .exited(0))
        #expect(try FileSystem.status(file).mtime == past)
    }

    /// Starts the next build, with the layer as the restorer leaves it and the buildpack lets it be.
    private func restore() throws -> [String] {
        try fixture.startNextBuild()
        let logger = Logger.collecting()
        let inputs = RestoreInputs(
            platformAPI: fixture.inputs.platformAPI,
            layersDir: fixture.layersDir,
            buildpacks: fixture.inputs.group.buildpacks,
            previousLayers: fixture.inputs.analysis.layers,
            skipLayers: false,
            keepsTimes: true
        )
        try RestorePhase(inputs: inputs, cache: try open(), logger: logger).run()
        try fixture.directory.write("layers/acme_one/tool.toml", "[types]\ncache = true\n")
        return logger.messages.filter { $0.hasPrefix("Layer '") }
    }

    @Test("a layer for the cache only comes back with its times, and its tar is taken over as it is")
    func roundTrip() throws {
        try writeLayer()
        try export(keepingTimes: true)
        for _ in 1...2 {
            let lines = try restore()
            #expect(lines.contains { $0.contains("restored (build): found in cache \(cacheDir); ") })
            #expect(try FileSystem.status(file).mtime == past)
            try export(keepingTimes: true)
        }
        #expect(fixture.logger.messages.filter { $0 == "Reusing cache layer 'acme/one:tool'" }.count == 2)
    }

    @Test("an older cache has no times to give back: files are new, and a line says why")
    func olderCache() throws {
        try writeLayer()
        try export(keepingTimes: false)
        let start = Clock.now.seconds
        let lines = try restore()
        #expect(lines.contains { $0.contains("\(cacheDir), which has not kept its modification times; ") })
        for path in [file, Path.directory(file), Path.join(Path.directory(file), "dir/other")] {
            #expect(try FileSystem.status(path).mtime.seconds >= start - 1)
        }
        // From now on the cache has them.
        try export(keepingTimes: true)
        let time = try FileSystem.status(file).mtime
        _ = try restore()
        #expect(try FileSystem.status(file).mtime == time)
    }
}
