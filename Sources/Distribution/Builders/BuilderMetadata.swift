public import BuildpackModel
import CNBCore
public import OCI

/// What a builder says about itself in its labels and environment.
///
/// A builder that is a directory has no labels; for it, the properties are set from its files.
public struct BuilderMetadata: Equatable, Sendable {
    /// The label that makes an image a builder.
    public static let label = "io.buildpacks.builder.metadata"
    /// The label with the order of buildpacks.
    public static let orderLabel = "io.buildpacks.buildpack.order"
    /// The label with the order of image extensions.
    public static let extensionOrderLabel = "io.buildpacks.buildpack.order-extensions"
    /// The label with the system buildpacks.
    public static let systemLabel = "io.buildpacks.buildpack.system"
    /// The label with the id of the stack, deprecated.
    public static let stackLabel = "io.buildpacks.stack.id"

    /// What the builder is, for people; empty when it doesn't say.
    public var description: String
    /// The user and group of the build.
    public var user: BuilderUser
    /// The lifecycle in the builder.
    public var lifecycle: BuilderLifecycle
    /// The run images that apps may be put on, the default first; empty when the builder leaves that to others.
    public var runImages: [RunImageOption]
    /// The buildpacks and image extensions on the builder, with their layers as far as the labels name them.
    public var modules: [PackagedModule]
    /// The order of buildpacks; empty when the label is missing, so that only `/cnb/order.toml` knows it.
    public var order: Order
    /// The order of image extensions.
    public var extensionOrder: Order
    /// What the builder puts before and after each group.
    public var system: SystemModules
    /// The id of the stack; empty for builders without one, as newer ones are.
    public var stackID: String

    /// A builder of which only the user is known, for those whose files say the rest.
    public init(user: BuilderUser) {
        (self.user, lifecycle, system) = (user, BuilderLifecycle(), SystemModules())
        (description, stackID) = ("", "")
        (runImages, modules, order, extensionOrder) = ([], [], Order(), Order())
    }

    /// Reads the labels and the environment of a builder image.
    ///
    /// - Parameters:
    ///   - config: The image's config.
    ///   - image: What the config is of, for errors.
    /// - Throws: When the image is no builder, or one of the labels is malformed.
    public init(config: ImageConfig, image: String) throws(DistributionError) {
        guard let value = try LabelFields.value(of: Self.label, in: config, image: image) else {
            throw .missingLabel(Self.label, image: image, kind: .builder)
        }
        let fields = try LabelFields(value, label: Self.label, image: image)
        self.init(user: try BuilderUser(config: config, image: image))
        description = try fields.text("description")
        lifecycle = try BuilderLifecycle(try fields.fields("lifecycle"))
        runImages = try RunImageOption.list(fields)
        modules = try Self.modules(fields, config, image)
        order = try LabelFields.order(of: Self.orderLabel, in: config, image: image, kind: .buildpack)
        extensionOrder = try LabelFields.order(
            of: Self.extensionOrderLabel,
            in: config,
            image: image,
            kind: .imageExtension
        )
        system = try SystemModules(config: config, image: image)
        stackID = config.container.labels[Self.stackLabel] ?? ""
    }

    /// The buildpacks on the builder.
    public var buildpacks: [PackagedModule] { modules.filter { $0.kind == .buildpack } }

    /// The image extensions on the builder.
    public var extensions: [PackagedModule] { modules.filter { $0.kind == .imageExtension } }

    /// The modules that the builder's own label lists, completed by what the labels about layers know.
    private static func modules(
        _ fields: LabelFields,
        _ config: ImageConfig,
        _ image: String
    ) throws(DistributionError) -> [PackagedModule] {
        var modules: [PackagedModule] = []
        for (kind, key) in [(ModuleKind.buildpack, "buildpacks"), (.imageExtension, "extensions")] {
            let layers = try ModuleLayers(config: config, kind: kind, image: image)
            let known = Dictionary(layers.modules.map { ($0.identity, $0) }) { first, _ in first }
            var listed: Set<String> = []
            for entry in try fields.list(key) {
                let id = try entry.buildpackID("id")
                let version = try entry.buildpackVersion("version")
                var module = PackagedModule(kind: kind, id: id, version: version)
                module = known[module.identity] ?? module
                let name = try entry.text("name")
                let homepage = try entry.text("homepage")
                if !name.isEmpty { module.name = name }
                if !homepage.isEmpty { module.homepage = homepage }
                if listed.insert(module.identity).inserted { modules.append(module) }
            }
            modules += layers.modules.filter { listed.insert($0.identity).inserted }
        }
        return modules
    }
}
