import BuildpackModel
import CNBCore
import OCI

/// Turns what is asked for into places of groups, and collects what has to be brought for them.
struct WishResolver {
    let modules: [PackagedModule]
    let kind: ModuleKind
    let exists: (String) -> Bool
    /// What has to be brought, each once.
    private(set) var fetches: [ModuleFetch] = []

    init(modules: [PackagedModule], kind: ModuleKind = .buildpack, exists: @escaping (String) -> Bool) {
        (self.modules, self.kind, self.exists) = (modules, kind, exists)
    }

    /// One group, or one for each of the builder's where `from=builder` is among the wishes.
    mutating func groups(
        _ wishes: [ModuleSelection.Wish],
        order: Order
    ) throws(DistributionError) -> [[OrderPlan.Slot]] {
        var parts: [[OrderPlan.Slot]] = [[]]
        var hasBuilder = false
        for wish in wishes {
            guard let slot = try slot(wish) else {
                guard !hasBuilder else { throw .invalidSelection("from=builder can be given only once") }
                guard !order.isEmpty else { throw .invalidSelection("from=builder: the builder has no order") }
                hasBuilder = true
                parts = parts.flatMap { first in order.groups.map { first + $0.map(OrderPlan.Slot.known) } }
                continue
            }
            for index in parts.indices { parts[index].append(slot) }
        }
        return parts
    }

    /// The places of wishes that may not be `from=builder`.
    mutating func slots(_ wishes: [ModuleSelection.Wish]) throws(DistributionError) -> [OrderPlan.Slot] {
        var slots: [OrderPlan.Slot] = []
        for wish in wishes {
            guard let slot = try slot(wish) else {
                let place = kind == .buildpack ? "before or after the builder's own" : "as an image extension"
                throw .invalidSelection("from=builder has no meaning \(place)")
            }
            slots.append(slot)
        }
        return slots
    }

    /// The place of a wish; nil for `from=builder`.
    private mutating func slot(_ wish: ModuleSelection.Wish) throws(DistributionError) -> OrderPlan.Slot? {
        switch wish {
        case .inline(let buildpack): return fetched(.inline(buildpack))
        case .named(let name):
            // An id of a project is never a path, even if the app has a directory of that name.
            return try slot(
                BuildpackLocator(name.description, onBuilder: modules, kind: kind, baseDir: "") { _ in false },
                name.description
            )
        case .locator(let text, let baseDir):
            return try slot(
                BuildpackLocator(text, onBuilder: modules, kind: kind, baseDir: baseDir, exists: exists),
                text
            )
        }
    }

    private mutating func slot(
        _ locator: BuildpackLocator,
        _ text: String
    ) throws(DistributionError) -> OrderPlan.Slot? {
        switch locator {
        case .fromBuilder: return nil
        case .onBuilder(let name):
            let isOptional = kind == .imageExtension
            return .known(GroupElement(kind: kind, id: name.id, version: name.version, isOptional: isOptional))
        case .registry(let id, let version):
            guard kind == .buildpack else {
                throw .invalidLocator(text, reason: "registries have no image extensions; give a directory or an image")
            }
            return fetched(.registry(id, version: version))
        case .image(let reference): return fetched(.image(reference))
        case .download(let address): return fetched(.download(address))
        case .path(let path): return fetched(.path(path))
        }
    }

    private mutating func fetched(_ fetch: ModuleFetch) -> OrderPlan.Slot {
        if !fetches.contains(fetch) { fetches.append(fetch) }
        return .fetched(fetch)
    }
}
