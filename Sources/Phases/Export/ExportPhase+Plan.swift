import Archive
import BuildpackModel
import CNBCore
import OCI
import POSIX
import PlatformModel

/// What the history of an app image says about its layers.
private enum LayerHistory {
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
private enum LayerID {
    static let launcher = "buildpacksio/lifecycle:launcher"
    static let config = "buildpacksio/lifecycle:config"
    static let processTypes = "buildpacksio/lifecycle:process-types"

    static func slice(_ index: Int) -> String { "slice-\(index + 1)" }

    static func extensionLayer(_ index: Int) -> String { "extension-\(index + 1)" }
}

extension ExportPhase {
    /// Plans the layers of the app image; nothing is logged and nothing is made yet.
    func plan(_ build: BuildMetadata, on base: ExportBase) -> ExportPlan {
        ExportPlan(
            extensions: Result { () throws(OCIError) in try extensionLayers(base.extended) },
            buildpacks: buildpackLayers(),
            sbom: Result { () throws(ExportError) in try sbomLayer() },
            app: Result { () throws(ArchiveError) in try appLayers(build.slices.map { $0.paths ?? [] }) },
            launcher: PlannedLayer(
                id: LayerID.launcher,
                .program(
                    at: inputs.platform.launcherPath,
                    name: DefaultPath.launcherPath,
                    directories: [Path.directory(DefaultPath.lifecycleDir), DefaultPath.lifecycleDir]
                ),
                createdBy: LayerHistory.launcher,
                previous: [previousLabel.launcher]
            ),
            config: PlannedLayer(
                id: LayerID.config,
                directory: Path.join(layersDir, "config"),
                owner: owner,
                createdBy: LayerHistory.config,
                previous: previousLabel.config
            ),
            processTypes: Result { () throws(ExportError) in try linksLayer(build.processes) }
        )
    }

    /// The layers that extensions put on the run image; those of the run image itself are in its draft already.
    private func extensionLayers(_ extended: ExtendedRunImage?) throws(OCIError) -> [PlannedLayer] {
        guard let extended else { return [] }
        let history = extended.image.config.history.filter { !$0.isEmptyLayer }
        var layers: [PlannedLayer] = []
        for (index, layer) in try extended.image.layers().enumerated() {
            guard try extended.image.hasBlob(layer.descriptor) else { continue }
            let blobPath = Path.join(extended.path, "blobs/sha256", layer.descriptor.digest.hex)
            let createdBy = history.indices.contains(index) ? history[index].createdBy : ""
            layers.append(
                PlannedLayer(
                    id: LayerID.extensionLayer(index),
                    .tar(at: blobPath),
                    createdBy: createdBy,
                    previous: []
                )
            )
        }
        return layers
    }

    private func buildpackLayers() -> [PlannedBuildpack] {
        var planned: [PlannedBuildpack] = []
        for buildpack in inputs.group.buildpacks {
            let directory = Result { () throws(BuildpackModelError) in
                try BuildpackLayersDir(layersDir: layersDir, buildpack: buildpack)
            }
            let found = try? directory.get()
            let layers = (found?.layers ?? []).compactMap { plan($0, of: buildpack) }
            planned.append(PlannedBuildpack(buildpack: buildpack, directory: directory, layers: layers))
            // Adding this buildpack's layers will fail, so nothing after them is needed.
            if found?.malformedLayers.isEmpty != true { break }
        }
        return planned
    }

    /// Plans a layer of a buildpack, unless it is not for the app image.
    private func plan(_ layer: BuildpackLayerDir, of buildpack: GroupElement) -> PlannedLaunchLayer? {
        guard let record = layer.types, record.launch else { return nil }
        let createdBy = LayerHistory.layer(layer.name, of: buildpack)
        guard layer.hasContents else {
            return PlannedLaunchLayer(layer: layer, record: record, createdBy: createdBy, made: nil)
        }
        let made = PlannedLayer(
            id: layer.identifier,
            directory: layer.path,
            owner: owner,
            createdBy: createdBy,
            previous: previousLabel.buildpack(buildpack.id)?.layers[layer.name]?.diffID,
            isCached: record.cache
        )
        return PlannedLaunchLayer(layer: layer, record: record, createdBy: createdBy, made: made)
    }

    private func sbomLayer() throws(ExportError) -> PlannedLayer? {
        let kind = SBOMDirectory.launch
        guard platformAPI.supports(.sbomFiles), let path = try kind.existingPath(below: layersDir) else { return nil }
        return PlannedLayer(
            id: kind.layerID,
            directory: path,
            owner: owner,
            createdBy: LayerHistory.sbom,
            previous: previousLabel.sbom
        )
    }

    /// The app's directory, divided into slices.
    private func appLayers(_ patterns: [[String]]) throws(ArchiveError) -> [PlannedLayer] {
        let contents = try LayerContent.slices(of: appDir, patterns: patterns, owner: owner)
        return contents.enumerated().map { index, content in
            PlannedLayer(
                id: LayerID.slice(index),
                content,
                createdBy: contents.count == 1 ? LayerHistory.app : LayerHistory.slice(index + 1),
                previous: previousLabel.app
            )
        }
    }

    /// A link to the launcher for each process type.
    private func linksLayer(_ processes: [ProcessEntry]) throws(ExportError) -> PlannedLayer? {
        guard !processes.isEmpty else { return nil }
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
        return PlannedLayer(
            id: LayerID.processTypes,
            .links(
                names,
                to: DefaultPath.launcherPath,
                directories: [Path.directory(DefaultPath.processDir), DefaultPath.processDir]
            ),
            createdBy: LayerHistory.processTypes,
            previous: [previousLabel.processTypes]
        )
    }
}
