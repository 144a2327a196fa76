import Archive
import JSON
import OCI
import POSIX
import TestSupport
import Testing

@testable import ImageStores

@Suite("Images in a daemon", .serialized, .enabled(if: DockerDaemon.isAvailable, "\(DockerDaemon.comment)"))
struct DaemonStoreTests {
    private let daemon: DockerDaemon
    private let recorder: SocketRecorder
    private let store: DaemonStore

    init() throws {
        daemon = try DockerDaemon.sharedDaemon()
        recorder = try SocketRecorder(to: daemon.socketPath)
        store = try DaemonStore(environment: ["DOCKER_HOST": "unix://\(recorder.path)"])
    }

    @Test("an image is opened with its config, by name and by id")
    func opens() throws {
        try daemon.makeImage(
            "test/opened:1",
            files: ["a": "contents"],
            changes: [
                "ENV PATH=/bin ODD=\"x=y\"", "LABEL one=\"1\" two=\"a \\\"b\\\"\"", "USER 1000:1001", "WORKDIR /work",
                "EXPOSE 8080", "VOLUME /data", "HEALTHCHECK --interval=5s CMD /a", "ENTRYPOINT [\"/a\"]",
                "CMD [\"x\", \"y\"]",
            ]
        )
        let image = try #require(try store.open("test/opened:1", platform: nil))
        let shown = try inspect("test/opened:1")

        #expect("sha256:\(image.identifier)" == shown["Id"]?.stringValue)
        let layers = try #require(shown["RootFS"]?["Layers"]?.arrayValue)
        #expect(image.config.diffIDs.map(\.description) == layers.compactMap(\.stringValue))
        #expect(image.config.platform.os == "linux")
        #expect(image.config.platform.architecture == shown["Architecture"]?.stringValue)
        let container = image.config.container
        #expect(container.environment == ["PATH=/bin", "ODD=x=y"])
        #expect(container.labels["two"] == "a \"b\"")
        #expect(container.user == "1000:1001")
        #expect(container.workingDirectory == "/work")
        #expect(container.entrypoint == ["/a"])
        #expect(container.command == ["x", "y"])
        let json = JSONWriter.string(container.json)
        for text in [
            #""ExposedPorts":{"8080/tcp":{}}"#, #""Volumes":{"/data":{}}"#, #""Healthcheck":{"#,
            #""Interval":5000000000"#,
        ] {
            #expect(json.contains(text))
        }

        for name in [image.identifier, "sha256:\(image.identifier)", "index.docker.io/test/opened:1"] {
            #expect(try store.open(name, platform: nil)?.identifier == image.identifier)
        }
        #expect(!recorder.requests.contains { $0.line.hasSuffix("/get") }, "nobody asked for contents")
    }

    @Test("an image that is not there is none")
    func missing() throws {
        #expect(try store.open("test/missing", platform: nil) == nil)
        #expect(throws: OCIError.self) { try store.open("Not A Name", platform: nil) }
    }

    @Test("layers are fetched in one go, and come out as they went in")
    func fetchesLayers() throws {
        // The second layer is there twice, which older daemons hand out as a symbolic link.
        try daemon.build(
            "test/fetched",
            "FROM scratch\nCOPY a /a\nCOPY b /b\nCOPY b /b\nCOPY c /c\n",
            files: ["a": "one", "b": "two", "c": String(repeating: "three", count: 200_000)]
        )
        let image = try #require(try store.open("test/fetched", platform: nil))
        try image.prepareToRead(image.manifest.layers)
        for (descriptor, diffID) in zip(image.manifest.layers, image.config.diffIDs) {
            var bytes: [UInt8] = []
            try image.readBlob(descriptor) { bytes.append(contentsOf: $0) }
            #expect(Digest.of(bytes) == diffID.digest)
        }
        #expect(recorder.requests.filter { $0.line.hasSuffix("/get") }.count == 1)
        let other = Descriptor(mediaType: .dockerLayer, digest: Digest.of([]), size: 0)
        #expect(throws: OCIError.self) { try image.readBlob(other) { _ in } }
    }

    @Test("an image is written under all its names, and only layers that the daemon lacks are sent")
    func writes() throws {
        let big = String(repeating: "0123456789abcdef", count: 1 << 16)
        try daemon.makeImage("test/base", files: ["base": big], changes: ["ENV BASE=1"])
        let base = try #require(try store.open("test/base", platform: nil))

        var draft = try ImageDraft(base: base)
        let first = try save(&draft, adding: ["/one": big, "/two": "2"], as: ["test/app", "localhost:5000/x/app:2"])
        #expect(first.allSatisfy { $0.error == nil })
        let shown = try inspect("test/app")
        #expect(shown["Id"]?.stringValue == "sha256:\(first[0].imageID ?? "")")
        #expect(try inspect("localhost:5000/x/app:2")["Id"] == shown["Id"])
        let layers = shown["RootFS"]?["Layers"]?.arrayValue?.compactMap(\.stringValue)
        #expect(layers == draft.layers.map(\.diffID.description))
        #expect(shown["Config"]?["Env"] == ["BASE=1"])
        let sent = try #require(loads.first)
        #expect((1 << 20..<(1 << 20) + 20_000).contains(sent.size), "the base image's layer stays at home")
        #expect(!recorder.requests.contains { $0.line.hasSuffix("/get") })

        // What is built upon the same layers once more is only named.
        let previous = try #require(try store.open("test/app", platform: nil))
        var again = try ImageDraft(base: base)
        for layer in try previous.layers().dropFirst() { again.append(layer) }
        again.container.labels["new"] = "yes"
        let second = try save(&again, adding: [:], as: ["test/app"])
        #expect(second[0].imageID != first[0].imageID)
        #expect(try inspect("test/app")["Config"]?["Labels"]?["new"] == "yes")
        #expect(try #require(loads.last).size < 10_000)
        #expect(loads.count == 2)
        #expect(!recorder.requests.contains { $0.line.hasSuffix("/get") })
    }

    @Test("layers above a changed one are taken from where they are")
    func rebases() throws {
        for name in ["old", "new"] {
            try daemon.makeImage("test/rebase-\(name)", files: ["base": name])
        }
        let old = try #require(try store.open("test/rebase-old", platform: nil))
        var draft = try ImageDraft(base: old)
        _ = try save(&draft, adding: ["/one": "1", "/two": "2"], as: ["test/rebased"])
        let app = try #require(try store.open("test/rebased", platform: nil))
        let new = try #require(try store.open("test/rebase-new", platform: nil))
        var rebased = try ImageDraft(base: app)
        try rebased.rebase(above: try old.topLayer(), below: [], onto: new)
        let results = try save(&rebased, adding: [:], as: ["test/rebased"])
        #expect(results[0].error == nil)
        let layers = try inspect("test/rebased")["RootFS"]?["Layers"]?.arrayValue?.compactMap(\.stringValue)
        #expect(layers == (new.config.diffIDs + app.config.diffIDs.dropFirst()).map(\.description))
        #expect(recorder.requests.filter { $0.line.hasSuffix("/get") }.count == 1)
    }

    @Test("a base image that was removed after it was opened is sent after all, as far as it can be had")
    func baseIsGone() throws {
        try daemon.makeImage("test/gone", files: ["base": "about to go"])
        let base = try #require(try store.open("test/gone", platform: nil))
        let descriptor = try #require(base.manifest.layers.first)
        try base.prepareToRead([descriptor])
        #expect(try daemon.docker("rmi", "--force", "test/gone").status == .exited(0))
        var draft = try ImageDraft(base: base)
        let results = try save(&draft, adding: ["/one": "1"], as: ["test/after-gone"])
        #expect(results[0].error == nil)
        #expect(loads.count == 2, "once without the layer, once with it")
        let layers = try inspect("test/after-gone")["RootFS"]?["Layers"]?.arrayValue
        #expect(layers?.first?.stringValue == base.config.diffIDs.first?.description)
    }

    @Test("a name that can't be given to an image fails alone")
    func failingName() throws {
        try daemon.makeImage("test/names", files: ["base": "names"])
        var draft = try ImageDraft(base: try #require(try store.open("test/names", platform: nil)))
        let digest = Digest.of([])
        let results = try save(&draft, adding: ["/one": "1"], as: ["test/named", "test/named@\(digest)", "test/other"])
        #expect(results.map { $0.error == nil } == [true, false, true])
        #expect(try store.open("test/other", platform: nil)?.identifier == results[0].imageID)
    }

    @Test("the connection that root has opened serves an unprivileged process")
    func singleConnection() throws {
        // As in a container whose user may not connect: nothing listens any more once the store is made.
        let moving = try SocketRecorder(to: daemon.socketPath)
        let store = try DaemonStore(environment: ["DOCKER_HOST": "unix://\(moving.path)"])
        try FileSystem.removeFile(moving.path)
        try daemon.makeImage("test/single", files: ["base": "single"])
        let image = try #require(try store.open("test/single", platform: nil))
        try image.prepareToRead(image.manifest.layers)
        store.keepingAlive { Clock.sleep(milliseconds: 30) }
        var draft = try ImageDraft(base: image)
        let results = try save(&draft, adding: ["/one": "1"], as: ["test/single-app"], in: store)
        #expect(results[0].error == nil)
    }

    // MARK: -

    private var loads: [SocketRecorder.Request] {
        recorder.requests.filter { $0.line.hasPrefix("POST") && $0.line.contains("/images/load") }
    }

    private func inspect(_ name: String) throws -> JSONValue {
        let result = try daemon.docker("inspect", name)
        try #require(result.status == .exited(0), "\(result.errors)")
        return try #require(try JSONParser.parse(result.output)[0])
    }

    private func save(
        _ draft: inout ImageDraft,
        adding files: [String: String],
        as names: [String],
        in store: DaemonStore? = nil
    ) throws -> [CommittedReference] {
        let destination = try (store ?? self.store).destination(for: names[0])
        let engine = LayerEngine(pool: CompressionPool(threads: 0))
        for (name, text) in files.sorted(by: { $0.key < $1.key }) {
            let writer = try destination.newBlob()
            let content = LayerContent([.bytes(name, Array(text.utf8), mode: 0o644, owner: .root)])
            let archived = try engine.archive(content, compression: .none, to: BlobSink(writer))
            let digest = archived.digest
            try writer.finish(digest: digest, size: archived.size)
            let descriptor = Descriptor(mediaType: .dockerLayer, digest: digest, size: archived.size)
            draft.append(ImageLayer(descriptor: descriptor, diffID: DiffID(archived.diffID)), createdBy: name)
        }
        return try draft.finished(keepingHistory: true).write(to: destination, references: names)
    }
}
