import Archive
import BuildpackModel
import CNBCore
import Console
import LayerCaches
import OCI
import POSIX
import Phases
import PlatformModel
import TestSupport
import Testing

/// A build that is ready to be exported, and the images around it.
final class ExportFixture {
    let directory: TemporaryDirectory
    let store = MemoryImageStore()
    let logger = Logger.collecting(level: .info)
    var inputs: ExportInputs

    var layersDir: String { inputs.platform.layersDir }
    var appDir: String { inputs.platform.appDir }

    init(platformAPI: String = "0.12", family: MediaTypeFamily = .docker) throws {
        directory = try TemporaryDirectory()
        var platform = PlatformInputs()
        platform.layersDir = try directory.makeDirectory("layers")
        platform.appDir = try directory.makeDirectory("app")
        platform.launcherPath = try directory.write("launcher", "launcher", mode: 0o755)
        platform.launcherSBOMDir = DefaultPath.lifecycleDir
        platform.reportPath = directory.path("report.toml")
        platform.projectMetadataPath = directory.path("project-metadata.toml")
        platform.runPath = directory.path("run.toml")
        platform.stackPath = directory.path("stack.toml")
        platform.outputImage = "registry.test/app"
        inputs = ExportInputs(
            platformAPI: try PlatformAPI(platformAPI),
            platform: ResolvedInputs(completed: platform, runImage: "registry.test/run"),
            group: Group(buildpacks: [GroupElement(id: "acme/one", version: "1.0.0", api: "0.10")]),
            analysis: AnalysisMetadata(runImage: AnalyzedRunImage(image: "registry.test/run")),
            launcher: BuildMetadataLabel.LauncherVersion(version: "1", repository: "r", commit: "c")
        )
        try directory.write("app/main", "main")
        try writeMetadata("")
        try makeRunImage("registry.test/run", family: family)
    }

    // MARK: The build

    /// Writes `config/metadata.toml`; the buildpacks are always the same.
    func writeMetadata(_ text: String) throws {
        let head = "[[buildpacks]]\nid = \"acme/one\"\nversion = \"1.0.0\"\napi = \"0.10\"\n"
        try directory.write("layers/config/metadata.toml", "\(text)\n\(head)")
    }

    /// Writes a layer of the only buildpack.
    func writeLayer(_ name: String, types: String, contents: String? = "contents", metadata: String = "") throws {
        let path = "layers/acme_one/\(name)"
        try directory.write("\(path).toml", "[types]\n\(types)\n[metadata]\n\(metadata)\n")
        if let contents { try directory.write("\(path)/file", contents) }
    }

    /// Prepares the next build: as the analyzer and restorer would, with nothing left of this one.
    func startNextBuild() throws {
        let previous = try image()
        inputs.analysis.previousImage = previous.identifier
        let label = previous.config.container.labels[LifecycleMetadataLabel.name] ?? ""
        inputs.analysis.layers = try LifecycleMetadataLabel(label: label)
        try FileSystem.removeTree(Path.join(layersDir, "acme_one"))
    }

    // MARK: The images

    func makeRunImage(_ name: String, layers: [String] = ["base"], family: MediaTypeFamily = .docker) throws {
        let destination = try store.destination(for: name)
        var draft = ImageDraft(platform: OCIPlatform(os: "linux", architecture: "amd64"), family: family)
        for text in layers {
            let content = LayerContent([.bytes("/\(text)", Array(text.utf8), mode: 0o644, owner: .root)])
            let writer = try destination.newBlob()
            let archived = try LayerEngine(pool: CompressionPool(threads: 0)).archive(content, to: BlobSink(writer))
            try writer.finish(digest: archived.digest, size: archived.size)
            let descriptor = Descriptor(
                mediaType: family.layer,
                digest: archived.digest,
                size: archived.size
            )
            draft.append(ImageLayer(descriptor: descriptor, diffID: DiffID(archived.diffID)), createdBy: text)
        }
        draft.container.environment = ["PATH=/bin", "BASE=1"]
        draft.container.command = ["/bin/sh"]
        draft.container.user = "1000:1000"
        draft.container.labels = ["io.buildpacks.base.id": name]
        _ = try draft.finished(keepingHistory: true).write(to: destination, references: [name])
    }

    func image(_ name: String = "registry.test/app") throws -> any StoredImage {
        try #require(try store.open(name, platform: nil))
    }

    /// Replaces a label of an image.
    func relabel(_ label: String, _ value: String, of name: String = "registry.test/app") throws {
        var draft = try ImageDraft(base: try image(name))
        draft.container.labels[label] = value
        _ = try draft.finished(keepingHistory: true).write(to: try store.destination(for: name), references: [name])
    }

    // MARK: Running

    @discardableResult
    func export(cache: (any LayerCache)? = nil) throws(PhaseError) -> Report {
        try ExportPhase(inputs: inputs, images: store, cache: cache, logger: logger).run()
    }

    @discardableResult
    func rebase(_ platformAPI: String = "0.12", _ change: (inout ResolvedInputs) -> Void) throws -> Report {
        var platform = inputs.platform
        platform.runImage = nil
        change(&platform)
        let inputs = RebaseInputs(platformAPI: try PlatformAPI(platformAPI), platform: platform)
        return try RebasePhase(inputs: inputs, images: store, logger: logger).run()
    }

    func label(_ image: any StoredImage) throws -> LifecycleMetadataLabel {
        try LifecycleMetadataLabel(label: image.config.container.labels[LifecycleMetadataLabel.name] ?? "")
    }
}
