import BuildpackModel
import CNBCore
import JSON
import OCI

extension LabelFields {
    /// How many groups an order may have.
    static let groupLimit = 1_000

    /// The id below a key that has to be there.
    func buildpackID(_ key: String) throws(DistributionError) -> BuildpackID {
        let text = try text(key)
        do {
            return try BuildpackID(text)
        } catch {
            throw self.error(key, error.description)
        }
    }

    /// The version below a key, empty where there is none.
    func buildpackVersion(_ key: String) throws(DistributionError) -> BuildpackVersion {
        let text = try text(key)
        do {
            return try BuildpackVersion(text)
        } catch {
            throw self.error(key, error.description)
        }
    }

    /// References to modules, as in orders.
    func elements(_ key: String, kind: ModuleKind) throws(DistributionError) -> [GroupElement] {
        var elements: [GroupElement] = []
        for entry in try list(key) {
            elements.append(
                GroupElement(
                    kind: kind,
                    id: try entry.buildpackID("id"),
                    version: try entry.buildpackVersion("version"),
                    homepage: try entry.text("homepage"),
                    isOptional: try entry.boolean("optional") || kind == .imageExtension,
                    execEnvironments: try entry.texts("exec-env")
                )
            )
        }
        return elements
    }

    /// Groups to try one after the other.
    func order(_ key: String, kind: ModuleKind) throws(DistributionError) -> Order {
        var groups: [Order.Group] = []
        for entry in try list(key) { groups.append(try entry.elements("group", kind: kind)) }
        guard groups.count <= Self.groupLimit, groups.lazy.map(\.count).reduce(0, +) <= ModuleLayers.limit else {
            throw error(key, "at most \(Self.groupLimit) groups with \(ModuleLayers.limit) elements are read")
        }
        return Order(groups: groups)
    }

    /// What modules say about the images that they work on.
    func targets(_ key: String) throws(DistributionError) -> [Target] {
        var targets: [Target] = []
        for entry in try list(key) {
            var distributions: [CNBCore.Distribution] = []
            for distribution in try entry.list("distros") {
                distributions.append(
                    CNBCore.Distribution(name: try distribution.text("name"), version: try distribution.text("version"))
                )
            }
            targets.append(
                Target(
                    os: try entry.text("os"),
                    arch: try entry.text("arch"),
                    variant: try entry.text("variant"),
                    distributions: distributions
                )
            )
        }
        return targets
    }

    /// The order that is the whole of a label; empty when the image has no such label.
    static func order(
        of label: String,
        in config: ImageConfig,
        image: String,
        kind: ModuleKind
    ) throws(DistributionError) -> Order {
        guard let value = try value(of: label, in: config, image: image) else { return Order() }
        // The array is put into an object, so that there is one way to read an order.
        let fields = try LabelFields(["order": value], label: label, image: image)
        return try fields.order("order", kind: kind)
    }
}
