import CNBCore
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
public struct OrderTOML: Hashable, Sendable, TOMLReadable, TOMLWritable {
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

    /// The contents of order.toml.
    public var toml: TOMLTable {
        var table = TOMLTable()
        table.set("order", order)
        table.set("order-extensions", extensionOrder)
        return table
    }
}

extension TOMLTable {
    /// Adds an order with what orders say of their elements, unless it has no groups.
    fileprivate mutating func set(_ key: String, _ order: Order) {
        guard !order.isEmpty else { return }
        let groups = order.groups.map { group -> TOMLTable in
            let elements = group.map { element -> TOMLTable in
                var table: TOMLTable = ["id": .string(element.id.text), "version": .string(element.version.text)]
                // That extensions are optional is clear from the list that they are in.
                if element.isOptional, element.kind == .buildpack { table.set("optional", true) }
                if !element.execEnvironments.isEmpty {
                    table.set("exec-env", .array(TOMLArray(strings: element.execEnvironments)))
                }
                return table
            }
            return ["group": .array(TOMLArray(tables: elements))]
        }
        set(key, .array(TOMLArray(tables: groups)))
    }
}
