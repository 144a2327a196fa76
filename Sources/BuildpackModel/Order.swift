public import TOML

/// Groups to try one after the other until one passes detection.
public struct Order: Hashable, Sendable {
    /// The elements of one group, in order.
    public typealias Group = [GroupElement]

    /// The groups, the preferred one first.
    public var groups: [Group]

    public init(groups: [Group] = []) {
        self.groups = groups
    }

    /// Whether there is no group at all.
    public var isEmpty: Bool { groups.isEmpty }

    /// Reads the groups below a key, as in `[[order]]` with `[[order.group]]`; an absent key is an empty order.
    init(toml: TOMLTable, key: String, kind: ModuleKind) throws(TOMLError) {
        groups = []
        for table in try toml.tables(key) ?? [] {
            var group = try table.values("group", as: GroupElement.self)
            for index in group.indices {
                group[index].kind = kind
                group[index].isOptional = group[index].isOptional || kind == .imageExtension
            }
            groups.append(group)
        }
    }
}

/// order.toml: the orders of a builder.
public struct OrderTOML: Hashable, Sendable, TOMLReadable {
    /// The order of buildpacks.
    public var order: Order
    /// The order of image extensions, which comes before that of buildpacks; its elements are always optional.
    public var extensionOrder: Order

    public init(order: Order, extensionOrder: Order = Order()) {
        self.order = order
        self.extensionOrder = extensionOrder
    }

    /// Reads an order.toml.
    public init(toml: TOMLTable) throws(TOMLError) {
        order = try Order(toml: toml, key: "order", kind: .buildpack)
        extensionOrder = try Order(toml: toml, key: "order-extensions", kind: .imageExtension)
    }
}
