public import BuildpackModel
public import CNBCore
public import JSON
public import OCI
public import TOML

/// The label `io.buildpacks.lifecycle.metadata` of an app image: which layer came from what.
///
/// The same data is in analyzed.toml below `[metadata]`. Layers are named by their diffID (`sha256:...`).
public struct LifecycleMetadataLabel: Sendable, Equatable {
    /// The name of the label.
    public static let name = "io.buildpacks.lifecycle.metadata"

    /// The diffIDs of the app's slices, in order.
    public var app: [RecordedDiffID] = []
    /// The diffID of the layer with SBOM files; `nil` when there is none.
    public var sbom: RecordedDiffID?
    /// What each buildpack of the group contributed, in the group's order.
    public var buildpacks: [BuildpackLayers] = []
    /// The diffID of the layer with `config/metadata.toml`.
    public var config = RecordedDiffID.none
    /// The diffID of the launcher's layer.
    public var launcher = RecordedDiffID.none
    /// The diffID of the layer with the process symlinks; empty when there are no processes.
    public var processTypes = RecordedDiffID.none
    /// The run image below the app.
    public var runImage = RunImageRecord()
    /// The run image's names once more, as platforms before run.toml read them.
    public var stack: RunImageNames?

    /// What stood in place of ``app`` when that was no list of layers, as labels of very old lifecycles have it.
    ///
    /// Rebase hands it on as it is; builds don't use such a label at all.
    public var foreignApp: JSONValue?

    /// The diff ids of all layers of the app, from the bottom up, as far as they are valid: those of buildpacks, SBOM
    /// files, slices, launcher, its config and the processes.
    public var appLayers: [DiffID] {
        let ofBuildpacks = buildpacks.flatMap { buildpack in
            buildpack.layers.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                .filter(\.value.launch).map(\.value.diffID)
        }
        let all = ofBuildpacks + [sbom].compactMap { $0 } + app + [launcher, config, processTypes]
        return all.compactMap(\.diffID)
    }

    /// Makes a label in which everything is empty.
    public init() {}

    /// What the label says about a buildpack; `nil` when it doesn't know it.
    public func buildpack(_ id: String) -> BuildpackLayers? {
        buildpacks.first { $0.id == id }
    }

    /// What is known of a buildpack; `nil` for nothing.
    public func buildpack(_ id: BuildpackID) -> BuildpackLayers? { buildpack(id.text) }
}

/// The layers of one buildpack, in labels, caches and analyzed.toml.
public struct BuildpackLayers: Sendable, Equatable {
    /// The buildpack's id.
    public var id: String
    /// The buildpack's version.
    public var version: String
    /// The layers by name.
    public var layers: [String: LayerRecord]
    /// The buildpack's store.toml; `nil` when there was no such file.
    public var store: StoreTOML?

    /// Makes the record of a member of the group.
    public init(of buildpack: GroupElement, store: StoreTOML? = nil) {
        self.init(id: buildpack.id.text, version: buildpack.version.text, store: store)
    }

    public init(id: String, version: String, layers: [String: LayerRecord] = [:], store: StoreTOML? = nil) {
        self.id = id
        self.version = version
        self.layers = layers
        self.store = store
    }
}

/// One layer of a buildpack: its diffID, its metadata and its types.
public struct LayerRecord: Sendable, Equatable {
    /// The diffID.
    public var diffID: RecordedDiffID
    /// What the buildpack wrote below `[metadata]` of `<layer>.toml`.
    public var metadata: TOMLValue?
    /// Whether the layer is for later buildpacks.
    public var build: Bool
    /// Whether the layer is part of the app image.
    public var launch: Bool
    /// Whether the layer is kept in the cache.
    public var cache: Bool

    public init(
        diffID: RecordedDiffID,
        metadata: TOMLValue? = nil,
        build: Bool = false,
        launch: Bool = false,
        cache: Bool = false
    ) {
        self.diffID = diffID
        self.metadata = metadata
        self.build = build
        self.launch = launch
        self.cache = cache
    }
}

/// The run image as an app image's label records it.
public struct RunImageRecord: Sendable, Equatable {
    /// The diffID of the run image's last layer: the app's layers are above it.
    public var topLayer: RecordedDiffID
    /// The digest reference of the run image.
    public var reference: String
    /// The names under which newer versions of the run image can be found.
    public var names: RunImageNames

    public init(topLayer: RecordedDiffID = .none, reference: String = "", names: RunImageNames = RunImageNames()) {
        self.topLayer = topLayer
        self.reference = reference
        self.names = names
    }
}
