import Archive
import ImageLibrary
import OCI
import POSIX
import TestSupport
import Testing

@Suite("Local store of images")
struct LocalStoreTests {
    private let setting: StoreSetting
    private var store: LocalStore { setting.store }

    init() throws { setting = try StoreSetting() }

    @Test("finds images by any spelling of their names, by digest, and for the platform")
    func names() throws {
        let image = try setting.makeImage(["app", "host.test/team/app:1"], layers: [["a": "1"]])
        let arm = OCIPlatform(os: "linux", architecture: "s390x")
        let other = try setting.makeImage(["app"], layers: [["a": "2"]], platform: arm)
        for name in ["app", "docker.io/library/app:latest", "host.test/team/app:1", "\(image.manifestDigest)"] {
            #expect(try store.image(named: name)?.manifestDigest == image.manifestDigest, "\(name)")
        }
        #expect(try store.image(named: "app", platform: arm)?.manifestDigest == other.manifestDigest)
        #expect(try store.image(named: "app:2") == nil)
        #expect(try store.image(named: "host.test/team/app:1", platform: arm) == nil)
        #expect(image.config.container.labels == ["made.by": "test"])
    }

    @Test("lists names with digests, sizes and times, and forgets what is removed")
    func list() throws {
        let image = try setting.makeImage(["b", "a:1"], layers: [["a": "1"]])
        let size = image.manifestSize + image.manifest.config.size + image.manifest.layers[0].size
        #expect(try store.list().map(\.name) == ["docker.io/library/a:1", "docker.io/library/b:latest"])
        #expect(try store.list().map(\.digest) == [image.manifestDigest, image.manifestDigest])
        #expect(try store.list().map(\.size) == [size, size])
        #expect(try store.list().map(\.created) == ["1980-01-01T00:00:01Z", "1980-01-01T00:00:01Z"])
        #expect(try store.remove("b") == ["docker.io/library/b:latest"])
        #expect(try store.remove("b").isEmpty)
        #expect(try store.list().map(\.name) == ["docker.io/library/a:1"])
        #expect(try store.remove("\(image.manifestDigest)") == ["docker.io/library/a:1"])
    }

    @Test("makes room of what belongs to nobody, and says how much")
    func prune() throws {
        let kept = try setting.makeImage(["kept"], layers: [["shared": "1"], ["a": "2"]])
        let gone = try setting.makeImage(["gone"], layers: [["shared": "1"], ["b": "3"]])
        _ = try store.root(of: gone, holding: setting.lease)
        try store.remove("gone")
        #expect(try store.prune().freedBytes == 0)
        setting.lease.release()
        let before = try setting.blobs()
        let report = try store.prune()
        let lost = [gone.manifestDigest, gone.manifest.config.digest, gone.manifest.layers[1].digest]
        #expect(before.subtracting(try setting.blobs()) == Set(lost.map(\.hex)))
        #expect(report.blobs == 3)
        #expect(report.roots == 1)
        let sizes = gone.manifestSize + gone.manifest.config.size + gone.manifest.layers[1].size
        #expect(report.freedBytes >= sizes + 2)
        #expect(try setting.names("roots").isEmpty)
        let lease = try store.lease()
        #expect(try FileSystem.readText(Path.join(store.root(of: kept, holding: lease).path, "a")) == "2")
    }

    @Test("keeps images that somebody holds, when all others go")
    func pruneAll() throws {
        let held = try setting.makeImage(["held"], layers: [["a": "1"]])
        setting.lease.release()
        let lease = try store.lease()
        try store.hold(held, by: lease)
        try setting.makeImage(["other"], layers: [["b": "2"]])
        let stillHeld = try store.lease()
        setting.lease.release()
        let report = try store.prune(images: .unheld)
        #expect(report.names == [] || report.names == ["docker.io/library/other:latest"])
        #expect(try store.image(named: "held") != nil)
        stillHeld.release()
        lease.release()
        #expect(try store.prune(images: .unheld).names.contains("docker.io/library/held:latest"))
        #expect(try setting.blobs().isEmpty)
    }

    @Test("clears away what a killed process has left, and nothing of one that lives")
    func abandoned() throws {
        try setting.directory.write("store/tmp/dead/root/x", "half")
        try setting.directory.write("store/leases/dead", "")
        try FileSystem.chmod(setting.directory.path("store/tmp/dead/root"), 0o500)
        try setting.directory.write("store/tmp/\(Path.base(setting.lease.temporaryDir))/mine", "whole")
        _ = try store.lease()
        #expect(try setting.names("leases") == [Path.base(setting.lease.temporaryDir)])
        #expect(try setting.names("tmp") == [Path.base(setting.lease.temporaryDir)])
        #expect(try FileSystem.list(setting.lease.temporaryDir).map(\.name) == ["mine"])
    }

    @Test("removes roots that are deeper than descriptors may be open, and closed to their owner")
    func deepRoots() throws {
        let deep = String(repeating: "d/", count: 1800) + "file"
        let image = try setting.makeImage(["deep"], layers: [[deep: "1"]])
        let root = try store.root(of: image, holding: setting.lease)
        try FileSystem.chmod(Path.join(root.path, "d/d"), 0)
        setting.lease.release()
        #expect(try store.prune(images: .unheld).roots == 1)
        #expect(try setting.names("roots").isEmpty)
        #expect(try setting.names("tmp").isEmpty)
    }

    @Test("takes no sizes for true that no blob can have")
    func absurdSizes() throws {
        let image = try setting.makeImage(["app"], layers: [["a": "1"]])
        var manifest = image.manifest
        manifest.layers = [manifest.layers[0], manifest.layers[0], manifest.layers[0]]
        for index in 1...2 {
            manifest.layers[index].digest = Digest.of([UInt8(index)])
            manifest.layers[index].size = .max
        }
        let bytes = manifest.bytes
        let layout = setting.directory.path("absurd")
        try FileSystem.copyTree(store.path, to: layout)
        try FileSystem.writeFile(Path.join(layout, "blobs/sha256", Digest.of(bytes).hex), bytes)
        let entry = Descriptor(mediaType: .ociManifest, digest: .of(bytes), size: Int64(bytes.count))
        try FileSystem.writeFile(Path.join(layout, "index.json"), ImageIndex(manifests: [entry]).bytes)
        #expect(throws: LibraryError.self) { try setting.pull("oci:\(layout)") }
    }

    @Test("leaves nothing behind of an image that is broken", arguments: ["missing", "altered", "cut short"])
    func broken(damage: String) throws {
        let image = try setting.makeImage(["app"], layers: [["a": "1"], ["b": "2"]])
        let other = try StoreSetting()
        let layer = image.manifest.layers[1]
        let blob = setting.directory.path("store/blobs/sha256/\(layer.digest.hex)")
        var bytes = try FileSystem.readFile(blob)
        bytes[bytes.count / 2] ^= 1
        switch damage {
        case "missing": try FileSystem.removeFile(blob)
        case "altered": try FileSystem.writeFile(blob, bytes)
        default: try FileSystem.writeFile(blob, Array(bytes.dropLast()))
        }
        let error = #expect(throws: LibraryError.self) {
            try other.store.add(image, names: ["app"], holding: other.lease)
        }
        #expect(error.map { "\($0)" }?.contains("\(layer.digest)") == true)
        #expect(try other.store.list().isEmpty)
        #expect(try FileSystem.list(other.lease.temporaryDir).isEmpty)
        other.lease.release()
        _ = try other.store.prune()
        #expect(try other.blobs().isEmpty)
    }

    @Test("is used by many threads at once without losing a name")
    func concurrency() throws {
        let image = try setting.makeImage(["app"], layers: [["a": "1"], ["b": "2"]])
        let target = try StoreSetting()
        let path = target.store.path
        let failures = Lock<[String]>([])
        Threads.parallel(count: 12, limit: 6) { index in
            do {
                let store = try LocalStore(path: path)
                let lease = try store.lease()
                let added = try store.add(image, names: ["app:\(index)"], holding: lease)
                let root = try store.root(of: added, holding: lease)
                guard try FileSystem.readText(Path.join(root.path, "b")) == "2" else { throw Errno.inputOutput }
                if index % 3 == 0 { _ = try store.prune() }
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        #expect(try target.store.list().count == 12)
        #expect(try target.blobs().count == 4)
        #expect(try target.names("roots").count == 1)
    }
}
