import Archive
import ImageLibrary
import JSON
import OCI
import POSIX
import TestSupport
import Testing

@Suite("Images from other places", .enabled(if: Conditions.commandExists("skopeo"), "needs skopeo"))
struct PullTests {
    private let origin: StoreSetting
    private let setting: StoreSetting
    private let image: any StoredImage

    init() throws {
        origin = try StoreSetting()
        setting = try StoreSetting()
        image = try origin.makeImage(["app:1"], layers: [["etc/a": "1"], ["etc/b": "2"]])
    }

    /// Copies the image with skopeo.
    private func copy(to target: String) throws {
        try origin.run(
            "skopeo",
            "copy",
            "--quiet",
            "--dest-tls-verify=false",
            "oci:\(origin.store.path):docker.io/library/app:1",
            target
        )
    }

    private func check(_ pulled: any StoredImage) throws {
        #expect(pulled.manifestDigest == image.manifestDigest)
        let root = try setting.store.root(of: pulled, holding: setting.lease)
        #expect(try FileSystem.list(Path.join(root.path, "etc")).map(\.name) == ["a", "b"])
    }

    @Test("a registry's image has the same digest, and is not fetched twice", .enabled(if: hasRegistry))
    func registry() throws {
        let name = "\(try sharedRegistry().host)/pull/app:1"
        try copy(to: "docker://\(name)")
        try check(try setting.pull(name))
        #expect(try setting.store.list().map(\.name) == [name])
        // Nobody asks the registry for what is there, unless told to.
        let absent = RemoteImages(.init(environment: [:]))
        let location = try ImageLocation(parsing: name)
        for policy in [PullPolicy.missing, .never] {
            _ = try setting.store.pull(location, policy: policy, from: absent, holding: setting.lease)
        }
        let missing = try ImageLocation(parsing: "\(name)-none")
        let error = #expect(throws: LibraryError.self) {
            try setting.store.pull(missing, policy: .never, from: absent, holding: setting.lease)
        }
        #expect(error.map { "\($0)" }?.contains("is not in the local store") == true)
    }

    @Test("a moved tag leads to the new image", .enabled(if: hasRegistry))
    func movedTag() throws {
        let name = "\(try sharedRegistry().host)/pull/moved:1"
        try copy(to: "docker://\(name)")
        _ = try setting.pull(name)
        let newer = try origin.makeImage(["app:1"], layers: [["etc/a": "3"]])
        try copy(to: "docker://\(name)")
        #expect(try setting.pull(name).manifestDigest == image.manifestDigest)
        #expect(try setting.pull(name, policy: .always).manifestDigest == newer.manifestDigest)
    }

    @Test("a mirror is asked first, and the registry when no mirror has the image", .enabled(if: hasRegistry))
    func mirrors() throws {
        let mirror = try sharedRegistry().host
        try copy(to: "docker://\(mirror)/hub/pull/mirrored:1")
        let warnings = Lock<[String]>([])
        var options = RemoteImages.Options(environment: [:])
        options.mirrors = ["origin.test": ["\(mirror)/none", "\(mirror)/hub"], mirror: ["\(mirror)/none"]]
        options.warn = { text in warnings.withLock { $0.append(text) } }
        let remote = RemoteImages(options)
        for name in ["origin.test/pull/mirrored:1", "\(mirror)/hub/pull/mirrored:1"] {
            let location = try ImageLocation(parsing: name)
            try check(try setting.store.pull(location, from: remote, holding: setting.lease))
            #expect(try setting.store.image(named: name)?.manifestDigest == image.manifestDigest)
        }
        #expect(
            warnings.withLock { $0 }.filter { $0.contains("is not taken from the mirror \(mirror)/none") }.count == 2
        )
    }

    @Test("layouts and archives are read as they are", arguments: ["oci:layout:v1", "oci-archive:a.tar", "oci:plain"])
    func layouts(target: String) throws {
        try copy(to: target)
        try check(try setting.pull(path(of: target)))
    }

    /// The same place from outside of the directory that skopeo ran in.
    private func path(of target: String) -> String {
        let parts = target.split(separator: ":", maxSplits: 1)
        return "\(parts[0]):\(origin.directory.path(String(parts[1])))"
    }

    @Test("archives are recognised, also with absolute names and compressed", arguments: ["plain", "absolute", "gzip"])
    func recognised(form: String) throws {
        try copy(to: "oci:layout")
        let file = origin.directory.path("builder.cnb")
        switch form {
        case "plain": try origin.run("tar", "-cf", file, "-C", "layout", ".")
        case "gzip": try origin.run("tar", "-czf", file, "-C", "layout", "oci-layout", "blobs", "index.json")
        default: try origin.run("tar", "-cPf", file, "-C", "layout", "--transform=s,^,/,", "blobs", "index.json")
        }
        try check(try setting.pull(file))
        #expect(try setting.store.list().map(\.name) == ["oci-archive:\(file)"])
    }

    @Test("an archive of docker save has the layers of the image", arguments: ["named", "recognised"])
    func dockerArchive(way: String) throws {
        try copy(to: "docker-archive:d.tar:app:1")
        let file = origin.directory.path("d.tar")
        let pulled = try setting.pull(way == "named" ? "docker-archive:\(file)" : file)
        #expect(pulled.config.diffIDs == image.config.diffIDs)
        #expect(pulled.config.container.labels == image.config.container.labels)
        let root = try setting.store.root(of: pulled, holding: setting.lease)
        #expect(try FileSystem.readText(Path.join(root.path, "etc/b")) == "2")
        #expect(try setting.pull(file).manifestDigest == pulled.manifestDigest)
    }

    @Test("an image for another processor is refused, with what there is", arguments: ["registry", "oci:layout:v1"])
    func architecture(place: String) throws {
        guard hasRegistry || place != "registry" else { return }
        let arm = OCIPlatform(os: "linux", architecture: "riscv64")
        try origin.makeImage(["app:1"], layers: [["a": "1"]], platform: arm)
        try origin.store.remove("\(image.manifestDigest)")
        let name = "\(try sharedRegistry().host)/pull/riscv:1"
        try copy(to: place == "registry" ? "docker://\(name)" : place)
        let text = place == "registry" ? name : path(of: place)
        let error = #expect(throws: LibraryError.self) { try setting.pull(text) }
        let message = error.map { "\($0)" } ?? ""
        #expect(message.contains("no image for platform \(OCIPlatform.current)"), "\(message)")
        #expect(message.contains("linux/riscv64"), "\(message)")
        #expect(try setting.pull(text, platform: arm).platform == arm)
    }

    @Test("an index says which platforms it has", .enabled(if: hasRegistry))
    func index() throws {
        let registry = try sharedRegistry()
        let arm = OCIPlatform(os: "linux", architecture: "riscv64")
        let other = try origin.makeImage(["app:1"], layers: [["a": "1"]], platform: arm)
        let index = ImageIndex(manifests: [
            Descriptor(mediaType: .ociManifest, digest: other.manifestDigest, size: other.manifestSize, platform: arm)
        ])
        let layout = origin.directory.path("index")
        try FileSystem.copyTree(origin.store.path, to: layout)
        try FileSystem.writeFile(Path.join(layout, "blobs/sha256", Digest.of(index.bytes).hex), index.bytes)
        let top = ImageIndex(manifests: [
            Descriptor(mediaType: .ociIndex, digest: .of(index.bytes), size: Int64(index.bytes.count))
        ])
        try FileSystem.writeFile(Path.join(layout, "index.json"), top.bytes)
        let name = "\(registry.host)/pull/index:1"
        try origin.run(
            "skopeo",
            "copy",
            "--all",
            "--quiet",
            "--dest-tls-verify=false",
            "oci:\(layout)",
            "docker://\(name)"
        )
        for text in [name, "oci:\(layout)"] {
            let error = #expect(throws: LibraryError.self) { try setting.pull(text) }
            #expect(error.map { "\($0)" }?.contains("it has linux/riscv64") == true, "\(error.map { "\($0)" } ?? "")")
            #expect(try setting.pull(text, platform: arm).manifestDigest == other.manifestDigest)
        }
    }

    @Test("what is no image is refused for a reason")
    func noImages() throws {
        try copy(to: "oci-archive:a.tar")
        let whole = try FileSystem.readFile(origin.directory.path("a.tar"))
        try setting.directory.write("short.tar", Array(whole[..<(whole.count * 2 / 3)]))
        try setting.directory.write("text", "no archive")
        // More than any file has.
        let absurd = MemorySink()
        var writer = TarWriter(absurd)
        try writer.begin(TarHeader(name: Array("index.json".utf8), kind: .file, mode: 0o644, size: .max))
        try setting.directory.write("absurd.tar", absurd.bytes)
        try setting.directory.makeDirectory("root/etc")
        try setting.directory.write("broken/index.json", "{")
        for (text, reason) in [
            ("short.tar", "ends within"), ("oci-archive:short.tar", "ends within"),
            ("oci-archive:text", "expected a tar"),
            ("absurd.tar", "absurd size"), ("docker-archive:missing", "no such file"),
            ("./root", "the root of a file tree"),
            ("oci:root", "index.json is missing"), ("oci:broken", "malformed index"), ("store:none", "no such image"),
        ] {
            let error = #expect(throws: LibraryError.self, "\(text)") { try setting.pull(text) }
            #expect(error.map { "\($0)" }?.contains(reason) == true, "\(text): \(error.map { "\($0)" } ?? "")")
        }
        #expect(try setting.store.list().isEmpty)
        #expect(try setting.blobs().isEmpty)
    }

    @Test("a registry that refuses or lacks the image is named", .enabled(if: hasRegistry))
    func refusals() throws {
        let closed = try RegistryServer(access: .basicAuthentication)
        for (name, reasons) in [
            ("\(closed.host)/app", ["401", closed.host]),
            ("\(try sharedRegistry().host)/none/app", ["no such image"]),
        ] {
            let error = #expect(throws: LibraryError.self) { try setting.pull(name) }
            let message = error.map { "\($0)" } ?? ""
            #expect(reasons.allSatisfy { message.contains($0) }, "\(message)")
        }
        #expect(try setting.store.list().isEmpty)
    }
}
