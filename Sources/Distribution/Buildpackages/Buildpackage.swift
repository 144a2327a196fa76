import BuildpackModel
import CNBCore
public import OCI

/// An image, or a `.cnb` file, that holds a buildpack or image extension with everything that it is made of.
///
/// See <https://github.com/buildpacks/spec/blob/main/distribution.md#buildpackage>.
public struct Buildpackage: Equatable, Sendable {
    /// The label that makes an image a buildpackage; image extensions are packaged under it, too.
    public static let label = "io.buildpacks.buildpackage.metadata"

    /// The module that takes part in a build when the package is chosen; the others are what it stands for.
    public let entry: PackagedModule
    /// All modules in the package.
    public let layers: ModuleLayers

    /// Reads the labels of an image.
    ///
    /// - Parameters:
    ///   - config: The image's config.
    ///   - image: What the config is of, for errors.
    /// - Throws: When the image is no buildpackage, a label is malformed, or a module is in none of its layers.
    public init(config: ImageConfig, image: String) throws(DistributionError) {
        guard let value = try LabelFields.value(of: Self.label, in: config, image: image) else {
            throw .missingLabel(Self.label, image: image, kind: .buildpackage)
        }
        let fields = try LabelFields(value, label: Self.label, image: image)
        let id = try fields.buildpackID("id")
        let version = try fields.buildpackVersion("version")
        let buildpacks = try ModuleLayers(config: config, kind: .buildpack, image: image)
        let extensions = try ModuleLayers(config: config, kind: .imageExtension, image: image)
        layers = ModuleLayers(buildpacks.modules + extensions.modules)
        guard let entry = buildpacks.module(id, version) ?? extensions.module(id, version) else {
            throw .incompletePackage(
                image: image,
                reason: "none of its layers has \(id)@\(version), which it is named after"
            )
        }
        self.entry = entry
        try checkLayers(of: config, image)
    }

    /// Each module has to be in a layer that the image really has.
    private func checkLayers(of config: ImageConfig, _ image: String) throws(DistributionError) {
        let present = Set(config.diffIDs)
        for module in layers.modules {
            guard let diffID = module.diffID else {
                throw .incompletePackage(
                    image: image,
                    reason: "its labels don't say which layer has \(module.identity)"
                )
            }
            guard present.contains(diffID) else {
                let reason = "\(module.identity) is said to be in layer \(diffID), which the image doesn't have"
                throw .incompletePackage(image: image, reason: reason)
            }
        }
    }

    /// The layers of the image that hold modules, in the order in which they lie on each other, each with its modules.
    ///
    /// - Parameter config: The image's config.
    /// - Returns: The layers with their modules; a flattened package has several in one layer.
    public func contents(_ config: ImageConfig) -> [(diffID: DiffID, modules: [PackagedModule])] {
        let byLayer = Dictionary(grouping: layers.modules, by: \.diffID)
        var seen: Set<DiffID> = []
        return config.diffIDs.compactMap { diffID in
            guard seen.insert(diffID).inserted, let modules = byLayer[diffID] else { return nil }
            return (diffID, modules)
        }
    }

    /// Makes sure that whatever the composite buildpacks of the package name can be had.
    ///
    /// - Parameters:
    ///   - others: Modules from elsewhere: those of the builder, and of other packages.
    ///   - image: What the package is, for errors.
    /// - Throws: ``DistributionError/incompletePackage(image:reason:)`` with the first element of an order that has no
    ///   version, or that is neither in the package nor elsewhere.
    public func checkOrders(with others: [PackagedModule], image: String) throws(DistributionError) {
        let available = Set((layers.modules + others).map(\.identity))
        for composite in layers.modules {
            for element in composite.order.groups.joined() {
                guard element.version != .none else {
                    let reason = "the order of \(composite.identity) names \(element.id) without a version"
                    throw .incompletePackage(image: image, reason: reason)
                }
                guard available.contains(element.description) else {
                    let reason =
                        "the order of \(composite.identity) names \(element), which is neither in it nor on the builder"
                    throw .incompletePackage(image: image, reason: reason)
                }
            }
        }
    }
}
