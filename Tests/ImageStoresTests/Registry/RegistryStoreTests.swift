import Archive
import JSON
import OCI
import POSIX
import TestSupport
import Testing

@testable import ImageStores

@Suite("Registry store", .enabled(if: hasRegistry, "needs docker-registry"))
struct RegistryStoreTests {
    let registry: RegistryServer
    let store: RegistryStore

    init() throws {
        registry = try RegistryServer()
        store = try makeStore()
    }

    @Test("reads back what it has written", arguments: [MediaTypeFamily.oci, .docker])
    func roundTrip(_ family: MediaTypeFamily) throws {
        // One blob that fits into memory, one that goes through a file, one that is empty.
        var image = TestImage.random(layers: [1000, 3 << 20, 0])
        image.family = family
        let name = "\(registry.host)/team/app:1"
        let results = try image.push([name], to: store)
        let digest = Digest.of(image.manifest.bytes)
        #expect(results.map(\.error) == [nil])
        #expect(results[0].digest == digest)
        #expect(results[0].identifier == "\(registry.host)/team/app@\(digest)")
        #expect(results[0].manifestSize == Int64(image.manifest.bytes.count))

        for reference in [name, results[0].identifier] {
            let stored = try #require(try store.open(reference, platform: nil))
            #expect(stored.identifier == results[0].identifier)
            #expect(stored.manifestSize == Int64(image.manifest.bytes.count))
            #expect(stored.manifest == image.manifest)
            #expect(stored.config.diffIDs.count == 3)
            for index in image.layers.indices { #expect(try stored.layerBytes(index) == image.layers[index]) }
        }
    }

    @Test(
        "skopeo reads our images",
        .enabled(if: Conditions.commandExists("skopeo")),
        arguments: [MediaTypeFamily.oci, .docker]
    )
    func skopeo(_ family: MediaTypeFamily) throws {
        var image = TestImage.random(layers: [100])
        image.family = family
        try image.push(["\(registry.host)/team/app"], to: store)
        let result = try runCommand([
            "skopeo", "inspect", "--raw", "--tls-verify=false", "docker://\(registry.host)/team/app:latest",
        ])
        #expect(Array(result.output.utf8) == image.manifest.bytes, "\(result.errors)")
    }

    @Test("an image that does not exist is nil, and may be read and written")
    func missing() throws {
        #expect(try store.open("\(registry.host)/no/such", platform: nil) == nil)
        #expect(try store.open("\(registry.host)/no/such@\(Digest.of([]))", platform: nil) == nil)
        try store.checkReadAccess("\(registry.host)/no/such")
        try store.checkWriteAccess("\(registry.host)/no/such")
    }

    @Test("names the registry where nobody listens, by both schemes")
    func unreachable() throws {
        registry.stop()
        let error = #expect(throws: OCIError.self) { try store.checkReadAccess("\(registry.host)/app") }
        let refused = "dial tcp \(registry.host): connect: connection refused"
        #expect(
            error.map { "\($0)" }
                == "Get \"https://\(registry.host)/v2/\": \(refused); Get \"http://\(registry.host)/v2/\": \(refused)"
        )
    }

    @Test("reports an unreachable registry for each name, and throws nothing")
    func unreachableCommit() throws {
        registry.stop()
        let results = try TestImage.random(layers: [10]).push(
            ["\(registry.host)/aa/a", "\(registry.host)/aa/b"],
            to: store
        )
        #expect(results.count == 2)
        #expect(results.allSatisfy { $0.error.map { "\($0)".contains("connection refused") } ?? false })
    }

    @Test("writes several names, also in other repositories, by mounting")
    func severalNames() throws {
        let proxy = try FaultProxy(before: registry.port)
        let image = TestImage.random(layers: [2 << 20, 5000])
        let names = ["aa/main:1", "aa/main:2", "bb/other:3"].map { "\(proxy.host)/\($0)" }
        #expect(try image.push(names, to: store).allSatisfy { $0.error == nil })
        for name in names {
            #expect(try store.open(name, platform: nil)?.manifestDigest == Digest.of(image.manifest.bytes))
        }
        let large = proxy.exchanges.filter { $0.requestBytes > 1 << 20 }
        #expect(large.count == 1, "the large layer is sent once")
    }

    @Test("a name that cannot be written does not keep the others from being written")
    func oneBadName() throws {
        let proxy = try FaultProxy(before: registry.port)
        proxy.inject(
            .answer("403 Forbidden", body: #"{"errors":[{"code":"DENIED","message":"no"}]}"#),
            "PUT",
            "bb/other/manifests",
            times: 9
        )
        let names = ["aa/main", "bb/other"].map { "\(proxy.host)/\($0)" }
        let results = try TestImage.random(layers: [10]).push(names, to: store)
        #expect(results[0].error == nil)
        #expect(results[1].error.map { "\($0)".contains("status 403 DENIED: no") } == true)
    }

    @Test("does not send what the registry has, and mounts what another repository has")
    func reuse() throws {
        let proxy = try FaultProxy(before: registry.port)
        let base = TestImage.random(layers: [1 << 20, 2 << 20])
        try base.push(["\(proxy.host)/run/base"], to: store)
        let stored = try #require(try store.open("\(proxy.host)/run/base", platform: nil))
        proxy.clearLog()

        for name in ["\(proxy.host)/apps/one", "\(proxy.host)/run/base:two"] {
            let destination = try store.destination(for: name)
            for layer in stored.manifest.layers { try destination.adopt(layer, from: stored) }
            let results = try destination.commit(
                manifest: base.manifest.bytes,
                mediaType: .ociManifest,
                config: base.config,
                references: [name]
            )
            #expect(results[0].error == nil)
            #expect(try store.open(name, platform: nil)?.layerBytes(1) == base.layers[1])
        }
        let sent = proxy.exchanges.filter { $0.method != "GET" }.reduce(0) { $0 + $1.requestBytes }
        #expect(sent < 10_000, "only manifests and the config are sent")
    }

    @Test("sends a small layer with two requests, a large one with four")
    func requestCount() throws {
        let proxy = try FaultProxy(before: registry.port)
        let image = TestImage.random(layers: [5000, 2 << 20])
        #expect(try image.push(["\(proxy.host)/\(uniqueRepository())"], to: store).allSatisfy { $0.error == nil })
        let methods = proxy.exchanges.map(\.method)
        // The small layer and the config; the large layer; the manifest.
        #expect(methods.filter { $0 == "POST" }.count == 3)
        #expect(methods.filter { $0 == "HEAD" }.count == 1)
        #expect(methods.filter { $0 == "PATCH" }.count == 1)
        #expect(methods.filter { $0 == "PUT" }.count == 4)
        #expect(methods.count == 9)
    }

    @Test("doesn't send a small layer again that the repository has")
    func smallLayerAgain() throws {
        let proxy = try FaultProxy(before: registry.port)
        let image = TestImage.random(layers: [5000, 6000])
        let name = "\(proxy.host)/\(uniqueRepository())"
        try image.push([name], to: store)
        proxy.clearLog()
        #expect(try image.push(["\(name):again"], to: makeStore()).allSatisfy { $0.error == nil })
        #expect(proxy.exchanges.map(\.method).sorted() == ["POST", "POST", "POST", "PUT"])
    }

    @Test("sends small layers to a registry that doesn't know mounts")
    func noMounts() throws {
        let proxy = try FaultProxy(before: registry.port)
        proxy.inject(.answer("405 Method Not Allowed"), "POST", "mount=", times: 9)
        let image = TestImage.random(layers: [5000, 6000])
        let name = "\(proxy.host)/\(uniqueRepository())"
        #expect(try image.push([name], to: store).allSatisfy { $0.error == nil })
        #expect(try store.open(name, platform: nil)?.layerBytes(1) == image.layers[1])
    }

    @Test("doesn't ask for the layers of an image of the same repository")
    func sameRepository() throws {
        let proxy = try FaultProxy(before: registry.port)
        let image = TestImage.random(layers: [5000, 2 << 20, 7000])
        let name = "\(proxy.host)/\(uniqueRepository())"
        try image.push([name], to: makeStore())
        let stored = try #require(try store.open(name, platform: nil))
        proxy.clearLog()
        let results = try adopt(stored, image, as: "\(name):next")
        #expect(results[0].error == nil)
        #expect(proxy.exchanges.map(\.method) == ["POST", "PUT"], "the config and the manifest")
    }

    @Test("asks for the layers of an image of the same repository when the registry misses one")
    func lostLayer() throws {
        let proxy = try FaultProxy(before: registry.port)
        let image = TestImage.random(layers: [5000, 6000])
        let name = "\(proxy.host)/\(uniqueRepository())"
        try image.push([name], to: makeStore())
        let stored = try #require(try store.open(name, platform: nil))
        proxy.clearLog()
        proxy.inject(
            .answer(
                "400 Bad Request",
                body: #"{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN","message":"blob unknown"}]}"#
            ),
            "PUT",
            "/manifests/"
        )
        proxy.inject(.answer("404 Not Found"), "HEAD", "/blobs/", times: 1)
        #expect(try adopt(stored, image, as: "\(name):next")[0].error == nil)
        #expect(proxy.exchanges.filter { $0.method == "HEAD" }.count == 2)
        #expect(proxy.remainingFaults == 0)
        #expect(try store.open("\(name):next", platform: nil)?.layerBytes(0) == image.layers[0])
    }

    /// Pushes an image whose layers are all those of a stored one.
    private func adopt(
        _ stored: any StoredImage,
        _ image: TestImage,
        as name: String
    ) throws -> [CommittedReference] {
        let destination = try store.destination(for: name)
        for layer in stored.manifest.layers { try destination.adopt(layer, from: stored) }
        return try destination.commit(
            manifest: image.manifest.bytes,
            mediaType: .ociManifest,
            config: image.config,
            references: [name]
        )
    }

    @Test("copies layers from a registry to another one")
    func otherRegistry() throws {
        let other = try RegistryServer()
        let base = TestImage.random(layers: [300_000])
        try base.push(["\(other.host)/run/base"], to: store)
        let stored = try #require(try store.open("\(other.host)/run/base", platform: nil))
        let name = "\(registry.host)/apps/one"
        let destination = try store.destination(for: name)
        try destination.adopt(stored.manifest.layers[0], from: stored)
        let results = try destination.commit(
            manifest: base.manifest.bytes,
            mediaType: .ociManifest,
            config: base.config,
            references: [name]
        )
        #expect(results[0].error == nil)
        #expect(try store.open(name, platform: nil)?.layerBytes(0) == base.layers[0])
    }

    @Test("chooses the image of an index by platform and variant")
    func index() throws {
        var descriptors: [Descriptor] = []
        for (number, platform) in [
            OCIPlatform(os: "linux", architecture: "amd64"),
            OCIPlatform(os: "linux", architecture: "arm64", variant: "v7"),
            OCIPlatform(os: "linux", architecture: "arm64", variant: "v8"),
        ].enumerated() {
            var image = TestImage.random(layers: [10 + number])
            image.platform = platform
            try image.push(["\(registry.host)/multi/app:\(number)"], to: store)
            let bytes = image.manifest.bytes
            descriptors.append(
                Descriptor(mediaType: .ociManifest, digest: .of(bytes), size: Int64(bytes.count), platform: platform)
            )
        }
        let reference = try ImageReference("\(registry.host)/multi/app:all")
        let index = ImageIndex(manifests: descriptors).bytes
        try store.client(for: reference).putManifest(reference.repository, "all", index, mediaType: .ociIndex)

        let arm = OCIPlatform(os: "linux", architecture: "arm64", variant: "v8")
        let stored = try #require(try store.open(reference.original, platform: arm))
        #expect(stored.manifestDigest == descriptors[2].digest)
        #expect(stored.identifier == reference.naming(descriptors[2].digest))
        #expect(try store.open(reference.original, platform: OCIPlatform(os: "linux", architecture: "s390x")) == nil)
    }

    @Test("refuses manifests of the obsolete schema 1 by name")
    func schema1() throws {
        let proxy = try FaultProxy(before: registry.port)
        proxy.inject(
            .answer(
                "200 OK",
                headers: ["Content-Type": "application/vnd.docker.distribution.manifest.v1+prettyjws"],
                body: #"{"schemaVersion":1}"#
            ),
            "GET",
            "/manifests/"
        )
        let error = #expect(throws: OCIError.self) { try store.open("\(proxy.host)/old/image", platform: nil) }
        #expect(error.map { "\($0)".contains("schema 1 is obsolete") } == true)
    }

    @Test("a destination without commit leaves the old image")
    func abandoned() throws {
        let name = "\(registry.host)/team/app"
        let old = TestImage.random(layers: [10])
        try old.push([name], to: store)
        do {
            let destination = try store.destination(for: name)
            try destination.add([UInt8](repeating: 1, count: 5 << 20))
        }
        #expect(try store.open(name, platform: nil)?.manifestDigest == Digest.of(old.manifest.bytes))
    }

    @Test("finishing a blob with another size than was written is an error")
    func wrongSize() throws {
        let writer = try store.destination(for: "\(registry.host)/team/app").newBlob()
        #expect(throws: OCIError.self) { try writer.finish(digest: .of([]), size: 1) }
    }
}
