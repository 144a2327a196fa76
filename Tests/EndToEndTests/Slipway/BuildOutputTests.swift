import JSON
import POSIX
import TestSupport
import Testing

@Suite(
    "Where slipway brings images to, and what it takes from build to build",
    .enabled(if: SlipwayPrograms.canBuild, "\(SlipwayPrograms.comment)"),
    .timeLimit(.minutes(15))
)
struct BuildOutputTests {
    @Test(
        "layout, archives and registry have the same image, as their own programs read them",
        .enabled(if: Conditions.commandExists("docker-registry"), "needs docker-registry")
    )
    func outputs() throws {
        let registry = try RegistryServer()
        let site = try SlipwaySite()
        try site.directory.write("app/index.html", "<p>everywhere")
        let name = "\(registry.host)/site:1"
        let reference = try site.succeed(
            "build",
            "app",
            "-t",
            name,
            "-o",
            "store",
            "-o",
            "oci:layout",
            "-o",
            "oci-archive:image.tar",
            "-o",
            "docker-archive:docker.tar",
            "-o",
            "registry"
        )
        let digest = reference.split(separator: "@").last.map(String.init) ?? ""
        for place in ["oci:layout", "oci-archive:image.tar", "docker://\(name)"] {
            #expect(try inspect(site, place, "{{.Digest}}") == digest, "\(place)")
        }
        // A docker archive has no manifest to give a digest of, and layers without compression: the config is the same.
        let config = try inspectConfig(site, "oci:layout")
        #expect(try inspectConfig(site, "docker-archive:docker.tar") == config)
        #expect(!config.isEmpty)

        try expectPage("<p>everywhere", in: "layout:\(try tag(of: "layout", site))", site)
    }

    @Test(
        "a Docker daemon has it, under all its names",
        .enabled(if: DockerDaemon.isAvailable, "\(DockerDaemon.comment)")
    )
    func daemon() throws {
        let daemon = try DockerDaemon.sharedDaemon()
        var site = try SlipwaySite(.current)
        site.environment["DOCKER_HOST"] = daemon.host
        try site.directory.write("app/index.html", "<p>docked")
        try site.succeed(
            "build",
            "app",
            "-t",
            "docked:1",
            "-t",
            "docked:2",
            "-o",
            "docker-daemon:",
            "-o",
            "docker-archive:file.tar"
        )
        let ids = try ["docked:1", "docked:2"].map { try daemon.docker("inspect", "--format", "{{.Id}}", $0).output }
        #expect(ids[0] == ids[1])
        #expect(ids[0].hasPrefix("sha256:"), "\(ids)")
        let loaded = try daemon.docker("load", "--quiet", "--input", site.directory.path("file.tar"))
        #expect(loaded.output.contains("docked:1"), "\(loaded.output)\(loaded.errors)")
        #expect(try daemon.docker("inspect", "--format", "{{.Id}}", "docked:1").output == ids[0])
    }

    @Test("a rebuild reuses layers and cache, and two at once both have the right image")
    func rebuilds() throws {
        let builder = try TestBuilder()
        let layout = try builder.smallBuilder([try builder.recorder()])
        let site = try SlipwaySite()
        try site.directory.write("app/file", "one")
        @Sendable func build(_ file: String) throws -> String {
            try site.succeed(
                "build",
                "app",
                "-t",
                "app",
                "--builder",
                "oci:\(layout):builder",
                "--run-image",
                "oci:\(layout):run",
                "--metadata-file",
                file,
                "--progress",
                "quiet"
            )
        }
        let first = try build("first.json")
        #expect(try build("second.json") == first)
        let result = try site.metadata("second.json")
        #expect(result["restored-layers"]?.texts == ["test/record:cached"])
        #expect(result["new-layers"]?.integerValue == 0)
        #expect(result["reused-layers"]?.integerValue ?? 0 > 3)

        try site.directory.write("app/file", "two")
        #expect(try build("third.json") != first)
        let third = try site.metadata("third.json")
        #expect(third["new-layers"]?.integerValue == 1, "only the app's layer is new")

        let built = Lock<[String]>([])
        Threads.parallel(count: 2, limit: 2) { index in
            let reference = (try? build("parallel-\(index).json")) ?? "failed"
            built.withLock { $0.append(reference) }
        }
        let references = built.withLock { $0 }
        #expect(Set(references).count == 1 && references[0].contains("app@sha256:"), "\(references)")
        #expect(site.lastingLeftovers() == [])
    }

    @Test("layers are those of the phases run by hand", .enabled(if: ReleaseBinaries.canBuild))
    func byHand() throws {
        let sandbox = try BuilderSandbox()
        try sandbox.makeRunImage()
        let site = try SlipwaySite(.current)
        for place in ["workspace", "app"] {
            let directory = place == "app" ? site.directory : sandbox.directory
            try directory.write("\(place)/index.html", "<p>by hand")
            try directory.write("\(place)/sub/script", "#!/bin/sh\n", mode: 0o755)
        }
        var hands = sandbox
        let builder = Users.isRoot ? 1000 : Users.userID
        hands.environment = ["CNB_USER_ID": "\(builder)", "CNB_GROUP_ID": "\(Users.isRoot ? 1000 : Users.groupID)"]
        if Users.isRoot {
            // What the platform does for the builder's user.
            for name in ["layers", "layout", "workspace"] {
                try FileSystem.changeOwnerOfTree(sandbox.directory.path(name), uid: 1000, gid: 1000)
            }
            try FileSystem.chmod(sandbox.directory.path, 0o755)
        }
        try hands.succeed("creator", "-layout", "-layout-dir", "/layout", "-run-image", "run", "app")
        try site.succeed(
            "build",
            "app",
            "-t",
            "app",
            "-o",
            "oci:image",
            "--uid",
            "\(builder)",
            "--gid",
            hands.environment["CNB_GROUP_ID"] ?? ""
        )
        let own = try diffIDs(site, "oci:\(site.directory.path("image"))")
        let expected = try diffIDs(site, "oci:\(sandbox.directory.path("layout/index.docker.io/library/app/latest"))")
        #expect(own.dropFirst() == expected.dropFirst(), "the layers above the run image's")
        #expect(own.count > 4)
    }

    // MARK: - Judges

    private func inspect(_ site: SlipwaySite, _ place: String, _ format: String) throws -> String {
        let read = try runCommand(
            ["skopeo", "inspect", "--tls-verify=false", "--format", format, place],
            in: site.directory.path
        )
        try #require(read.status == .exited(0), "\(place): \(read.errors)")
        return String(read.output.prefix { $0 != "\n" })
    }

    private func inspectConfig(_ site: SlipwaySite, _ place: String) throws -> String {
        let read = try runCommand(["skopeo", "inspect", "--config", "--raw", place], in: site.directory.path)
        try #require(read.status == .exited(0), "\(place): \(read.errors)")
        return read.output
    }

    private func diffIDs(_ site: SlipwaySite, _ place: String) throws -> [String] {
        let config = try JSONParser.parse(Array(try inspectConfig(site, place).utf8), source: place)
        return config["rootfs"]?["diff_ids"]?.texts ?? []
    }

    private func tag(of layout: String, _ site: SlipwaySite) throws -> String {
        let index = try JSONParser.parse(
            try FileSystem.readFile(site.directory.path("\(layout)/index.json")),
            source: layout
        )
        let name = index["manifests"]?.arrayValue?.first?["annotations"]?["org.opencontainers.image.ref.name"]
        return try #require(name?.stringValue)
    }

    private func expectPage(_ text: String, in image: String, _ site: SlipwaySite) throws {
        let rootless = Conditions.isRoot ? [] : ["--rootless"]
        let unpacked = try runCommand(
            ["umoci", "unpack"] + rootless + ["--image", image, "bundle"],
            in: site.directory.path
        )
        try #require(unpacked.status == .exited(0), "\(unpacked.errors)")
        let page = site.directory.path("bundle/rootfs/workspace/index.html")
        #expect(try FileSystem.readText(page) == text)
        if Conditions.isRoot { #expect(try FileSystem.status(page).uid == 1000) }
    }
}
