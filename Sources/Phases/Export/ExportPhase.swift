import Archive
import BuildpackModel
import CNBCore
public import Console
public import LayerCaches
public import OCI
import POSIX
public import PlatformModel
import TOML

/// Makes the app image of what the build left, and writes it under its names; then puts layers into the cache.
///
/// See the [platform specification](https://github.com/buildpacks/spec/blob/main/platform.md#exporter).
public struct ExportPhase: Sendable {
    /// What the phase needs to know.
    let inputs: ExportInputs
    /// Where run image, previous image and app image are.
    let images: any ImageStore
    /// Where layers for the next build go; `nil` when there is no cache.
    let cache: (any LayerCache)?
    /// Told what happens.
    let logger: Logger

    public init(inputs: ExportInputs, images: any ImageStore, cache: (any LayerCache)?, logger: Logger) {
        self.inputs = inputs
        self.images = images
        self.cache = cache
        self.logger = logger
    }

    var platformAPI: PlatformAPI { inputs.platformAPI }
    var layersDir: String { inputs.platform.layersDir }
    var appDir: String { inputs.platform.appDir }
    var absentBuildpacks: AbsentBuildpacks { AbsentBuildpacks(inputs.platform, platformAPI) }
    var owner: EntryOwner { EntryOwner(uid: inputs.platform.uid, gid: inputs.platform.gid) }

    /// Exports, writes report.toml, and updates the cache, whose failures are warnings only.
    ///
    /// - Returns: What report.toml says.
    /// - Throws: `PhaseError` of kind `failed` while the images are opened, `export` afterwards.
    public func run() throws(PhaseError) -> Report {
        let project = try readProjectMetadata()
        let saver = try wrapping(.failed, failedTo: "create new app image") {
            try ImageSaver(
                to: [inputs.platform.outputImage] + inputs.platform.additionalTags,
                in: images,
                logger: logger
            )
        }
        let task = ExportTask(
            base: try openBase(saver),
            runImageNames: try runImageNames(),
            project: project,
            saver: saver
        )
        guard inputs.platform.parallelExport, let cache else { return try exportInOnePass(task) }
        let cancellation = Cancellation()
        let thread = try? Thread {
            updateCache(cache, Result { () throws(CacheError) in try cache.beginUpdate() }, cancellation: cancellation)
        }
        defer { thread?.join() }
        // If no second thread can be started, image and cache are written one after the other.
        if thread == nil { return try exportInOnePass(task) }
        do {
            return try exportAndReport(task, cache: nil).report
        } catch {
            cancellation.cancel()
            throw error
        }
    }

    /// Exports, and lets a cache directory have layers while they are archived for the image.
    private func exportInOnePass(_ task: ExportTask) throws(PhaseError) -> Report {
        guard let cache else { return try exportAndReport(task, cache: nil).report }
        let update = Result { () throws(CacheError) in try cache.beginUpdate() }
        let exported = try exportAndReport(task, cache: try? update.get())
        updateCache(cache, update, knowing: exported.known)
        return exported.report
    }

    private func exportAndReport(_ task: ExportTask, cache: (any CacheUpdate)?) throws(PhaseError) -> Exported {
        let exported = try wrapping(.export, failedTo: "export") {
            try logger.timed("Exporter") { () throws(ExportError) in try export(task, cache: cache) }
        }
        try wrapping(.export, failedTo: "write export report") { try exported.report.write(inputs.platform.reportPath) }
        return exported
    }

    /// Makes the image and writes it.
    private func export(_ task: ExportTask, cache: (any CacheUpdate)?) throws(ExportError) -> Exported {
        try copyLifecycleSBOMs()
        let build = try readBuildMetadata()
        let cancellation = Cancellation()
        let tasks = LayerTasks(cancellation: cancellation)
        // After a failure, layers that were begun are of no use. After success, all of them are done.
        defer { tasks.stop() }
        var image = AppImage(
            draft: task.base.draft,
            previous: task.base.previous,
            maker: layerMaker(task, cancellation),
            tasks: tasks,
            cache: cache,
            logger: logger
        )
        let plan = plan(build, on: task.base)
        var label = try lifecycleLabel(of: task.base, runImageNames: task.runImageNames)
        try addLayers(plan, to: &image, &label)
        try setLabels(label, build, task.project, on: &image.draft.container)
        setEnvironment(on: &image.draft.container)
        try setProcess(build, on: &image.draft.container)
        let bom = try legacyBOM()
        let finished = image.draft.finished(
            created: task.base.created,
            keepingHistory: platformAPI.supports(.imageHistory)
        )
        var report = try task.saver.save(finished)
        report.bom = bom
        let known = KnownLayers(digests: image.archivedDirectories, directories: plan.directories)
        return Exported(report: report, known: known)
    }

    private func layerMaker(_ task: ExportTask, _ cancellation: Cancellation) -> LayerMaker {
        let progress = logger.progressLine("Exporting")
        return LayerMaker(
            previous: task.base.previous,
            saver: task.saver,
            engine: LayerEngine(pool: CompressionPool(), cancellation: cancellation) { progress?.add($0) },
            compression: inputs.compression,
            family: task.base.draft.family,
            progress: progress
        )
    }

    func readBuildMetadata() throws(ExportError) -> BuildMetadata {
        try wrapping("read build metadata: failed to read build metadata file") {
            try TOMLFile.read(Path.join(layersDir, DefaultPath.metadata))
        }
    }

    private func readProjectMetadata() throws(PhaseError) -> ProjectMetadata {
        let path = inputs.platform.projectMetadataPath
        if let project = try wrapping(.failed, { try ProjectMetadata.read(path) }) { return project }
        logger.debug("No project metadata found at path \"\(path)\", project metadata will not be exported")
        return ProjectMetadata()
    }

    /// The bill of materials of old buildpacks, as long as reports had it.
    private func legacyBOM() throws(ExportError) -> [TOMLTable] {
        guard !platformAPI.supports(.legacyBOMFiles) else { return [] }
        var entries: [TOMLTable] = []
        for buildpack in inputs.group.buildpacks {
            let path = Path.join(layersDir, buildpack.directoryName, "build.toml")
            try wrapping {
                let contents: BuildTOML? = try TOMLFile.readIfPresent(path)
                for requirement in contents?.bom ?? [] {
                    entries.append(BOMEntry(requirement: requirement, buildpack: buildpack.identity).toml)
                }
            }
        }
        return entries
    }
}

/// What is to be exported, once all images are open.
private struct ExportTask {
    let base: ExportBase
    let runImageNames: RunImageNames
    let project: ProjectMetadata
    let saver: ImageSaver
}

/// What an export leaves for the report and the cache.
private struct Exported {
    let report: Report
    let known: KnownLayers
}
