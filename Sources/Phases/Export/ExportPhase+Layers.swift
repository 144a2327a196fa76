import Archive
import BuildpackModel
import CNBCore
import Console
import OCI
import POSIX
import PlatformModel

/// What the history of an app image says about its layers.
enum LayerHistory {
    static let app = "Application Layer"
    static let config = "Buildpacks Launcher Config"
    static let launcher = "Buildpacks Application Launcher"
    static let processTypes = "Buildpacks Process Types"
    static let sbom = "Software Bill-of-Materials"

    static func slice(_ number: Int) -> String { "Application Slice: \(number)" }

    static func layer(_ name: String, of buildpack: GroupElement) -> String {
        "Layer: '\(name)', Created by buildpack: \(buildpack)"
    }
}

/// What messages call the layers that are no buildpack's.
enum LayerID {
    static let launcher = "buildpacksio/lifecycle:launcher"
    static let config = "buildpacksio/lifecycle:config"
    static let processTypes = "buildpacksio/lifecycle:process-types"

    static func slice(_ index: Int) -> String { "slice-\(index + 1)" }

    static func extensionLayer(_ index: Int) -> String { "extension-\(index + 1)" }
}

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
            label.runImage.topLayer = try base.runImage.topLayer().description
        }
        label.runImage.reference = base.runImage.labelReference
        if platformAPI.supports(.runImageLabel) { label.runImage.names = runImageNames }
        label.stack = runImageNames
        return label
    }

    // MARK: Extensions

    /// Adds the layers that extensions put on the run image; those of the run image itself are in its draft already.
    func addExtensionLayers(_ base: ExportBase, to image: inout AppImage) throws(ExportError) {
        guard let extended = base.extended else { return }
        try wrapping("failed to add or reuse extension layer") {
            let history = extended.image.config.history.filter { !$0.isEmptyLayer }
            for (index, layer) in try extended.image.layers().enumerated() {
                guard try extended.image.hasBlob(layer.descriptor) else { continue }
                let blobPath = Path.join(extended.path, "blobs/sha256", layer.descriptor.digest.hex)
                let createdBy = history.indices.contains(index) ? history[index].createdBy : ""
                _ = try image.add(
                    .tar(at: blobPath),
                    id: LayerID.extensionLayer(index),
                    createdBy: createdBy,
                    previous: []
                )
            }
        }
    }

    // MARK: Buildpacks

    /// Adds the launch layers of all buildpacks, in the group's order.
    ///
    /// - Parameters:
    ///   - directories: What each buildpack left, `nil` where that could not be read; reading it once more says why.
    ///   - image: Gets the layers.
    ///   - label: Gets what is known about them.
    /// - Throws: `ExportError` when a layer can't be read or made.
    func addBuildpackLayers(
        _ directories: [BuildpackLayersDir?],
        to image: inout AppImage,
        _ label: inout LifecycleMetadataLabel
    ) throws(ExportError) {
        for (index, buildpack) in inputs.group.buildpacks.enumerated() {
            let directory = try wrapping("reading layers for buildpack '\(buildpack.id)'") {
                if directories.indices.contains(index), let known = directories[index] {
                    known.logItems(logger)
                    return known
                }
                return try BuildpackLayersDir(layersDir: layersDir, buildpack: buildpack, logger: logger)
            }
            logger.debug("Processing buildpack directory: \(directory.path)")
            var layers = BuildpackLayers(of: buildpack, store: directory.store)
            for layer in directory.launchLayers {
                logger.debug("Processing launch layer: \(layer.path)")
                layers.layers[layer.name] = try add(layer, of: buildpack, to: &image)
            }
            label.buildpacks.append(layers)
            let malformed = directory.malformedLayers.map(\.identifier)
            guard malformed.isEmpty else {
                throw ExportError("failed to parse metadata for layers '[\(malformed.joined(separator: " "))]'")
            }
        }
        logger.logDropped(previousLabel.buildpacks, keeping: label.buildpacks, from: .image, absent: absentBuildpacks)
    }

    /// Adds a launch layer; one without contents is taken from the previous image.
    private func add(
        _ layer: BuildpackLayerDir,
        of buildpack: GroupElement,
        to image: inout AppImage
    ) throws(ExportError) -> LayerRecord {
        var record = try wrapping("reading '\(layer.identifier)' metadata") { try layer.record.get() }
        let createdBy = LayerHistory.layer(layer.name, of: buildpack)
        let previous = previousLabel.buildpack(buildpack.id)?.layers[layer.name]
        if layer.hasContents {
            let diffID = try image.addDirectory(
                layer.path,
                owner: owner,
                id: layer.identifier,
                createdBy: createdBy,
                previous: previous?.diffID ?? "",
                isCached: record.cache
            )
            record.diffID = diffID.description
            return record
        }
        let id = layer.identifier
        guard !record.cache else { throw ExportError("layer '\(id)' is cache=true but has no contents") }
        guard let previous else {
            throw ExportError("cannot reuse '\(id)', previous image has no metadata for layer '\(id)'")
        }
        logger.info("Reusing layer '\(id)'")
        logger.debug("Layer '\(id)' SHA: \(previous.diffID)")
        try wrapping("reusing layer: '\(id)'") { try image.reuse(previous.diffID, createdBy: createdBy) }
        let reason = "its buildpack left it as it was in the previous image"
        logger.log(LayerOutcome(layer: id, kind: .reused, place: .image, reason: reason))
        record.diffID = previous.diffID
        return record
    }

    // MARK: SBOM

    /// Adds the layer with the SBOM files of launch layers.
    func addSBOMLayer(to image: inout AppImage, _ label: inout LifecycleMetadataLabel) throws(ExportError) {
        guard platformAPI.supports(.sbomFiles) else { return }
        guard let path = try SBOMDirectory.path(.launch, below: layersDir, logger: logger) else { return }
        let diffID = try image.addDirectory(
            path,
            owner: owner,
            id: SBOMDirectory.launch.layerID,
            createdBy: LayerHistory.sbom,
            previous: previousLabel.sbom ?? ""
        )
        label.sbom = diffID.description
    }

    // MARK: App

    /// Adds the app's directory, divided into slices.
    func addAppLayers(
        _ slices: Result<[LayerContent], ArchiveError>,
        to image: inout AppImage,
        _ label: inout LifecycleMetadataLabel
    ) throws(ExportError) {
        logger.debug("Adding app layers")
        let contents = try wrapping("exporting app layers: creating app layers") { try slices.get() }
        var reusedCount = 0
        for (index, content) in contents.enumerated() {
            let createdBy = contents.count == 1 ? LayerHistory.app : LayerHistory.slice(index + 1)
            let addition: AppImage.Addition
            let id = LayerID.slice(index)
            addition = try wrapping("exporting app layers") {
                try image.add(content, id: id, createdBy: createdBy, previous: previousLabel.app)
            }
            logger.debug("Layer '\(id)' SHA: \(addition.diffID)")
            image.log(addition, id: id)
            if addition.isReused { reusedCount += 1 }
            label.app.append(addition.diffID.description)
        }
        let addedCount = contents.count - reusedCount
        if reusedCount > 0 { logger.info("Reused \(reusedCount)/\(contents.count) app layer(s)") }
        if addedCount > 0 { logger.info("Added \(addedCount)/\(contents.count) app layer(s)") }
    }

    // MARK: Launcher

    /// Adds the launcher, its configuration, and a symlink to it for each process type.
    func addLauncherLayers(
        _ processes: [ProcessEntry],
        to image: inout AppImage,
        _ label: inout LifecycleMetadataLabel
    ) throws(ExportError) {
        let launcherPath = inputs.platform.launcherPath
        _ = try wrapping("creating launcher layers: failed to stat launcher at path '\(launcherPath)'") {
            try FileSystem.status(launcherPath)
        }
        label.launcher = try image.addLayer(
            launcherContent,
            id: LayerID.launcher,
            createdBy: LayerHistory.launcher,
            previous: previousLabel.launcher
        ).description
        label.config = try image.addDirectory(
            configDir,
            owner: owner,
            id: LayerID.config,
            createdBy: LayerHistory.config,
            previous: previousLabel.config
        ).description
        guard !processes.isEmpty else { return }
        label.processTypes = try image.addLayer(
            try Self.links(to: processes),
            id: LayerID.processTypes,
            createdBy: LayerHistory.processTypes,
            previous: previousLabel.processTypes
        ).description
    }

    /// The launcher's layer.
    var launcherContent: LayerContent {
        .program(
            at: inputs.platform.launcherPath,
            name: DefaultPath.launcherPath,
            directories: [Path.directory(DefaultPath.lifecycleDir), DefaultPath.lifecycleDir]
        )
    }

    /// Where the launcher's configuration is.
    var configDir: String { Path.join(layersDir, "config") }

    private static func links(to processes: [ProcessEntry]) throws(ExportError) -> LayerContent {
        let forbidden = #"/><:|&\"#
        var names: [String] = []
        for process in processes {
            guard !process.type.isEmpty else {
                throw ExportError("creating layer '': type is required for all processes")
            }
            guard !process.type.contains(where: forbidden.contains) else {
                let rule = "type may not contain characters '\(forbidden)'"
                throw ExportError("creating layer '': invalid process type '\(process.type)': \(rule)")
            }
            names.append(Path.join(DefaultPath.processDir, process.type))
        }
        return .links(
            names,
            to: DefaultPath.launcherPath,
            directories: [Path.directory(DefaultPath.processDir), DefaultPath.processDir]
        )
    }
}
