import Archive
import BuildpackModel
import OCI
import PlatformModel

/// A layer of the app image before it is made: all that making it, and adding it, takes.
struct PlannedLayer: Sendable {
    /// What messages call the layer; no two layers of an image have the same id.
    let id: String
    /// What the layer holds.
    let content: LayerContent
    /// What the image's history says about it.
    let createdBy: String
    /// The diff ids of layers of the previous image that may be equal.
    let previous: [DiffID]
    /// Whether the cache takes the tar at the same time.
    let isCached: Bool
    /// The directory that the layer holds all of; `nil` for any other content.
    let directory: String?

    /// A layer of any content.
    init(id: String, _ content: LayerContent, createdBy: String, previous: [RecordedDiffID]) {
        self.id = id
        self.content = content
        self.createdBy = createdBy
        self.previous = previous.compactMap(\.diffID)
        isCached = false
        directory = nil
    }

    /// A layer that holds a directory with all that is below it.
    init(
        id: String,
        directory: String,
        owner: EntryOwner,
        createdBy: String,
        previous: RecordedDiffID?,
        isCached: Bool = false
    ) {
        self.id = id
        content = .directory(directory, owner: owner)
        self.createdBy = createdBy
        self.previous = [previous?.diffID].compactMap { $0 }
        self.isCached = isCached
        self.directory = directory
    }
}

/// A launch layer of a buildpack.
struct PlannedLaunchLayer: Sendable {
    /// The layer as its buildpack left it.
    let layer: BuildpackLayerDir
    /// What the buildpack says about it.
    let record: LayerRecord
    /// What the image's history says about it.
    let createdBy: String
    /// How it is made; `nil` where the previous image has to have it.
    let made: PlannedLayer?
}

/// What a buildpack contributes to the app image.
struct PlannedBuildpack: Sendable {
    let buildpack: GroupElement
    /// What the buildpack left, or why it can't be read.
    let directory: Result<BuildpackLayersDir, BuildpackModelError>
    let layers: [PlannedLaunchLayer]
}

/// What is going to be in the app image above the run image, known before the first layer is made.
///
/// Where a part can't be known, the plan has the reason, which becomes the phase's failure when its turn comes.
struct ExportPlan: Sendable {
    /// The layers that extensions put on the run image.
    let extensions: Result<[PlannedLayer], OCIError>
    /// The buildpacks in the group's order, up to one that has left what can't be read.
    let buildpacks: [PlannedBuildpack]
    /// The SBOM files of launch layers; `nil` where there are none.
    let sbom: Result<PlannedLayer?, ExportError>
    /// The app's slices.
    let app: Result<[PlannedLayer], ArchiveError>
    /// The launcher.
    let launcher: PlannedLayer
    /// The launcher's configuration.
    let config: PlannedLayer
    /// A link to the launcher for each process type; `nil` where there are no processes.
    let processTypes: Result<PlannedLayer?, ExportError>

    /// All layers that have to be made, in the order of the image.
    var layers: [PlannedLayer] {
        var layers = (try? extensions.get()) ?? []
        layers += buildpacks.flatMap(\.layers).compactMap(\.made)
        layers += [(try? sbom.get()) ?? nil].compactMap { $0 }
        layers += (try? app.get()) ?? []
        layers += [launcher, config, (try? processTypes.get()) ?? nil].compactMap { $0 }
        return layers
    }

    /// What the buildpacks left, as far as it could be read.
    var directories: [BuildpackLayersDir] { buildpacks.compactMap { try? $0.directory.get() } }
}
