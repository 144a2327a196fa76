public import BuildpackModel
import CNBCore

/// The order that a build will have, and what has to be brought before it can be written.
///
/// Buildpacks that are declared, on the command line or as the project's `group`, make one group in which none is
/// optional; with `from=builder` among them, the builder's order has its place there, so that each of its groups gets
/// the others before and after it. Without a declaration, `pre` and `post` go around each group of the builder.
public struct OrderPlan: Equatable, Sendable {
    /// A place in a group.
    public enum Slot: Hashable, Sendable {
        /// A module on the builder.
        case known(GroupElement)
        /// A module whose id and version are known when it has been brought.
        case fetched(ModuleFetch)
    }

    /// The groups of buildpacks.
    public private(set) var groups: [[Slot]]
    /// The groups of image extensions.
    public private(set) var extensionGroups: [[Slot]]
    /// What has to be brought of buildpacks, each once, in the order of the declaration.
    public private(set) var buildpackFetches: [ModuleFetch]
    /// What has to be brought of image extensions, each once, in the order of the declaration.
    public private(set) var extensionFetches: [ModuleFetch]
    /// Whether the order is the builder's own, so that none need be written.
    public private(set) var isBuildersOwn: Bool
    /// What has no effect, for people.
    public private(set) var warnings: [String]

    /// Works out the order.
    ///
    /// - Parameters:
    ///   - selection: What is asked for.
    ///   - builder: The builder, with the order of its files where the labels have none.
    ///   - exists: Whether there is something at a path.
    /// - Throws: When something is asked for that can't be understood, that should be on the builder and isn't, or
    ///   that makes no sense, as `from=builder` twice.
    public init(
        _ selection: ModuleSelection,
        builder: BuilderMetadata,
        exists: @escaping (String) -> Bool
    ) throws(DistributionError) {
        let (declared, before, after) = (selection.declared, selection.before, selection.after)
        (groups, extensionGroups, warnings) = ([], builder.extensionOrder.slots, [])
        (buildpackFetches, extensionFetches) = ([], [])
        isBuildersOwn = declared.isEmpty && before.isEmpty && after.isEmpty && selection.extensions.isEmpty
        var resolver = WishResolver(modules: builder.buildpacks, exists: exists)
        if declared.isEmpty {
            guard before.isEmpty && after.isEmpty || !builder.order.isEmpty else {
                throw .invalidSelection("the builder has no order for buildpacks to come before or after")
            }
            let (first, last) = (try resolver.slots(before), try resolver.slots(after))
            groups = builder.order.slots.map { first + $0 + last }
        } else {
            groups = try resolver.groups(declared, order: builder.order)
            warnings = Self.warnings(before: before, after: after)
        }
        buildpackFetches = resolver.fetches
        guard !selection.extensions.isEmpty else { return }
        var finder = WishResolver(modules: builder.extensions, kind: .imageExtension, exists: exists)
        let wishes = selection.extensions.map { ModuleSelection.Wish.locator($0, baseDir: selection.baseDir) }
        extensionGroups = [try finder.slots(wishes)]
        extensionFetches = finder.fetches
    }

    private static func warnings(before: [ModuleSelection.Wish], after: [ModuleSelection.Wish]) -> [String] {
        [("pre", before), ("post", after)].filter { !$0.1.isEmpty }.map { name, _ in
            "\(name)-buildpacks have no effect where the buildpacks are declared one by one"
        }
    }

    /// The contents of order.toml.
    ///
    /// - Parameter identity: The id and version of what was brought.
    /// - Returns: The order; what was brought is not optional, or, as an image extension, always is.
    /// - Throws: What `identity` throws.
    public func order<Failure: Error>(
        _ identity: (ModuleFetch) throws(Failure) -> ModuleName
    ) throws(Failure) -> OrderTOML {
        OrderTOML(
            order: try Self.order(groups, .buildpack, identity),
            extensionOrder: try Self.order(extensionGroups, .imageExtension, identity)
        )
    }

    private static func order<Failure: Error>(
        _ groups: [[Slot]],
        _ kind: ModuleKind,
        _ identity: (ModuleFetch) throws(Failure) -> ModuleName
    ) throws(Failure) -> Order {
        var order = Order()
        for slots in groups {
            var group: Order.Group = []
            for slot in slots {
                switch slot {
                case .known(let element): group.append(element)
                case .fetched(let fetch):
                    let name = try identity(fetch)
                    group.append(
                        GroupElement(
                            kind: kind,
                            id: name.id,
                            version: name.version,
                            isOptional: kind == .imageExtension
                        )
                    )
                }
            }
            if !group.isEmpty { order.groups.append(group) }
        }
        return order
    }
}

extension Order {
    /// The groups of a builder, all of whose elements are on it.
    fileprivate var slots: [[OrderPlan.Slot]] {
        groups.map { $0.map(OrderPlan.Slot.known) }
    }
}
