import Archive
import OCI
import TestSupport
import Testing

@Suite("Image drafts")
struct ImageDraftTests {
    private let store = MemoryImageStore()

    /// Puts an image with layers of one byte each into the store.
    @discardableResult
    private func makeImage(
        _ name: String,
        layers: [UInt8],
        family: MediaTypeFamily = .docker,
        configure: (inout ContainerConfig) -> Void = { _ in }
    ) throws -> any StoredImage {
        let destination = try store.destination(for: name)
        var draft = ImageDraft(platform: OCIPlatform(os: "linux", architecture: "amd64"), family: family)
        for layer in layers {
            draft.append(try write([layer], to: destination, as: family), createdBy: "layer \(layer)")
        }
        configure(&draft.container)
        let results = try draft.finished(keepingHistory: true).write(to: destination, references: [name])
        #expect(results.allSatisfy { $0.error == nil })
        return try #require(try store.open(name, platform: nil))
    }

    private func write(
        _ bytes: [UInt8],
        to destination: any ImageDestination,
        as family: MediaTypeFamily
    ) throws -> ImageLayer {
        let writer = try destination.newBlob()
        try bytes.withUnsafeBytes { try writer.write($0) }
        let digest = Digest.of(bytes)
        try writer.finish(digest: digest, size: Int64(bytes.count))
        // Layers are not compressed here, so both digests are the same.
        return ImageLayer(
            descriptor: Descriptor(mediaType: family.layer, digest: digest, size: Int64(bytes.count)),
            diffID: DiffID(digest)
        )
    }

    private func diffIDs(_ bytes: [UInt8]) -> [DiffID] { bytes.map { DiffID(Digest.of([$0])) } }

    @Test("add layers to those of their base", arguments: [MediaTypeFamily.oci, .docker])
    func append(family: MediaTypeFamily) throws {
        let base = try makeImage("base", layers: [1, 2], family: family)
        let destination = try store.destination(for: "app")
        var draft = try ImageDraft(base: base)
        draft.append(try write([3], to: destination, as: .docker), createdBy: "mine")
        _ = try draft.finished(keepingHistory: true).write(to: destination, references: ["app", "app:v2"])
        let app = try #require(try store.open("app:v2", platform: nil))
        #expect(app.config.diffIDs == diffIDs([1, 2, 3]))
        #expect(app.config.history.map(\.createdBy) == ["layer 1", "layer 2", "mine"])
        #expect(app.config.created == "1980-01-01T00:00:01Z")
        #expect(app.manifest.family == family)
        #expect(app.manifest.config.mediaType == family.config)
        #expect(Set(app.manifest.layers.map(\.mediaType)) == [family.layer])
    }

    @Test("without history have blank entries")
    func blankHistory() throws {
        let draft = try ImageDraft(base: makeImage("base", layers: [1]))
        let finished = draft.finished(created: try #require(Timestamp(seconds: 0)), keepingHistory: false)
        let config = try ImageConfig(parsing: finished.config, of: "draft")
        #expect(config.history == [HistoryEntry(created: "1970-01-01T00:00:00Z")])
    }

    @Test("rebase the layers above the old base, and nothing else")
    func rebase() throws {
        try makeImage("old", layers: [1, 2])
        let app = try makeImage("app", layers: [1, 2, 8, 9]) { $0.environment = ["A=app"] }
        let new = try makeImage("new", layers: [3]) { $0.environment = ["A=new"] }
        var draft = try ImageDraft(base: app)
        try draft.rebase(above: DiffID(Digest.of([2])), below: diffIDs([8, 9]), onto: new)
        #expect(draft.layers.map(\.diffID) == diffIDs([3, 8, 9]))
        #expect(draft.container.environment == ["A=app"])
    }

    @Test("refuse to be rebased above a layer that they do not have")
    func rebaseElsewhere() throws {
        let app = try makeImage("app", layers: [1])
        let new = try makeImage("new", layers: [3])
        var draft = try ImageDraft(base: app)
        #expect(throws: OCIError.self) { try draft.rebase(above: DiffID(Digest.of([7])), below: [], onto: new) }
    }

    /// Old top, layers of the app image from the bottom up, those of the app as far as they are known, and the result
    /// on a base of the one layer 3.
    private static let repeatedLayers: [(top: UInt8, layers: [UInt8], app: [UInt8], expected: [UInt8])] = [
        // The top twice: adjacent, at the bottom, in the middle.
        (2, [1, 2, 2, 8], [8], [3, 8]), (2, [2, 1, 2, 8], [8], [3, 8]), (2, [1, 2, 4, 2, 8, 9], [8, 9], [3, 8, 9]),
        // The app has a layer that equals the top.
        (2, [1, 2, 2, 8], [2, 8], [3, 2, 8]), (2, [1, 2, 8, 2], [8, 2], [3, 8, 2]),
        (2, [2, 1, 2, 2, 8], [2, 8], [3, 2, 8]),
        // A layer of the base that is no top, twice, and once more in the app.
        (2, [1, 1, 2, 1], [1], [3, 1]),
        // Not all layers of the app are known, or others came on top.
        (2, [1, 2, 4, 2, 8, 9], [8], [3, 8, 9]), (2, [1, 2, 2, 8, 7], [8], [3, 8, 7]), (2, [1, 2, 2], [], [3]),
        // Layers of extensions lie between base and app.
        (2, [1, 2, 2, 5, 8], [8], [3, 5, 8]),
    ]

    @Test("rebase above the last occurrence of the old top that is below the app", arguments: repeatedLayers)
    func repeated(top: UInt8, layers: [UInt8], app: [UInt8], expected: [UInt8]) throws {
        let image = try makeImage("app", layers: layers)
        let new = try makeImage("new", layers: [3])
        var draft = try ImageDraft(base: image)
        try draft.rebase(above: DiffID(Digest.of([top])), below: diffIDs(app), onto: new)
        #expect(draft.layers.map(\.diffID) == diffIDs(expected))
    }

    @Test("are OCI images as a whole when Docker has no name for one of their layers", arguments: [true, false])
    func zstd(isOnTop: Bool) throws {
        let base = try makeImage("base", layers: [1, 2], family: .docker)
        var draft = try ImageDraft(base: base)
        let layer = Descriptor(mediaType: .ociLayerZstd, digest: Digest.of([9]), size: 1)
        if isOnTop { draft.append(ImageLayer(descriptor: layer, diffID: DiffID(Digest.of([9])))) }
        let finished = draft.finished(keepingHistory: true)
        let manifest = try ImageManifest(parsing: finished.manifest, of: "app")
        #expect(finished.mediaType == (isOnTop ? .ociManifest : .dockerManifest))
        #expect(manifest.config.mediaType == (isOnTop ? .ociConfig : .dockerConfig))
        let types = manifest.layers.map(\.mediaType)
        #expect(
            types == (isOnTop ? [.ociLayerGzip, .ociLayerGzip, .ociLayerZstd] : [.dockerLayerGzip, .dockerLayerGzip])
        )
    }

    @Test("report each name for itself")
    func names() throws {
        let draft = try ImageDraft(base: makeImage("base", layers: [1]))
        try store.forbidWriting("app:locked")
        let results = try draft.finished(keepingHistory: true)
            .write(to: store.destination(for: "app"), references: ["app", "app:locked", "app:free"])
        #expect(results.map { $0.error == nil } == [true, false, true])
        #expect(try store.open("app:free", platform: nil) != nil)
        #expect(try store.open("app:locked", platform: nil) == nil)
    }
}

@Suite("Image documents")
struct ImageDocumentTests {
    @Test("choose the image of an index by platform")
    func platforms() throws {
        func entry(_ digit: String, _ platform: OCIPlatform?) throws -> Descriptor {
            let digest = try Digest("sha256:" + String(repeating: digit, count: 64))
            return Descriptor(mediaType: .ociManifest, digest: digest, size: 1, platform: platform)
        }
        let index = ImageIndex(
            manifests: [
                try entry("1", OCIPlatform(os: "linux", architecture: "arm64", variant: "v8")),
                try entry("2", OCIPlatform(os: "linux", architecture: "amd64")),
                try entry("3", nil),
            ]
        )
        let read = try ImageIndex(parsing: index.bytes, of: "index")
        #expect(read == index)
        #expect(read.manifest(for: OCIPlatform(os: "linux", architecture: "amd64"))?.digest.hex.first == "2")
        #expect(read.manifest(for: OCIPlatform(os: "linux", architecture: "arm64"))?.digest.hex.first == "1")
        let variant = OCIPlatform(os: "linux", architecture: "amd64", variant: "v3")
        #expect(read.manifest(for: variant)?.digest.hex.first == "2")
        #expect(read.manifest(for: OCIPlatform(os: "linux", architecture: "arm64", variant: "v9")) == nil)
        #expect(read.manifest(for: OCIPlatform(os: "linux", architecture: "s390x")) == nil)
    }

    @Test(
        "that are no manifests are refused",
        arguments: [
            "", "[]", "{}", #"{"schemaVersion":1}"#, #"{"schemaVersion":2,"layers":[]}"#,
            #"{"schemaVersion":2,"config":{"digest":"sha256:x","size":1},"layers":[]}"#,
            #"{"schemaVersion":2,"config":{"digest":"sha256:"#
                + #"0000000000000000000000000000000000000000000000000000000000000000","size":-1},"layers":[]}"#,
            #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#,
        ]
    )
    func malformed(document: String) {
        #expect(throws: OCIError.self) { try ImageManifest(parsing: Array(document.utf8), of: "test") }
    }

    @Test("keep zstd layers as they are in either family")
    func zstd() {
        #expect(MediaTypeFamily.docker.layerType(matching: .ociLayerZstd) == .ociLayerZstd)
        #expect(MediaTypeFamily.oci.layerType(matching: .dockerLayerGzip) == .ociLayerGzip)
    }
}
