import Archive
import BuildpackModel
import CNBCore
import Console
import OCI
import POSIX
import PlatformModel

extension ExportPhase {
    /// What the phase before this one knows about the layers of the previous image.
    var previousLabel: LifecycleMetadataLabel { inputs.analysis.layers }

    /// The label with what is known before any layer is made.
    func lifecycleLabel(
        of base: ExportBase,
        runImageNames: RunImageNames
    ) throws(ExportError) -> LifecycleMetadataLabel {
        var label = LifecycleMetadataLabel()
        try wrapping("get run image top layer SHA") {
            label.runImage.topLayer = RecordedDiffID(try base.runImage.topLayer())
        }
        label.runImage.reference = base.runImage.labelReference
        if platformAPI.supports(.runImageLabel) { label.runImage.names = runImageNames }
        label.stack = runImageNames
        return label
    }

    /// Adds the layers of a plan.
    ///
    /// - Parameters:
    ///   - plan: The layers.
    ///   - image: Gets them.
    ///   - label: Gets what is known about them.
    /// - Throws: `ExportError` of the first layer that can't be made, or could not be planned.
    func addLayers(
        _ plan: ExportPlan,
        to image: inout AppImage,
        _ label: inout LifecycleMetadataLabel
    ) throws(ExportError) {
        image.begin(plan.layers)
        try wrapping("failed to add or reuse extension layer") {
            for layer in try plan.extensions.get() { _ = try image.add(layer) }
        }
        for planned in plan.buildpacks { label.buildpacks.append(try add(planned, to: &image)) }
        logger.logDropped(previousLabel.buildpacks, keeping: label.buildpacks, from: .image, absent: absentBuildpacks)
        if let sbom = try plan.sbom.get() {
            SBOMDirectory.launch.logFound(below: layersDir, logger)
            label.sbom = RecordedDiffID(try image.addAndReport(sbom))
        }
        label.app = try addApp(plan.app, to: &image)
        let launcherPath = inputs.platform.launcherPath
        _ = try wrapping("creating launcher layers: failed to stat launcher at path '\(launcherPath)'") {
            try FileSystem.status(launcherPath)
        }
        label.launcher = RecordedDiffID(try image.addAndReport(plan.launcher))
        label.config = RecordedDiffID(try image.addAndReport(plan.config))
        if let links = try plan.processTypes.get() {
            label.processTypes = RecordedDiffID(try image.addAndReport(links))
        }
    }

    // MARK: Buildpacks

    /// Adds the launch layers of a buildpack.
    private func add(_ planned: PlannedBuildpack, to image: inout AppImage) throws(ExportError) -> BuildpackLayers {
        let directory = try wrapping("reading layers for buildpack '\(planned.buildpack.id)'") {
            try planned.directory.get()
        }
        directory.logItems(logger)
        logger.debug("Processing buildpack directory: \(directory.path)")
        var layers = BuildpackLayers(of: planned.buildpack, store: directory.store)
        for layer in planned.layers {
            logger.debug("Processing launch layer: \(layer.layer.path)")
            layers.layers[layer.layer.name] = try add(layer, of: planned.buildpack, to: &image)
        }
        let malformed = directory.malformedLayers.map(\.identifier)
        guard malformed.isEmpty else {
            throw ExportError("failed to parse metadata for layers '[\(malformed.joined(separator: " "))]'")
        }
        return layers
    }

    /// Adds a launch layer; one without contents is taken from the previous image.
    private func add(
        _ planned: PlannedLaunchLayer,
        of buildpack: GroupElement,
        to image: inout AppImage
    ) throws(ExportError) -> LayerRecord {
        var record = planned.record
        if let layer = planned.made {
            record.diffID = RecordedDiffID(try image.addAndReport(layer))
            return record
        }
        let id = planned.layer.identifier
        guard !record.cache else { throw ExportError("layer '\(id)' is cache=true but has no contents") }
        guard let previous = previousLabel.buildpack(buildpack.id)?.layers[planned.layer.name] else {
            throw ExportError("cannot reuse '\(id)', previous image has no metadata for layer '\(id)'")
        }
        logger.info("Reusing layer '\(id)'")
        logger.debug("Layer '\(id)' SHA: \(previous.diffID)")
        try wrapping("reusing layer: '\(id)'") {
            try image.reuse(previous.diffID, createdBy: planned.createdBy)
        }
        let reason = "its buildpack left it as it was in the previous image"
        logger.log(LayerOutcome(layer: id, kind: .reused, place: .image, reason: reason))
        record.diffID = previous.diffID
        return record
    }

    // MARK: App

    /// Adds the slices of the app's directory.
    private func addApp(
        _ planned: Result<[PlannedLayer], ArchiveError>,
        to image: inout AppImage
    ) throws(ExportError) -> [RecordedDiffID] {
        logger.debug("Adding app layers")
        let slices = try wrapping("exporting app layers: creating app layers") { try planned.get() }
        var reusedCount = 0
        var diffIDs: [RecordedDiffID] = []
        for slice in slices {
            let addition = try wrapping("exporting app layers") { try image.add(slice) }
            logger.debug("Layer '\(slice.id)' SHA: \(addition.diffID)")
            image.log(addition, of: slice)
            if addition.isReused { reusedCount += 1 }
            diffIDs.append(RecordedDiffID(addition.diffID))
        }
        let addedCount = slices.count - reusedCount
        if reusedCount > 0 { logger.info("Reused \(reusedCount)/\(slices.count) app layer(s)") }
        if addedCount > 0 { logger.info("Added \(addedCount)/\(slices.count) app layer(s)") }
        return diffIDs
    }
}
