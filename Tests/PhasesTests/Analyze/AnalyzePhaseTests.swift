import Archive
import CNBCore
import Console
import OCI
import POSIX
import Phases
import PlatformModel
import TestSupport
import Testing

@Suite("Analyze")
struct AnalyzePhaseTests {
    private let store = MemoryImageStore()
    private let logger = Logger.collecting()
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func analyze(api: String = "0.15", _ change: (inout ResolvedInputs) -> Void = { _ in }) throws
        -> AnalysisMetadata
    {
        var inputs = ResolvedInputs(completed: PlatformInputs())
        inputs.layersDir = directory.path("layers")
        inputs.outputImage = "registry.test/app"
        inputs.previousImage = "registry.test/app"
        inputs.runImage = "registry.test/run"
        change(&inputs)
        let stores = PhaseStores(images: store, registry: store, kind: .registry)
        let phase = AnalyzeInputs(platformAPI: try PlatformAPI(api), inputs: inputs)
        return try AnalyzePhase(inputs: phase, stores: stores, logger: logger).run()
    }

    /// Makes an image with one layer; returns that layer's digest.
    @discardableResult
    private func makeImage(_ name: String, labels: [String: String] = [:], _ content: LayerContent = LayerContent())
        throws -> DiffID
    {
        let destination = try store.destination(for: name)
        let writer = try destination.newBlob()
        let engine = LayerEngine(pool: CompressionPool(threads: 0))
        let archived = try engine.archive(content, to: BlobSink(writer))
        let digest = archived.digest
        try writer.finish(digest: digest, size: archived.size)
        var draft = ImageDraft(platform: OCIPlatform(os: "linux", architecture: "arm64", variant: "v8"), family: .oci)
        let descriptor = Descriptor(mediaType: MediaTypeFamily.oci.layer, digest: digest, size: archived.size)
        draft.append(ImageLayer(descriptor: descriptor, diffID: DiffID(archived.diffID)))
        draft.container.labels = labels
        _ = try draft.finished(keepingHistory: false).write(to: destination, references: [name])
        return DiffID(archived.diffID)
    }

    @Test("the run image's target comes from its config and labels")
    func runImage() throws {
        try makeImage(
            "registry.test/run",
            labels: [
                "io.buildpacks.base.id": "base", "io.buildpacks.base.distro.name": "debian",
            ]
        )
        let runImage = try #require(try analyze().runImage)
        #expect(runImage.image == "registry.test/run")
        #expect(runImage.reference.hasPrefix("registry.test/run@sha256:"))
        #expect(
            runImage.target
                == RunImageTarget(
                    id: "base",
                    os: "linux",
                    arch: "arm64",
                    variant: "v8",
                    distribution: .init(name: "debian", version: "")
                )
        )
    }

    @Test("the bionic stack stands for its distribution where labels name none")
    func bionicRunImage() throws {
        let stack = ["io.buildpacks.stack.id": "io.buildpacks.stacks.bionic"]
        try makeImage("registry.test/run", labels: stack)
        let bionic = RunImageTarget.Distribution(name: "ubuntu", version: "18.04")
        #expect(try analyze().runImage?.target?.distribution == bionic)

        let named = stack.merging(["io.buildpacks.base.distro.name": "debian"]) { $1 }
        try makeImage("registry.test/run", labels: named)
        #expect(try analyze().runImage?.target?.distribution?.name == "debian")
    }

    @Test("before Platform API 0.12 there are only references")
    func oldPlatform() throws {
        try makeImage("registry.test/run")
        let runImage = try #require(try analyze(api: "0.11").runImage)
        #expect(runImage.image.isEmpty)
        #expect(runImage.target == nil)
        #expect(!runImage.reference.isEmpty)
    }

    @Test("a run image that doesn't exist is a warning")
    func missingRunImage() throws {
        let analysis = try analyze()
        #expect(analysis.runImage?.reference == "")
        #expect(analysis.runImage?.target?.os == "linux")
        #expect(logger.records.filter { $0.level == .warn }.count == 1)
    }

    @Test("the previous image's layers and SBOM files are used")
    func previousImage() throws {
        let path = directory.path("layers/sbom")
        try directory.write("layers/sbom/launch/acme_one/a/sbom.cdx.json", "{}")
        let sbom = try makeImage("registry.test/sbom", .directory(path, owner: EntryOwner(uid: 1, gid: 1)))
        try FileSystem.removeTree(directory.path("layers"))
        let label = #"{"sbom":{"sha":"\#(sbom)"},"config":{"sha":"sha256:c"}}"#
        let destination = try store.destination(for: "registry.test/app")
        let base = try #require(try store.open("registry.test/sbom", platform: nil))
        var draft = try ImageDraft(base: base)
        draft.container.labels = [LifecycleMetadataLabel.name: label]
        _ = try draft.finished(keepingHistory: false).write(to: destination, references: ["registry.test/app"])

        let analysis = try analyze()
        #expect(analysis.previousImage?.hasPrefix("registry.test/app@sha256:") == true)
        #expect(analysis.layers.config == "sha256:c")
        #expect(FileSystem.exists(directory.path("layers/sbom/launch/acme_one/a/sbom.cdx.json")))

        try FileSystem.removeTree(directory.path("layers"))
        _ = try analyze { $0.skipLayers = true }
        #expect(!FileSystem.exists(directory.path("layers/sbom")))
    }

    @Test("a previous image whose label is malformed is as good as none")
    func malformedLabel() throws {
        try makeImage("registry.test/app", labels: [LifecycleMetadataLabel.name: "no JSON"])
        let analysis = try analyze()
        #expect(analysis.previousImage == "")
        #expect(analysis.layers == LifecycleMetadataLabel())
    }

    @Test("images that can't be written are found out at once")
    func access() throws {
        try store.forbidWriting("registry.test/cache")
        let error = #expect(throws: PhaseError.self) { try analyze { $0.cacheImage = "registry.test/cache" } }
        #expect(error?.kind == .analyze)
        #expect(
            error?.message.hasPrefix(
                "failed to initialize analyzer: validating registry write access: "
                    + "failed to ensure registry read/write access to registry.test/cache: "
            ) == true
        )
    }
}
