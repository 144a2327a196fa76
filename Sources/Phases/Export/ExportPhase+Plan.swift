import Archive
import BuildpackModel
import CNBCore
import OCI
import POSIX
import PlatformModel

/// What is known of the app image's layers before the first one is added.
struct LayerPlan {
    /// What each buildpack of the group left, in the group's order; `nil` when it can't be read.
    let directories: [BuildpackLayersDir?]
    /// The app's layers, or why it can't be divided into them.
    let slices: Result<[LayerContent], ArchiveError>
}

extension ExportPhase {
    /// Begins to make all layers that can be known, in the order in which they will be added.
    ///
    /// Nothing is logged here, and what can't be read is left out: layers are reported, in order, when they are added.
    func beginLayers(_ build: BuildMetadata, in image: inout AppImage) -> LayerPlan {
        var directories: [BuildpackLayersDir?] = []
        for buildpack in inputs.group.buildpacks {
            let directory = try? BuildpackLayersDir(layersDir: layersDir, buildpack: buildpack, logger: nil)
            directories.append(directory)
            let previous = previousLabel.buildpack(buildpack.id)?.layers ?? [:]
            for layer in directory?.launchLayers ?? [] where layer.hasContents {
                image.begin(
                    .directory(layer.path, owner: owner),
                    id: layer.identifier,
                    previous: [previous[layer.name]?.diffID ?? ""],
                    isCached: layer.types?.cache ?? false
                )
            }
            // Adding this buildpack's layers will fail, so nothing after them is needed.
            if directory?.malformedLayers.isEmpty == false { break }
        }
        if platformAPI.supports(.sbomFiles) { begin(SBOMDirectory.launch, in: &image) }
        let slices = Result { () throws(ArchiveError) in
            try LayerContent.slices(of: appDir, patterns: build.slices.map { $0.paths ?? [] }, owner: owner)
        }
        for (index, content) in ((try? slices.get()) ?? []).enumerated() {
            image.begin(content, id: LayerID.slice(index), previous: previousLabel.app)
        }
        image.begin(launcherContent, id: LayerID.launcher, previous: [previousLabel.launcher])
        image.begin(.directory(configDir, owner: owner), id: LayerID.config, previous: [previousLabel.config])
        return LayerPlan(directories: directories, slices: slices)
    }

    private func begin(_ kind: SBOMDirectory, in image: inout AppImage) {
        let path = kind.path(below: layersDir)
        guard FileSystem.exists(path) else { return }
        image.begin(.directory(path, owner: owner), id: kind.layerID, previous: [previousLabel.sbom ?? ""])
    }
}
