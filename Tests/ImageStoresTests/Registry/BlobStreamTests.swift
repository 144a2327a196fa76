import Archive
import OCI
import POSIX
import TestSupport
import Testing

@testable import ImageStores

@Suite("Large layers on their way into a registry", .enabled(if: hasRegistry, "needs docker-registry"))
struct BlobStreamTests {
    private let proxy: FaultProxy
    private let repository = uniqueRepository()
    /// More than a blob that stays in memory can have.
    private let image = TestImage.random(layers: [12 << 20], seed: 21)
    private let direct: String

    init() throws {
        let registry = try sharedRegistry()
        proxy = try FaultProxy(before: registry.port)
        direct = "\(registry.host)/\(repository)"
    }

    private var name: String { "\(proxy.host)/\(repository)" }

    /// The methods of the requests for blobs.
    private var methods: [String] { proxy.exchanges.filter { $0.target.contains("/blobs/") }.map(\.method) }

    private func commit(_ destination: any ImageDestination, as reference: String) throws -> OCIError? {
        try destination.commit(
            manifest: image.manifest.bytes,
            mediaType: .ociManifest,
            config: image.config,
            references: [reference]
        )[0].error
    }

    /// Whether the registry serves the image, and each byte of it is right.
    private func isStored() throws -> Bool {
        try makeStore().open(direct, platform: nil)?.layerBytes(0) == image.layers[0]
    }

    @Test("are sent while they are made, where the repository is new", .timeLimit(.minutes(1)))
    func whileMade() throws {
        let destination = try makeStore().destination(for: name)
        let writer = try destination.newBlob()
        let content = image.layers[0]
        let half = BlobStream.smallestSize
        try content[..<half].withUnsafeBytes { try writer.write($0) }
        // Without the time limit this would wait for ever where nothing is sent before the end.
        while proxy.streamedBytes < half { Clock.sleep(milliseconds: 5) }
        try content[half...].withUnsafeBytes { try writer.write($0) }
        try writer.finish(digest: .of(content), size: Int64(content.count))
        #expect(try commit(destination, as: name) == nil)
        #expect(try isStored())
        // The layer, and the config, which is sent with the request that completes it.
        #expect(methods.sorted() == ["PATCH", "POST", "POST", "PUT", "PUT"])
    }

    @Test("are not sent again where the repository has images, and this layer")
    func notAgain() throws {
        #expect(try image.push([direct], to: makeStore())[0].error == nil)
        #expect(try image.push(["\(name):again"], to: makeStore())[0].error == nil)
        #expect(proxy.streamedBytes == 0)
        #expect(methods.sorted() == ["HEAD", "POST"], "the layer is asked for, and the config is there")
    }

    @Test(
        "are sent as others where sending them at once fails",
        arguments: [
            PushFault(name: "no tags to be seen", fault: .answer("403 Forbidden"), method: "GET", part: "/tags/list"),
            PushFault(
                name: "tags are nonsense",
                fault: .answer("200 OK", body: "<p>"),
                method: "GET",
                part: "/tags/list"
            ),
            PushFault(
                name: "stream breaks",
                fault: .breakRequest(afterBodyBytes: 6_000_000),
                method: "PATCH",
                part: "/uploads/"
            ),
            PushFault(name: "stream refused", fault: .answer("400 Bad Request"), method: "PATCH", part: "/uploads/"),
            PushFault(
                name: "stream answer lost",
                fault: .breakAnswer(afterBytes: 0),
                method: "PATCH",
                part: "/uploads/"
            ),
            PushFault(name: "completion breaks", fault: .answer("500 Oh no"), method: "PUT", part: "/uploads/"),
            PushFault(
                name: "completion answer lost",
                fault: .breakAnswer(afterBytes: 0),
                method: "PUT",
                part: "/uploads/"
            ),
        ]
    )
    func fallBack(_ fault: PushFault) throws {
        proxy.inject(fault.fault, fault.method, fault.part)
        #expect(try image.push([name], to: makeStore())[0].error == nil)
        #expect(proxy.remainingFaults == 0)
        #expect(try isStored())
    }

    @Test("that are given up leave nothing behind, and nobody waiting", .timeLimit(.minutes(1)))
    func givenUp() throws {
        func begin(_ destination: any ImageDestination) throws -> any BlobWriter {
            let writer = try destination.newBlob()
            try image.layers[0].withUnsafeBytes { try writer.write($0) }
            while proxy.streamedBytes == 0 { Clock.sleep(milliseconds: 5) }
            return writer
        }
        let destination = try makeStore().destination(for: name)
        try begin(destination).abandon()
        #expect(try commit(destination, as: name) != nil, "the registry has no such layer")
        #expect(methods.contains("DELETE"))

        // Here the destination goes away before the writer.
        let writer = try begin(makeStore().destination(for: name))
        #expect(try makeStore().open(direct, platform: nil) == nil)
        writer.abandon()
    }

    @Test("that are equal are stored once, and none is lost")
    func equal() throws {
        let destination = try makeStore().destination(for: name)
        let writers = try (0..<3).map { _ in try destination.newBlob() }
        for writer in writers { try image.layers[0].withUnsafeBytes { try writer.write($0) } }
        for writer in writers {
            try writer.finish(digest: .of(image.layers[0]), size: Int64(image.layers[0].count))
        }
        #expect(try commit(destination, as: name) == nil)
        #expect(try isStored())
    }
}
