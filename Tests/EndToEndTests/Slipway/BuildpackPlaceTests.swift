import JSON
import POSIX
import TestSupport
import Testing

@Suite(
    "Where slipway takes buildpacks from",
    .enabled(if: SlipwayPrograms.canBuild, "\(SlipwayPrograms.comment)"),
    .timeLimit(.minutes(15))
)
struct BuildpackPlaceTests {
    @Test("a directory, an archive of one, and packages as files: composite, in layers of their own and in one")
    func files() throws {
        let builder = try TestBuilder()
        let parts = try ["one", "two"].map { try builder.buildpack("test/\($0)", build: "echo \"part \($0)\"") }
        let whole = try builder.composite("test/all", of: ["test/one@1.0.0", "test/two@1.0.0"])
        let layout = try builder.smallBuilder([try builder.recorder()])
        let archive = builder.directory.path("one.tgz")
        _ = try runCommand(["tar", "-czf", archive, "-C", parts[0], "."])
        let both = ["test/one@1.0.0", "test/two@1.0.0"]
        let places = [
            (parts[0], ["test/one@1.0.0"]), (archive, ["test/one@1.0.0"]),
            (try builder.make("package", "all.cnb", [whole] + parts), both),
            (try builder.make("package", "flat.cnb", [whole] + parts, ["--flatten"]), both),
        ]
        let site = try SlipwaySite()
        for (place, expected) in places {
            try site.succeed(
                "build",
                "app",
                "-t",
                "app",
                "--builder",
                "oci:\(layout):builder",
                "--run-image",
                "oci:\(layout):run",
                "-b",
                place,
                "-b",
                "from=builder",
                "--metadata-file",
                "result.json"
            )
            let buildpacks = try site.metadata()["buildpacks"]?.texts
            #expect(buildpacks == expected + ["test/record@1.0.0"], "\(place)")
        }
    }

    @Test(
        "an image of a registry with a password, and the builder too; what is published is mounted, not pulled",
        .enabled(if: Conditions.commandExists("docker-registry"), "needs docker-registry"),
        arguments: SlipwayUser.all
    )
    func registry(user: SlipwayUser) throws {
        let registry = try RegistryServer(access: .basicAuthentication)
        let builder = try TestBuilder()
        let part = try builder.buildpack("test/one", build: "echo one")
        let layout = try builder.smallBuilder([try builder.recorder()], runImage: "\(registry.host)/run")
        let package = try builder.make("package", "package", [part])
        let other = try builder.make(
            "package",
            "other",
            [try builder.buildpack("test/two", version: "2.0.0", build: "echo two")]
        )
        for (source, name) in [
            ("\(layout):builder", "builder"), ("\(layout):run", "run"), (package, "package"), (other, "other"),
        ] {
            try push("oci:\(source)", to: "\(registry.host)/\(name)")
        }
        var site = try SlipwaySite(user)
        try writeIndex(of: "\(registry.host)/other@\(try digest("\(registry.host)/other"))", site)
        try site.directory.write("docker/config.json", Self.credentials(registry.host))
        let arguments = [
            "build", "app", "-t", "\(registry.host)/app:1", "-t", "\(registry.host)/app:2", "--builder",
            "\(registry.host)/builder", "-b", "docker://\(registry.host)/package", "-b", "from=builder", "-b",
            "test/two", "--buildpack-registry", "index", "-o", "registry", "--metadata-file", "result.json",
        ]
        let refused = try site.slipway(arguments)
        #expect(refused.status == .exited(1))
        #expect(refused.errors.contains(registry.host), "\(refused.errors)")

        site.environment["DOCKER_CONFIG"] = site.directory.path("docker")
        let built = try site.slipway(arguments)
        try #require(built.status == .exited(0), "\(built.errors)")
        let digests = try ["1", "2"].map { try digest("\(registry.host)/app:\($0)") }
        #expect(digests.map { "\(registry.host)/app@\($0)\n" } == [built.output, built.output])

        let buildpacks = try site.metadata()["buildpacks"]?.texts
        #expect(buildpacks == ["test/one@1.0.0", "test/record@1.0.0", "test/two@2.0.0"])

        let bottom = try bottomLayer("\(registry.host)/run")
        #expect(!registry.log.contains("GET /v2/run/blobs/\(bottom)"), "the run image's layer was pulled")
        #expect(!FileSystem.exists("\(site.store)/blobs/sha256/\(bottom.dropFirst(7))"))
        #expect(
            registry.log.contains("mount=\(bottom.replacing(":", with: "%3A"))")
                || registry.log.contains("mount=\(bottom)")
        )
    }

    /// An index of buildpacks, as in a git checkout of a registry: the highest version was withdrawn.
    private func writeIndex(of address: String, _ site: SlipwaySite) throws {
        let lines = [("2.0.0", false), ("3.0.0", true)].map { version, isYanked in
            """
            {"ns":"test","name":"two","version":"\(version)","yanked":\(isYanked),"addr":"\(address)"}

            """
        }
        try site.directory.write("index/3/tw/test_two", lines.joined())
    }

    private static func credentials(_ host: String) -> String {
        // «tester:secret» in base64.
        "{\"auths\":{\"\(host)\":{\"auth\":\"dGVzdGVyOnNlY3JldA==\"}}}"
    }

    private let access = "\(RegistryServer.userName):\(RegistryServer.password)"

    private func push(_ source: String, to target: String) throws {
        let pushed = try runCommand([
            "skopeo", "copy", "--quiet", "--dest-tls-verify=false", "--dest-creds", access, source,
            "docker://\(target)",
        ])
        try #require(pushed.status == .exited(0), "\(pushed.errors)")
    }

    private func digest(_ name: String) throws -> String {
        try inspect(name, "{{.Digest}}")
    }

    private func bottomLayer(_ name: String) throws -> String {
        try inspect(name, "{{index .Layers 0}}")
    }

    private func inspect(_ name: String, _ format: String) throws -> String {
        let read = try runCommand([
            "skopeo", "inspect", "--tls-verify=false", "--creds", access, "--format", format, "docker://\(name)",
        ])
        try #require(read.status == .exited(0), "\(read.errors)")
        return String(read.output.prefix { $0 != "\n" })
    }
}
