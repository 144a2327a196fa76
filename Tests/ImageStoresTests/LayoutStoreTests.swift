import Archive
import ImageStores
import OCI
import POSIX
import TestSupport
import Testing

@Suite("OCI layout store")
struct LayoutStoreTests {
    private let directory: TemporaryDirectory
    private let store: LayoutStore
    private let engine = LayerEngine(pool: CompressionPool(threads: 1))

    init() throws {
        directory = try TemporaryDirectory()
        store = LayoutStore(layoutDir: directory.path("layout"))
    }

    /// Writes an image with one layer a text, each of which is the content of a file `/data/<n>`.
    private func makeImage(
        _ name: String,
        on base: (any StoredImage)? = nil,
        files: [String] = ["one"],
        references: [String]? = nil,
        annotations: [String: String] = [:]
    ) throws -> any StoredImage {
        let destination = try store.destination(for: name)
        var draft = ImageDraft(platform: OCIPlatform(os: "linux", architecture: "amd64"), family: .oci)
        if let base { draft = try ImageDraft(base: base) }
        draft.annotations = annotations
        for (index, text) in files.enumerated() {
            let content = LayerContent([
                .directory("/data", mode: 0o755, owner: .root),
                .bytes("/data/\(index)", Array(text.utf8), mode: 0o640, owner: EntryOwner(uid: 7, gid: 8)),
            ])
            let writer = try destination.newBlob()
            let archived = try engine.archive(content, to: BlobSink(writer))
            let digest = archived.digest
            try writer.finish(digest: digest, size: archived.size)
            let descriptor = Descriptor(mediaType: .ociLayerGzip, digest: digest, size: archived.size)
            draft.append(ImageLayer(descriptor: descriptor, diffID: DiffID(archived.diffID)))
        }
        let results = try draft.finished(keepingHistory: false)
            .write(to: destination, references: references ?? [name])
        #expect(results.allSatisfy { $0.error == nil })
        return try #require(try store.open(name, platform: nil))
    }

    private func blobPath(_ image: any StoredImage, _ digest: Digest) -> String {
        Path.join(image.reference, "blobs/sha256", digest.hex)
    }

    @Test(
        "maps names to paths as the platform specification says",
        arguments: [
            ("app", "index.docker.io/library/app/latest"), ("host:5000/team/app:v1", "host:5000/team/app/v1"),
            (
                "host.test/app@sha256:0123456789012345678901234567890123456789012345678901234567890123",
                "host.test/app/sha256/0123456789012345678901234567890123456789012345678901234567890123"
            ),
        ]
    )
    func paths(name: String, path: String) throws {
        #expect(try store.path(for: name) == Path.join(store.layoutDir, path))
        #expect(try store.path(for: Path.join(store.layoutDir, path)) == Path.join(store.layoutDir, path))
    }

    @Test("keeps every name below the layout directory", arguments: ["/etc/app", "../app", "a/../../etc"])
    func outside(name: String) throws {
        let path = try? store.path(for: name)
        #expect(path.map { Path.isBelow($0, store.layoutDir) } ?? true)
    }

    @Test("gives back what was written, by name, path and identifier")
    func roundTrip() throws {
        let image = try makeImage("app", files: ["one", "two"])
        #expect(image.config.diffIDs.count == 2)
        #expect(image.identifier == "\(image.reference)@\(image.manifestDigest)")
        for reference in [image.reference, image.identifier] {
            #expect(try #require(try store.open(reference, platform: nil)).manifestDigest == image.manifestDigest)
        }
        #expect(try store.open("missing", platform: nil) == nil)
    }

    @Test("writes further names below the layout directory, each with its own tag")
    func names() throws {
        _ = try makeImage(
            "app",
            references: ["app", "app:v2", "other.test/app:v3"],
            annotations: ["org.opencontainers.image.ref.name": "latest"]
        )
        for (name, tag) in [("app", "latest"), ("app:v2", "v2"), ("other.test/app:v3", "v3")] {
            let path = try store.path(for: name)
            let bytes = try FileSystem.readFile(Path.join(path, "index.json"))
            let index = try ImageIndex(parsing: bytes, of: name)
            #expect(index.manifests.map { $0.annotations["org.opencontainers.image.ref.name"] } == [tag])
            let image = try #require(try store.open(name, platform: nil))
            for layer in image.manifest.layers { try image.readBlob(layer) { _ in } }
        }
    }

    @Test("verifies every blob that it reads", arguments: ["truncated", "altered", "missing"])
    func verification(damage: String) throws {
        let image = try makeImage("app")
        let layer = try #require(image.manifest.layers.first)
        let path = blobPath(image, layer.digest)
        var bytes = try FileSystem.readFile(path)
        switch damage {
        case "truncated": try FileSystem.writeFile(path, bytes.dropLast())
        case "altered":
            bytes[bytes.count / 2] ^= 1
            try FileSystem.writeFile(path, bytes)
        default: try FileSystem.removeFile(path)
        }
        #expect(throws: OCIError.self) { try image.readBlob(layer) { _ in } }
        #expect(try image.hasBlob(layer) == (damage == "altered"))
    }

    @Test("refuses a manifest or config that was altered", arguments: [true, false])
    func alteredDocuments(isManifest: Bool) throws {
        let image = try makeImage("app")
        let digest = isManifest ? image.manifestDigest : image.manifest.config.digest
        let path = blobPath(image, digest)
        var bytes = try FileSystem.readFile(path)
        bytes[bytes.count - 2] ^= 1
        try FileSystem.writeFile(path, bytes)
        #expect(throws: OCIError.self) { try store.open("app", platform: nil) }
    }

    @Test("builds on a sparse layout, whose missing layers stay missing")
    func sparse() throws {
        let base = try makeImage("base", files: ["base"])
        let missing = try #require(base.manifest.layers.first)
        try FileSystem.removeFile(blobPath(base, missing.digest))
        let app = try makeImage("app", on: base, files: ["app"])
        #expect(app.config.diffIDs.count == 2)
        #expect(try !app.hasBlob(app.manifest.layers[0]))
        #expect(try app.hasBlob(app.manifest.layers[1]))
    }

    @Test("leaves the old image in place when a new one is given up")
    func abandoned() throws {
        let old = try makeImage("app")
        let writer = try store.destination(for: "app").newBlob()
        try [UInt8](repeating: 1, count: 10).withUnsafeBytes { try writer.write($0) }
        writer.abandon()
        #expect(try store.open("app", platform: nil)?.manifestDigest == old.manifestDigest)
        let names = try FileSystem.list(Path.join(old.reference, "blobs/sha256")).map(\.name)
        #expect(names.allSatisfy { $0.count == 64 })
    }

    @Test(
        "is read by skopeo, and unpacked by umoci to the same files",
        .enabled(if: Conditions.isRoot, "needs root"),
        .enabled(if: Conditions.commandExists("skopeo") && Conditions.commandExists("umoci"), "needs skopeo and umoci")
    )
    func otherTools() throws {
        let image = try makeImage(
            "app",
            files: ["one", "two"],
            annotations: ["org.opencontainers.image.ref.name": "latest"]
        )
        let inspected = try runCommand(["skopeo", "inspect", "oci:\(image.reference):latest"])
        #expect(inspected.status == .exited(0), "\(inspected.errors)")
        #expect(inspected.output.contains(image.manifestDigest.description))
        let bundle = directory.path("bundle")
        let unpacked = try runCommand(["umoci", "unpack", "--image", "\(image.reference):latest", bundle])
        #expect(unpacked.status == .exited(0), "\(unpacked.errors)")
        #expect(try FileSystem.readText(Path.join(bundle, "rootfs/data/0")) == "one")
        #expect(try FileSystem.readText(Path.join(bundle, "rootfs/data/1")) == "two")
        let status = try FileSystem.linkStatus(Path.join(bundle, "rootfs/data/1"))
        #expect((status.mode, status.uid, status.gid) == (0o640, 7, 8))
    }
}
