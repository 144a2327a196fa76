import BuildpackModel
import CNBCore
import Console
import PlatformModel

/// Looks for the first group of an order that passes.
///
/// An order stands for many groups: a composite buildpack stands for each of the groups of its own order, an optional
/// one also for nothing, and so does the order of extensions, which comes first. The groups are tried depth first, from
/// left to right, as they come up, so that nothing after the first group that passes is looked at.
struct GroupSearch {
    /// What comes out of an attempt.
    enum Attempt {
        /// The members that take part, and the plan.
        case passed([GroupElement], ResolvedBuildPlan)
        /// No group passed; `withErrors` when a module was in error.
        case failed(withErrors: Bool)
    }

    /// Something in a group that is not resolved yet.
    private enum Entry {
        /// A buildpack or extension, and the composite buildpacks that it is inside of, the outermost first.
        case module(GroupElement, within: [GroupElement])
        /// The order of extensions.
        case extensions(Order)
    }

    private let inputs: DetectInputs
    private let logger: Logger
    private let store: ModuleStore
    private var executions: DetectExecutions
    /// The modules whose descriptors have been read before.
    private var known: Set<GroupElement> = []
    /// What is said about the groups once the search is over.
    private(set) var journal = DetectJournal()
    /// What people are shown when no group passes.
    private(set) var report = DetectionReport()

    init(inputs: DetectInputs, target: BuildTarget, logger: Logger) {
        self.inputs = inputs
        self.logger = logger
        store = ModuleStore(buildpacksDir: inputs.buildpacksDir, extensionsDir: inputs.extensionsDir)
        executions = DetectExecutions(inputs: inputs, target: target, logger: logger)
    }

    /// Tries the groups that the orders stand for.
    ///
    /// - Throws: A ``PhaseError`` of kind `detect` or `incompatibleBuildpackAPI` when a member of a composite buildpack
    ///   can't be used, or composite buildpacks contain each other.
    mutating func search(_ orders: DetectionOrders) throws(PhaseError) -> Attempt {
        let first: [Entry] = orders.extensions.isEmpty ? [] : [.extensions(orders.extensions)]
        let groups = orders.buildpacks.groups.map { group in
            first + group.map { Entry.module($0, within: []) }
        }
        return try search(anyOf: groups, after: [], before: [], isOptional: false)
    }

    // MARK: - Order resolution

    /// Tries each group in the place between what is resolved already and what is still to come.
    private mutating func search(
        anyOf groups: [[Entry]],
        after resolved: [DetectCandidate],
        before rest: [Entry],
        isOptional: Bool
    ) throws(PhaseError) -> Attempt {
        var anyErrors = false
        for group in groups {
            let attempt = try search(allOf: group + rest, after: resolved)
            guard case .failed(let withErrors) = attempt else { return attempt }
            anyErrors = anyErrors || withErrors
        }
        // An error in something optional is forgotten when the group is tried without it.
        return isOptional ? try search(allOf: rest, after: resolved) : .failed(withErrors: anyErrors)
    }

    /// Resolves one entry after the other, and tries the group once nothing in it stands for several groups.
    private mutating func search(
        allOf entries: [Entry],
        after resolved: [DetectCandidate]
    ) throws(PhaseError) -> Attempt {
        var candidates = resolved
        for (index, entry) in entries.enumerated() {
            let rest = Array(entries[(index + 1)...])
            switch entry {
            case .extensions(let order):
                let groups = order.groups.map { group in group.map { Entry.module($0, within: []) } }
                return try search(anyOf: groups, after: candidates, before: rest, isOptional: true)
            case .module(let element, let parents):
                guard !candidates.contains(where: { $0.isSameModule(as: element) }), isMeant(element) else { continue }
                let descriptor = try descriptor(of: element, within: parents)
                if !descriptor.order.isEmpty {
                    let groups = try members(of: element, descriptor.order, within: parents)
                    return try search(
                        anyOf: groups,
                        after: candidates,
                        before: rest,
                        isOptional: element.isOptional
                    )
                }
                if let candidate = candidate(element, descriptor) { candidates.append(candidate) }
            }
        }
        return attempt(candidates)
    }

    /// The groups that a composite buildpack stands for.
    private func members(
        of composite: GroupElement,
        _ order: Order,
        within parents: [GroupElement]
    ) throws(PhaseError) -> [[Entry]] {
        let path = parents + [composite.identity]
        if parents.contains(composite.identity) {
            let circle = path.map(\.description).joined(separator: " -> ")
            throw PhaseError(.detect, failedTo: "detect", "composite buildpacks contain each other: \(circle)")
        }
        return order.groups.map { group in group.map { Entry.module($0, within: path) } }
    }

    // MARK: - One module

    /// What a search has to know about a module.
    private struct Descriptor {
        var module: ModuleDescriptor
        var api: BuildpackAPI
        /// Not empty for a composite buildpack.
        var order: Order
    }

    private mutating func descriptor(
        of element: GroupElement,
        within parents: [GroupElement]
    ) throws(PhaseError) -> Descriptor {
        let (module, order) = try wrapping(.detect, failedTo: "detect") {
            switch element.kind {
            case .buildpack:
                let buildpack = try store.buildpack(element)
                return (buildpack.module, buildpack.order)
            case .imageExtension:
                return (try store.imageExtension(element).module, Order())
            }
        }
        let api = try inputs.deprecationMode.verifyAPI(module.api, of: element, logger: logger)
        if known.insert(element.identity).inserted { noteDeviations(of: module) }
        return Descriptor(module: module, api: api, order: order)
    }

    /// Says at debug level where a descriptor breaks a rule that is meant for authors only; such modules are used all
    /// the same.
    private func noteDeviations(of module: ModuleDescriptor) {
        for deviation in [module.id.deviation, module.version.deviation].compactMap({ $0 }) {
            logger.debug("\(module.kind.label) \(module.identity): \(deviation), which the specification asks for")
        }
    }

    /// Whether the order wants an element in this execution environment.
    private func isMeant(_ element: GroupElement) -> Bool {
        isEligible(element, element.execEnvironments)
    }

    private func isEligible(_ element: GroupElement, _ environments: [String]) -> Bool {
        guard inputs.platformAPI.supports(.executionEnvironments), !inputs.execEnv.isEligible(environments) else {
            return true
        }
        logger.debug(
            "Skipping \(element) due to execution environment mismatch; current: \(inputs.execEnv), "
                + "buildpack supports: [\(environments.joined(separator: " "))]"
        )
        return false
    }

    /// The module as a member of the group, or nil if it doesn't take part in this execution environment.
    private mutating func candidate(_ element: GroupElement, _ descriptor: Descriptor) -> DetectCandidate? {
        let module = descriptor.module
        let matchesTarget = !inputs.platformAPI.supports(.targetData) || matchesTarget(module)
        // As in the reference, an optional module takes part even so.
        let isCompatible = matchesTarget || element.isOptional
        if isCompatible, descriptor.api.supports(.executionEnvironments),
            !isEligible(element, module.execEnvironments)
        {
            return nil
        }
        let candidate = DetectCandidate(element: element, module: module, api: descriptor.api)
        if !isCompatible { executions.record(incompatibleTargetsOf: candidate) }
        return candidate
    }

    private mutating func matchesTarget(_ module: ModuleDescriptor) -> Bool {
        guard !module.targets.isEmpty else { return true }
        return module.targets.contains { target in
            logger.debug("Checking for match against descriptor: \(target.summary)")
            return target.isSatisfied(byBase: executions.runImageTarget().target)
        }
    }

    // MARK: - One group

    /// Runs what has not been run yet, and sees whether the group passes.
    private mutating func attempt(_ candidates: [DetectCandidate]) -> Attempt {
        let outcomes = executions.outcomes(of: candidates)
        let trial = GroupTrial(members: zip(candidates, outcomes).map { GroupTrial.Member(candidate: $0, outcome: $1) })
        let result = trial.run(journal: &journal)
        report.add(trial, result)
        switch result.verdict {
        case .passed(let members, let plan): return .passed(members, plan)
        case .failed: return .failed(withErrors: false)
        case .failedWithErrors: return .failed(withErrors: true)
        }
    }
}
