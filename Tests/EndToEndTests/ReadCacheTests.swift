import POSIX
import TestSupport
import Testing

@Suite(
    "Restoring from further caches",
    .enabled(if: ReleaseBinaries.canBuild, "\(ReleaseBinaries.comment)"),
    .enabled(if: Conditions.commandExists("docker-registry") && Conditions.commandExists("skopeo"), "needs a registry")
)
struct ReadCacheTests {
    private let registry: RegistryServer
    private let directory: TemporaryDirectory
    /// A build on a fresh machine, whose own cache is empty.
    private var build: PhaseByPhaseBuild

    private var cacheImage: String { "\(registry.host)/cache" }

    /// Builds with a cache image, as the main branch's builds do.
    init() throws {
        registry = try RegistryServer()
        directory = try TemporaryDirectory()
        try PhaseByPhaseBuild.pushRunImage(to: registry)
        let cacheDir = try directory.makeDirectory("own")
        build = try PhaseByPhaseBuild(registry: registry, cacheDir: cacheDir, name: "app")
        build.environment["CNB_LOG_LEVEL"] = "debug"
        build.cacheFlags = ["-cache-image", cacheImage]
        try build.build()
        build.cacheFlags = ["-cache-dir", cacheDir]
        build.environment["CNB_CACHE_FROM"] = cacheImage
    }

    /// Restores into an empty layers directory.
    private func restore() throws -> (layers: [String], output: String) {
        try build.startContainer()
        _ = try build.analyze()
        let result = try build.restore()
        #expect(result.status == .exited(0))
        return (try build.restoredLayers(), result.output + result.errors)
    }

    @Test(
        "a fresh machine has all layers of a cache image, with or without a cache of its own",
        arguments: [true, false]
    )
    func image(hasOwnCache: Bool) throws {
        var test = self
        if !hasOwnCache { test.build.cacheFlags = [] }
        let restored = try test.restore()
        #expect(restored.layers == PhaseByPhaseBuild.layerNames)
        #expect(restored.output.contains("found in cache \(cacheImage); "))
        guard hasOwnCache else { return }
        // The next build's own cache has everything.
        try build.build()
        var alone = self
        alone.build.environment["CNB_CACHE_FROM"] = ""
        #expect(try alone.restore().layers == PhaseByPhaseBuild.layerNames)
        let image = try runCommand(["skopeo", "inspect", "--tls-verify=false", "docker://\(cacheImage)"])
        #expect(image.status == .exited(0), "a cache that is only read stays")
    }

    @Test("the first cache that has a layer wins, directory or image")
    func order() throws {
        let directory = try self.directory.makeDirectory("branch")
        var branch = self
        branch.build.cacheFlags = ["-cache-dir", directory]
        try branch.build.build()
        for (caches, winner) in [([directory, cacheImage], directory), ([cacheImage, directory], cacheImage)] {
            var test = self
            test.build.environment["CNB_CACHE_FROM"] = caches.joined(separator: ",")
            let restored = try test.restore()
            #expect(restored.layers == PhaseByPhaseBuild.layerNames)
            let lines = restored.output.split(separator: "\n").filter {
                $0.contains("restored (build): found in cache")
            }
            #expect(lines.count == PhaseByPhaseBuild.layerNames.count)
            #expect(lines.allSatisfy { $0.contains("found in cache \(winner); ") }, "\(lines)")
        }
    }

    enum Loss: CaseIterable { case removed, altered }

    @Test(
        "a registry that has lost or altered blobs: warnings, misses, and the next cache helps",
        arguments: Loss.allCases
    )
    func lostBlobs(loss: Loss) throws {
        let whole = try directory.makeDirectory("whole")
        var other = self
        other.build.cacheFlags = ["-cache-dir", whole]
        try other.build.build()
        for blob in try blobs(of: cacheImage) {
            let hex = blob.dropFirst("sha256:".count)
            let path = Path.join(registry.storagePath, "docker/registry/v2/blobs/sha256/\(hex.prefix(2))/\(hex)/data")
            if loss == .altered {
                var bytes = try FileSystem.readFile(path)
                bytes[bytes.count / 2] ^= 0x55
                try FileSystem.writeFile(path, bytes)
            } else {
                try FileSystem.removeFile(path)
            }
        }
        let restored = try restore()
        #expect(restored.layers == [])
        let warnings = restored.output.split(separator: "\n").filter { $0.hasPrefix("Warning: ") }
        if loss == .altered {
            for name in PhaseByPhaseBuild.layerNames {
                #expect(warnings.contains { $0.hasPrefix("Warning: Skipping restore for layer test/one:\(name): ") })
            }
        } else {
            #expect(warnings.contains("Warning: Ignoring cache image \"\(cacheImage)\" because it was corrupt"))
        }
        var helped = self
        helped.build.environment["CNB_CACHE_FROM"] = "\(cacheImage),\(whole)"
        #expect(try helped.restore().layers == PhaseByPhaseBuild.layerNames)
    }

    @Test("a cache image that can't be read is a warning that names it", arguments: ["127.0.0.1:1/cache", "run"])
    func unreadable(name: String) throws {
        var test = self
        let name = name == "run" ? "\(registry.host)/run" : name
        test.build.environment["CNB_CACHE_FROM"] = name
        let restored = try test.restore()
        #expect(restored.layers == [])
        #expect(restored.output.split(separator: "\n").contains { $0.hasPrefix("Warning: ") && $0.contains(name) })
        try test.build.build()
    }

    @Test("layers that app image and cache image share are not archived and sent twice")
    func sharedLayers() throws {
        let mounts = registry.log.split(separator: "\n").filter {
            $0.contains("POST /v2/cache/blobs/uploads/") && $0.contains("from=app") && $0.contains("mount=")
        }
        #expect(mounts.count >= PhaseByPhaseBuild.layerNames.count, "\(registry.log)")
        #expect(try Set(blobs(of: cacheImage)).isSubset(of: Set(blobs(of: "\(registry.host)/app"))))
        #expect(try restore().layers == PhaseByPhaseBuild.layerNames)
    }

    /// The layers' digests.
    private func blobs(of image: String) throws -> [String] {
        let read = try runCommand([
            "skopeo", "inspect", "--tls-verify=false", "--format", "{{range .Layers}}{{.}} {{end}}",
            "docker://\(image)",
        ])
        try #require(read.status == .exited(0), "\(read.errors)")
        return read.output.split(whereSeparator: \.isWhitespace).map(String.init)
    }
}
