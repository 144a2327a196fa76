import Archive
import ImageLibrary
import JSON
import OCI
import POSIX
import TestSupport
import Testing

@Suite("Images on their way out", .enabled(if: Conditions.commandExists("skopeo"), "needs skopeo"))
struct ExportTests {
    private let setting: StoreSetting
    private let image: any StoredImage
    private let names: [ImageReference]

    init() throws {
        setting = try StoreSetting()
        image = try setting.makeImage(["app:1"], layers: [["etc/a": "1"], ["etc/b": "2"]])
        names = [try ImageReference("app:1"), try ImageReference("host.test/team/app:latest")]
    }

    @discardableResult
    private func export(
        _ text: String,
        _ image: (any StoredImage)? = nil,
        names: [ImageReference]? = nil,
        options: ExportOptions = ExportOptions()
    ) throws -> [CommittedReference] {
        try setting.store.export(
            image ?? self.image,
            to: ImageOutput(parsing: text, in: setting.directory.path),
            names: names ?? self.names,
            through: setting.remote,
            options: options
        )
    }

    private func inspect(_ arguments: String...) throws -> JSONValue {
        let result = try runCommand(["skopeo", "inspect"] + arguments, in: setting.directory.path)
        guard result.status == .exited(0) else { throw POSIXError(.inputOutput, "skopeo", explanation: result.errors) }
        return try JSONParser.parse(Array(result.output.utf8), source: "skopeo")
    }

    @Test("have one digest wherever skopeo reads them", .enabled(if: hasRegistry))
    func oneDigest() throws {
        let name = "\(try sharedRegistry().host)/export/one:1"
        for (output, place) in [
            ("oci:layout:v1", "oci:layout:v1"), ("oci:plain", "oci:plain"), ("oci-archive:a.tar", "oci-archive:a.tar"),
            ("oci-archive:b.tar:v1", "oci-archive:b.tar:v1"), ("docker-archive:d.tar", "oci-archive:d.tar"),
        ] {
            let results = try export(output, names: place.hasSuffix("d.tar") ? [names[0]] : nil)
            #expect(results.map(\.digest) == [image.manifestDigest])
            #expect(try inspect(place)["Digest"]?.stringValue == "\(image.manifestDigest)", "\(place)")
        }
        let pushed = try export("registry", names: [ImageReference(name)])
        #expect(pushed.map(\.identifier) == ["\(name.dropLast(2))@\(image.manifestDigest)"])
        let read = try inspect("--tls-verify=false", "docker://\(name)")
        #expect(read["Digest"]?.stringValue == "\(image.manifestDigest)")
        #expect(try export("store", names: [ImageReference("new:2")]).map(\.digest) == [image.manifestDigest])
        #expect(try setting.store.image(named: "new:2")?.manifestDigest == image.manifestDigest)
    }

    @Test("go into a layout beside those that are there", arguments: [true, false])
    func layout(links: Bool) throws {
        var options = ExportOptions()
        options.links = links
        try export("oci:layout:v1", options: options)
        let other = try setting.makeImage(["other"], layers: [["etc/c": "3"]])
        try export("oci:layout:v2", other, options: options)
        try export("oci:layout:v2", other, options: options)
        for (tag, digest) in [("v1", image.manifestDigest), ("v2", other.manifestDigest)] {
            #expect(try inspect("oci:layout:\(tag)")["Digest"]?.stringValue == "\(digest)")
        }
        let blob = setting.directory.path("layout/blobs/sha256/\(other.manifest.layers[0].digest.hex)")
        #expect(try FileSystem.status(blob).nlink == (links ? 2 : 1))
        let again = try setting.store.add(
            RemoteImages(.init(environment: [:])).open(.layout(directory: setting.directory.path("layout"), tag: "v1")),
            names: ["again"],
            holding: setting.lease
        )
        #expect(again.manifestDigest == image.manifestDigest)
    }

    @Test(
        "are unpacked by umoci to the same files",
        .enabled(if: Conditions.commandExists("umoci") && Conditions.isRoot)
    )
    func umoci() throws {
        try export("oci:layout")
        let bundle = setting.directory.path("bundle")
        try setting.run("umoci", "unpack", "--image", "\(setting.directory.path("layout")):1", bundle)
        #expect(try FileSystem.readText(Path.join(bundle, "rootfs/etc/b")) == "2")
    }

    @Test("are read as docker archives, with all names")
    func dockerArchive() throws {
        try export("docker-archive:d.tar")
        let read = try inspect("--config", "docker-archive:d.tar:docker.io/library/app:1")
        let diffIDs = read["rootfs"]?["diff_ids"]?.arrayValue?.compactMap(\.stringValue)
        #expect(diffIDs == image.config.diffIDs.map(\.description))
        #expect(
            try inspect("docker-archive:d.tar:host.test/team/app:latest")["Labels"]?["made.by"]?.stringValue == "test"
        )
        let copied = try setting.directory.makeDirectory("copied")
        try setting.run("skopeo", "copy", "--quiet", "docker-archive:d.tar:app:1", "oci:\(copied):v1")
        #expect(
            try setting.pull("docker-archive:\(setting.directory.path("d.tar"))").manifestDigest == image.manifestDigest
        )
    }

    @Test("are loaded by a daemon", .enabled(if: DockerDaemon.isAvailable, "\(DockerDaemon.comment)"))
    func dockerLoad() throws {
        let daemon = try DockerDaemon.sharedDaemon()
        try export("docker-archive:d.tar")
        let loaded = try daemon.docker("load", "--input", setting.directory.path("d.tar"))
        #expect(loaded.status == .exited(0), "\(loaded.errors)")
        for name in names {
            let id = try daemon.docker("image", "inspect", "--format", "{{.Id}}", name.original)
            #expect(id.lines.first == "\(image.manifest.config.digest)", "\(id.errors)")
        }
        let remote = RemoteImages(.init(environment: ["DOCKER_HOST": daemon.host]))
        let sent = try setting.store.export(
            image,
            to: .daemon,
            names: [ImageReference("sent:1"), ImageReference("sent:2")],
            through: remote
        )
        #expect(sent.map(\.imageID) == [image.manifest.config.digest.hex, image.manifest.config.digest.hex])
        let location = ImageLocation.daemon(name: "sent:2")
        let back = try setting.store.pull(location, policy: .always, from: remote, holding: setting.lease)
        #expect(back.config.diffIDs == image.config.diffIDs)
        #expect(back.config.container.labels == ["made.by": "test"])
    }

    @Test(
        "are imported by containerd with the same digest",
        .enabled(if: Conditions.isRoot && Conditions.commandExists("ctr") && Conditions.commandExists("containerd"))
    )
    func containerd() throws {
        try export("docker-archive:d.tar")
        let socket = setting.directory.path("c.sock")
        let process = try RunningProcess(
            SubprocessConfiguration(
                executable: #require(Conditions.commandPath("containerd")),
                arguments: [
                    "--root", setting.directory.path("croot"), "--state", setting.directory.path("cstate"),
                    "--address", socket,
                ]
            ),
            outputPath: setting.directory.path("clog")
        )
        defer { process.stop() }
        for _ in 1...1000 where (try? Socket.connectUnix(path: socket, timeout: 100)) == nil {
            Clock.sleep(milliseconds: 10)
        }
        let archive = setting.directory.path("d.tar")
        try setting.run("ctr", "--address", socket, "images", "import", "--no-unpack", archive)
        let list = try setting.run("ctr", "--address", socket, "images", "list")
        for name in names {
            let line = list.split(separator: "\n").first { $0.hasPrefix(StoreName.full(name)) }
            #expect(line?.contains("\(image.manifestDigest)") == true, "\(list)")
        }
    }

    @Test("are loaded by podman", .enabled(if: Conditions.commandExists("podman"), "needs podman"))
    func podman() throws {
        try export("docker-archive:d.tar")
        let roots = ["--root", setting.directory.path("proot"), "--runroot", setting.directory.path("prun")]
        let loaded = try runCommand(
            ["podman", "--storage-driver=vfs"] + roots + ["load", "--input", setting.directory.path("d.tar")]
        )
        #expect(loaded.status == .exited(0), "\(loaded.errors)")
        #expect(loaded.output.contains("docker.io/library/app:1"))
    }

    @Test("leave no file behind when they are broken", arguments: ["oci-archive:a.tar", "docker-archive:a.tar"])
    func broken(output: String) throws {
        let blob = Path.join(setting.store.path, "blobs/sha256", image.manifest.layers[1].digest.hex)
        try FileSystem.removeFile(blob)
        let error = #expect(throws: LibraryError.self) { try export(output) }
        #expect(error.map { "\($0)" }?.contains("\(image.manifest.layers[1].digest)") == true)
        #expect(try FileSystem.list(setting.directory.path).map(\.name) == ["store"])
    }

    @Test("don't go where something else is")
    func occupied() throws {
        try setting.directory.write("home/thesis.txt", "years of work")
        let error = #expect(throws: LibraryError.self) { try export("oci:home") }
        #expect(error.map { "\($0)" }?.contains("expected an OCI layout, or an empty or missing directory") == true)
        #expect(try FileSystem.list(setting.directory.path("home")).map(\.name) == ["thesis.txt"])
    }
}
