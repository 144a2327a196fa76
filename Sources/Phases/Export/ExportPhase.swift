import Archive
import BuildpackModel
import CNBCore
public import Console
public import OCI
import POSIX
public import PlatformModel
import TOML

/// Makes the app image of what the build left, and writes it under its names; then puts layers into the cache.
///
/// See the [platform specification](https://github.com/buildpacks/spec/blob/main/platform.md#exporter).
public struct ExportPhase: Sendable {
    let inputs: ExportInputs
    let images: any ImageStore
    let cache: (any LayerCache)?
    let logger: Logger

    /// Makes the phase.
    ///
    /// - Parameters:
    ///   - inputs: What the phase needs to know.
    ///   - images: Where run image, previous image and app image are.
    ///   - cache: Where layers for the next build go; `nil` when there is no cache.
    ///   - logger: Told what happens.
    public init(inputs: ExportInputs, images: any ImageStore, cache: (any LayerCache)?, logger: Logger) {
        self.inputs = inputs
        self.images = images
        self.cache = cache
        self.logger = logger
    }

    var platformAPI: PlatformAPI { inputs.platformAPI }
    var layersDir: String { inputs.platform.layersDir }
    var appDir: String { inputs.platform.appDir }
    var owner: EntryOwner { EntryOwner(uid: inputs.platform.uid, gid: inputs.platform.gid) }

    /// Exports, writes report.toml, and updates the cache, whose failures are warnings only.
    ///
    /// - Returns: What report.toml says.
    /// - Throws: `PhaseError` of kind `failed` while the images are opened, `export` afterwards.
    public func run() throws(PhaseError) -> Report {
        let project = try readProjectMetadata()
        let saver: ImageSaver
        do {
            saver = try ImageSaver(
                to: [inputs.platform.outputImage] + inputs.platform.additionalTags,
                in: images,
                logger: logger
            )
        } catch {
            throw PhaseError(.failed, failedTo: "create new app image", error)
        }
        let base = try openBase(saver)
        let runImageNames = try runImageNames()
        let export = { @Sendable () throws(PhaseError) -> (Report, [String: DiffID]) in
            try exportAndReport(base, runImageNames: runImageNames, project: project, saver: saver)
        }
        guard inputs.platform.parallelExport, cache != nil else {
            let (report, known) = try export()
            updateCache(knowing: known, cancellation: nil)
            return report
        }
        let cancellation = Cancellation()
        let thread = try? Thread { updateCache(knowing: [:], cancellation: cancellation) }
        defer { thread?.join() }
        do {
            let (report, known) = try export()
            if thread == nil { updateCache(knowing: known, cancellation: nil) }
            return report
        } catch {
            cancellation.cancel()
            throw error
        }
    }

    private func exportAndReport(
        _ base: ExportBase,
        runImageNames: RunImageNames,
        project: ProjectMetadata,
        saver: ImageSaver
    ) throws(PhaseError) -> (Report, [String: DiffID]) {
        let report: Report
        let known: [String: DiffID]
        do {
            (report, known) = try logger.timed("Exporter") { () throws(ExportError) in
                try export(base, runImageNames: runImageNames, project: project, saver: saver)
            }
        } catch {
            throw PhaseError(.export, failedTo: "export", error)
        }
        do {
            try report.write(inputs.platform.reportPath)
        } catch {
            throw PhaseError(.export, failedTo: "write export report", error)
        }
        return (report, known)
    }

    /// Makes the image and writes it.
    private func export(
        _ base: ExportBase,
        runImageNames: RunImageNames,
        project: ProjectMetadata,
        saver: ImageSaver
    ) throws(ExportError) -> (Report, [String: DiffID]) {
        try copyLifecycleSBOMs()
        let build = try readBuildMetadata()
        var image = AppImage(
            draft: base.draft,
            previous: base.previous,
            saver: saver,
            engine: LayerEngine(pool: CompressionPool()),
            compression: inputs.compression,
            logger: logger
        )
        var label = try lifecycleLabel(of: base, runImageNames: runImageNames)
        try addExtensionLayers(base, to: &image)
        try addBuildpackLayers(to: &image, &label)
        try addSBOMLayer(to: &image, &label)
        try addAppLayers(build.slices, to: &image, &label)
        try addLauncherLayers(build.processes, to: &image, &label)
        try setLabels(label, build, project, on: &image.draft.container)
        setEnvironment(on: &image.draft.container)
        try setProcess(build, on: &image.draft.container)
        var report = Report(tags: [])
        report.bom = try legacyBOM()
        let finished = image.draft.finished(
            created: base.created,
            keepingHistory: platformAPI.supports(.imageHistory)
        )
        let saved = try saver.save(finished)
        report.tags = saved.tags
        report.imageID = saved.imageID
        report.digest = saved.digest
        report.manifestSize = saved.manifestSize
        return (report, image.archivedDirectories)
    }

    func readBuildMetadata() throws(ExportError) -> BuildMetadata {
        do {
            return try TOMLFile.read(Path.join(layersDir, DefaultPath.metadata))
        } catch {
            throw ExportError("read build metadata: failed to read build metadata file", error)
        }
    }

    private func readProjectMetadata() throws(PhaseError) -> ProjectMetadata {
        let path = inputs.platform.projectMetadataPath
        do {
            if let project = try ProjectMetadata.read(path) { return project }
        } catch {
            throw PhaseError(.failed, error.description, excerpt: error.excerpt)
        }
        logger.debug("No project metadata found at path \"\(path)\", project metadata will not be exported")
        return ProjectMetadata()
    }

    /// The bill of materials of old buildpacks, as long as reports had it.
    private func legacyBOM() throws(ExportError) -> [TOMLTable] {
        guard !platformAPI.supports(.legacyBOMFiles) else { return [] }
        var entries: [TOMLTable] = []
        for buildpack in inputs.group.buildpacks {
            let path = Path.join(layersDir, buildpack.directoryName, "build.toml")
            do {
                let contents: BuildTOML? = try TOMLFile.readIfPresent(path)
                for requirement in contents?.bom ?? [] {
                    entries.append(BOMEntry(requirement: requirement, buildpack: buildpack.identity).toml)
                }
            } catch {
                throw ExportError(error.description)
            }
        }
        return entries
    }
}
