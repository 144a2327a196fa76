import JSON
import POSIX
import TestSupport
import Testing

@Suite(
    "Building into a daemon",
    .serialized,
    .enabled(if: DaemonBuild.canRun, "\(ReleaseBinaries.comment); \(DockerDaemon.comment)")
)
struct DaemonBuildTests {
    @Test("the image has the layers and the config that a registry would get")
    func likeRegistry() throws {
        let build = try DaemonBuild("like-registry")
        let first = try build.create("-daemon", "-tag", "slipway.test/like-registry:second")
        try #require(first.status == .exited(0), "\(first.output)\(first.errors)")
        let shown = try build.inspect()
        let id = try #require(shown["Id"]?.stringValue).dropFirst("sha256:".count)
        #expect(first.output.contains("*** Images (\(id.prefix(12))):"))
        #expect(first.output.contains("*** Image ID: \(id)"))
        let report = try FileSystem.readText(build.directory.path("layers/report.toml"))
        #expect(report.contains("image-id = \"\(id)\""))
        #expect(!report.contains("digest ="))
        #expect(try build.inspect("slipway.test/like-registry:second")["Id"] == shown["Id"])
        let analyzed = try FileSystem.readText(build.directory.path("layers/analyzed.toml"))
        let runID = try #require(try build.inspect(DaemonBuild.runImage)["Id"]?.stringValue)
        #expect(analyzed.contains("reference = \"\(runID.dropFirst("sha256:".count))\""))

        guard Conditions.commandExists("docker-registry"), Conditions.commandExists("skopeo") else { return }
        let registry = try RegistryServer()
        let daemonHost = "unix://\(build.recorder.path)"
        try run([
            "skopeo", "copy", "--quiet", "--src-daemon-host", daemonHost, "--dest-tls-verify=false",
            "docker-daemon:\(DaemonBuild.runImage):latest", "docker://\(registry.host)/run",
        ])
        let second = try build.create(to: "\(registry.host)/app", runImage: "\(registry.host)/run")
        try #require(second.status == .exited(0), "\(second.output)\(second.errors)")
        let pushed = try JSONParser.parse(
            try run(["skopeo", "inspect", "--config", "--tls-verify=false", "docker://\(registry.host)/app"])
        )
        #expect(pushed["rootfs"]?["diff_ids"] == shown["RootFS"]?["Layers"])
        for key in ["Env", "Entrypoint", "WorkingDir", "User"] {
            #expect(pushed["config"]?[key] == shown["Config"]?[key], "\(key)")
        }
        for label in ["io.buildpacks.build.metadata", "io.buildpacks.project.metadata", "io.buildpacks.base.id"] {
            #expect(pushed["config"]?["Labels"]?[label] == shown["Config"]?["Labels"]?[label], "\(label)")
        }
    }

    @Test("a rebuild without change sends no layer and fetches none")
    func rebuild() throws {
        let build = try DaemonBuild("rebuild")
        try build.build()
        let layers = try build.layers()
        #expect(build.traffic(since: 0).loaded > 400_000)
        let start = build.recorder.requests.count
        let output = try build.build()
        #expect(output.contains("Reusing layer 'test/one:tool'"))
        #expect(output.contains("Reusing layers from image with id"))
        #expect(try build.layers() == layers)
        let traffic = build.traffic(since: start)
        #expect(traffic.loaded < 20_000)
        // The analyzer restores the SBOM of the layers that stay, which are in the image only.
        #expect(traffic.saved == 1)
    }

    @Test("with a launch cache nothing is fetched, also where layers change below those that stay")
    func launchCache() throws {
        let build = try DaemonBuild("launch-cache")
        try build.build("cached")
        let committed = build.directory.path("launch-cache/committed")
        let names = try FileSystem.list(committed).map(\.name).sorted()
        let layers = try build.layers().dropFirst()
        #expect(names == Set(layers).map { "\($0).tar" }.sorted())

        var start = build.recorder.requests.count
        try build.directory.write("workspace/greeting", "good morning\n")
        let output = try build.build("cached")
        #expect(output.contains("Adding layer 'test/one:greeting'"))
        #expect(output.contains("Reusing layer 'test/one:tool'"))
        #expect(build.traffic(since: start).saved == 0)
        let tool = try #require(try toolLayer(build))
        #expect(try build.layers().contains(tool))

        // An altered tar is a miss that is told of and mended.
        let path = "\(committed)/\(tool).tar"
        var bytes = try FileSystem.readFile(path)
        bytes[bytes.count / 2] ^= 1
        try FileSystem.writeFile(path, bytes)
        start = build.recorder.requests.count
        try build.directory.write("workspace/greeting", "good evening\n")
        let warned = try build.build("cached")
        #expect(warned.contains("Ignoring layer '\(tool)' of launch cache"))
        #expect(build.traffic(since: start).saved == 1)
        #expect(try build.layers().contains(tool))
        bytes[bytes.count / 2] ^= 1
        #expect(try FileSystem.readFile(path) == bytes)
    }

    @Test("phases that are called one by one make the image that the creator makes")
    func byPhases() throws {
        var build = try DaemonBuild("by-phases")
        try build.becomeNobody()
        try build.build("cached")
        let first = try build.inspect()["Id"]
        let start = build.recorder.requests.count
        let output = try build.buildByPhases()
        #expect(output.contains("Reusing layer 'test/one:tool'"))
        #expect(try build.inspect()["Id"] == first)
        #expect(build.traffic(since: start).loaded < 20_000)
        #expect(build.traffic(since: start).saved == 0, "the SBOM comes from the launch cache")
    }

    @Test("a full disk under the launch cache harms no build")
    func fullLaunchCache() throws {
        let build = try DaemonBuild("full-cache")
        let cache = build.directory.path("launch-cache")
        try run(["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", cache])
        defer { _ = try? runCommand(["umount", cache]) }
        let output = try build.build("cached")
        #expect(output.contains("Not keeping a layer in the launch cache"))
        let tool = try #require(try toolLayer(build))
        #expect(try build.layers().contains(tool))
    }

    @Test("without the cache, a layer that only the previous image has is fetched from there")
    func fetched() throws {
        let build = try DaemonBuild("fetched")
        try build.build()
        let tool = try #require(try toolLayer(build))
        try build.directory.write("workspace/greeting", "changed\n")
        try build.build()
        #expect(try build.layers().contains(tool))
    }

    @Test("a rebase changes the layers of the run image only")
    func rebase() throws {
        let build = try DaemonBuild("rebase")
        try build.build()
        let before = try build.layers()
        let newRunImage = "slipway.test/run:new"
        try DaemonBuild.makeRunImage(newRunImage, containing: "patched", in: try DockerDaemon.sharedDaemon())
        let report = build.directory.path("rebased.toml")
        let result = try build.phase(
            "rebaser",
            ["-daemon", "-force", "-run-image", newRunImage, "-report", report, build.image]
        )
        try #require(result.status == .exited(0), "\(result.output)\(result.errors)")
        let after = try build.layers()
        #expect(try after.first == build.layers(newRunImage).first)
        #expect(Array(after.dropFirst()) == Array(before.dropFirst()))
        let shown = try build.inspect()
        #expect(shown["Config"]?["Labels"]?["io.buildpacks.base.id"] == "7")
        let id = try #require(shown["Id"]?.stringValue).dropFirst("sha256:".count)
        #expect(try FileSystem.readText(report).contains("image-id = \"\(id)\""))
        let missing = try build.phase("rebaser", ["-daemon", "-run-image", "slipway.test/none", build.image])
        #expect(missing.status == .exited(1))
        #expect(missing.errors.contains("is not in the docker daemon"), "\(missing.errors)")
    }

    @Test("who may not talk to the daemon builds with the connection that root has opened")
    func unprivileged() throws {
        var build = try DaemonBuild("unprivileged")
        try build.becomeNobody()
        try FileSystem.chmod(Path.directory(build.recorder.path), 0o700)
        try build.build("cached")
        let output = try build.build("cached")
        #expect(output.contains("Reusing layer 'test/one:tool'"))
        let cached = try FileSystem.list(build.directory.path("launch-cache/committed"))
        #expect(!cached.isEmpty)
    }

    @Test("faults end with the codes of their phases, and say what to do")
    func faults() throws {
        var build = try DaemonBuild("faults")
        build.environment["CNB_EXPERIMENTAL_MODE"] = "quiet"
        let exclusive = try build.create("-daemon", "-layout", "-layout-dir", build.directory.path)
        #expect(exclusive.status == .exited(3))
        #expect(exclusive.errors.contains("-daemon and -layout exclude each other"))

        build.environment["DOCKER_HOST"] = "unix:///nowhere/docker.sock"
        let missing = try build.create("-daemon")
        #expect(missing.status == .exited(32))
        #expect(missing.errors.contains("cannot connect to the Docker daemon"), "\(missing.errors)")
        #expect(missing.errors.contains("mount the daemon's socket"))

        build.environment["DOCKER_HOST"] = "ssh://me@host"
        let refused = try build.create("-daemon")
        #expect(refused.status == .exited(1))
        #expect(refused.errors.contains("failed to initialize docker client"), "\(refused.errors)")
    }

    // MARK: -

    @discardableResult
    private func run(_ command: [String]) throws -> String {
        let result = try runCommand(command)
        try #require(result.status == .exited(0), "\(command): \(result.errors)")
        return result.output
    }

    /// The diff id of the layer that the buildpack only makes once.
    private func toolLayer(_ build: DaemonBuild) throws -> String? {
        let label = try build.inspect()["Config"]?["Labels"]?["io.buildpacks.lifecycle.metadata"]?.stringValue ?? ""
        return try JSONParser.parse(label)["buildpacks"]?[0]?["layers"]?["tool"]?["sha"]?.stringValue
    }
}
