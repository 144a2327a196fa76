public import BuildpackModel
public import CNBCore
import JSON
public import OCI

/// A buildpack or image extension as the labels of a builder or buildpackage describe it.
public struct PackagedModule: Equatable, Sendable {
    /// Buildpack or extension.
    public var kind: ModuleKind
    /// The id.
    public var id: BuildpackID
    /// The version.
    public var version: BuildpackVersion
    /// The Buildpack API as the label spells it; empty when not known.
    public var api: String
    /// The name for people; empty when there is none.
    public var name: String
    /// The web address; empty when there is none.
    public var homepage: String
    /// The images that the module works on; empty when the label doesn't say.
    public var targets: [Target]
    /// The ids of the stacks that an old buildpack lists instead of targets.
    public var stacks: [String]
    /// The groups that a composite buildpack stands for; empty for any other module.
    public var order: Order
    /// The layer that holds the module, perhaps among others; nil where the label doesn't say.
    public var diffID: DiffID?

    public init(
        kind: ModuleKind = .buildpack,
        id: BuildpackID,
        version: BuildpackVersion,
        api: String = "",
        diffID: DiffID? = nil
    ) {
        (self.kind, self.id, self.version, self.api, self.diffID) = (kind, id, version, api, diffID)
        (name, homepage, targets, stacks, order) = ("", "", [], [], Order())
    }

    /// Whether the module stands for other buildpacks.
    public var isComposite: Bool { !order.isEmpty }

    /// `id@version`.
    public var identity: String { "\(id)@\(version)" }

    /// The absolute path of the module's directory, in a builder as well as in the layer of a buildpackage.
    public var directory: String {
        let parent = kind == .buildpack ? DefaultPath.buildpacksDir : DefaultPath.extensionsDir
        return "\(parent)/\(id.directoryName)/\(version)"
    }
}

/// What the label `io.buildpacks.buildpack.layers`, or the one for extensions, says: which module is in which layer.
public struct ModuleLayers: Equatable, Sendable {
    /// The label for buildpacks.
    public static let buildpackLabel = "io.buildpacks.buildpack.layers"
    /// The label for image extensions.
    public static let extensionLabel = "io.buildpacks.extension.layers"
    /// How many modules a label may name.
    public static let limit = 10_000

    /// The modules in the order of the label, which is that of ids and versions where pack wrote it.
    public var modules: [PackagedModule]

    public init(_ modules: [PackagedModule] = []) {
        self.modules = modules
    }

    /// Reads the label of an image; an image without it has no modules.
    ///
    /// - Parameters:
    ///   - config: The image's config.
    ///   - kind: Whose label to read.
    ///   - image: What the config is of, for errors.
    /// - Throws: When the label is no JSON, has values of wrong types, or names more than ``limit`` modules.
    public init(config: ImageConfig, kind: ModuleKind, image: String) throws(DistributionError) {
        let label = kind == .buildpack ? Self.buildpackLabel : Self.extensionLabel
        self.init()
        guard let value = try LabelFields.value(of: label, in: config, image: image) else { return }
        let ids = try LabelFields(value, label: label, image: image)
        for (id, _) in ids.object {
            guard let versions = try ids.fields(id) else { continue }
            for (version, _) in versions.object {
                guard let fields = try versions.fields(version) else { continue }
                guard modules.count < Self.limit else {
                    throw .tooMany("modules", of: "label \(label) of \(image)", limit: Self.limit)
                }
                modules.append(try PackagedModule(fields, kind: kind, id: id, version: version))
            }
        }
    }

    /// The module with an id and version.
    ///
    /// - Parameters:
    ///   - id: The id.
    ///   - version: The version; empty takes the module with the id if there is only one.
    /// - Returns: The module, or nil if there is none or if the version is needed to tell which.
    public func module(_ id: BuildpackID, _ version: BuildpackVersion = .none) -> PackagedModule? {
        let candidates = modules.filter { $0.id == id }
        if version == .none, candidates.count == 1 { return candidates.first }
        return candidates.first { $0.version == version }
    }

    /// The layers that hold modules, each once, in the order of their first module.
    public var diffIDs: [DiffID] {
        var seen: Set<DiffID> = []
        return modules.compactMap(\.diffID).filter { seen.insert($0).inserted }
    }

    /// The modules that one layer holds: several if the image was flattened.
    ///
    /// - Parameter diffID: The layer.
    /// - Returns: The modules in the order of the label.
    public func modules(in diffID: DiffID) -> [PackagedModule] {
        modules.filter { $0.diffID == diffID }
    }
}

extension PackagedModule {
    /// Reads what the label says about one version.
    init(_ fields: LabelFields, kind: ModuleKind, id: String, version: String) throws(DistributionError) {
        let place = LabelFields.named(fields, id: id, version: version)
        self.init(kind: kind, id: try place.buildpackID("id"), version: try place.buildpackVersion("version"))
        api = try fields.text("api")
        name = try fields.text("name")
        homepage = try fields.text("homepage")
        targets = try fields.targets("targets")
        for stack in try fields.list("stacks") { stacks.append(try stack.text("id")) }
        order = try fields.order("order", kind: .buildpack)
        let text = try fields.text("layerDiffID")
        guard !text.isEmpty else { return }
        do {
            diffID = try DiffID(text)
        } catch {
            throw fields.error("layerDiffID", error.description)
        }
    }
}

extension LabelFields {
    /// Fields that hold the id and the version that are keys in the label, so that both are checked as elsewhere.
    fileprivate static func named(_ fields: LabelFields, id: String, version: String) -> LabelFields {
        let object: JSONObject = ["id": .string(id), "version": .string(version)]
        return LabelFields(object, label: fields.label, image: fields.image, place: fields.place)
    }
}
