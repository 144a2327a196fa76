import BuildpackModel

/// A dependency that a module provides but nobody needs, or needs but nobody provides.
struct UnmetPlanEntry: Hashable, CustomStringConvertible {
    /// Which side is missing.
    enum Problem: Hashable {
        /// No earlier module, nor the module itself, provides it.
        case requiredButNotProvided
        /// No later module, nor the module itself, requires it.
        case providedButNotRequired
    }

    /// The module.
    var element: GroupElement
    /// The name of the dependency.
    var name: String
    /// Which side is missing.
    var problem: Problem

    /// As the reference puts it, after `fail: ` or `skip: `.
    var description: String {
        switch problem {
        case .requiredButNotProvided: "\(element) requires \(name)"
        case .providedButNotRequired: "\(element) provides unused \(name)"
        }
    }
}

/// Makes a plan for a group from the Build Plans of its members.
///
/// A member's plan has alternatives. A trial takes one alternative of each member; trials are made in order, the last
/// member's alternatives changing fastest, until one succeeds. Where that would take too many, the one that succeeds is
/// found by a ``PlanSearch``.
struct PlanTrials {
    /// A member that has passed, and its Build Plan.
    struct Contributor {
        var element: GroupElement
        var plan: BuildPlan
    }

    /// A member with the alternative that a trial takes.
    private struct Choice {
        var element: GroupElement
        var alternative: BuildPlan.Alternative
    }

    /// How many combinations are tried one after the other, each of them logged at debug level.
    private static let patience = 1000

    private let contributors: [Contributor]
    /// What was not met in the trials so far, without repetitions.
    private(set) var unmet: [UnmetPlanEntry] = []

    init(contributors: [Contributor]) {
        self.contributors = contributors
    }

    /// Makes trials until one succeeds.
    ///
    /// - Parameter journal: Is told of each trial.
    /// - Returns: The members that take part and the plan, or nil if no trial succeeds.
    mutating func resolve(journal: inout DetectJournal) -> (group: [GroupElement], plan: ResolvedBuildPlan)? {
        var selection = [Int](repeating: 0, count: contributors.count)
        var number = 0
        repeat {
            number += 1
            journal.debug("Resolving plan... (try #\(number))")
            if let result = result(of: selection, journal: &journal) { return result }
            guard advance(&selection) else { return nil }
        } while number < Self.patience
        return search(after: number, journal: &journal)
    }

    /// Finds the trial that succeeds among many.
    private mutating func search(
        after number: Int,
        journal: inout DetectJournal
    ) -> (group: [GroupElement], plan: ResolvedBuildPlan)? {
        journal.debug("Searching for a plan after \(number) tries...")
        let search = PlanSearch(contributors)
        unmet += search.unmet.filter { !unmet.contains($0) }
        guard let selection = search.firstSelection() else {
            journal.debug("fail: no combination of alternatives makes a plan")
            return nil
        }
        return result(of: selection, journal: &journal)
    }

    /// Makes the trial of one combination.
    ///
    /// - Parameters:
    ///   - selection: The number of an alternative for each member.
    ///   - journal: Is told of the trial.
    /// - Returns: The members that take part and the plan, or nil if the combination makes none.
    mutating func result(
        of selection: [Int],
        journal: inout DetectJournal
    ) -> (group: [GroupElement], plan: ResolvedBuildPlan)? {
        resolve(choices(selection), journal: &journal)
    }

    /// Goes to the next selection of alternatives; false after the last.
    private func advance(_ selection: inout [Int]) -> Bool {
        for index in selection.indices.reversed() {
            selection[index] += 1
            if selection[index] < contributors[index].plan.alternatives.count { return true }
            selection[index] = 0
        }
        return false
    }

    private func choices(_ selection: [Int]) -> [Choice] {
        zip(contributors, selection).map { contributor, index in
            var element = contributor.element
            let alternatives = contributor.plan.alternatives
            // An optional member is only left out when all its alternatives have been tried.
            element.isOptional = element.isOptional && index == alternatives.count - 1
            return Choice(element: element, alternative: alternatives[index])
        }
    }

    /// Makes one trial: leaves out optional members whose entries are not met until all entries are.
    private mutating func resolve(
        _ choices: [Choice],
        journal: inout DetectJournal
    ) -> (group: [GroupElement], plan: ResolvedBuildPlan)? {
        var choices = choices
        while true {
            let dependencies = Dependencies(choices)
            let problems = dependencies.unmetRequirements + dependencies.unmetProvisions
            unmet += problems.filter { !unmet.contains($0) }
            for problem in problems {
                journal.debug("\(problem.element.isOptional ? "skip" : "fail"): \(problem)")
                guard problem.element.isOptional else { return nil }
                choices.removeAll { $0.element == problem.element }
            }
            if choices.isEmpty {
                journal.debug("fail: no viable buildpacks in group")
                return nil
            }
            if problems.isEmpty {
                let group = choices.map { choice in
                    var element = choice.element
                    element.isOptional = false
                    return element
                }
                return (group, dependencies.plan)
            }
        }
    }

    /// The dependencies of one trial by name, in the order in which the names come up.
    private struct Dependencies {
        private struct Dependency {
            var name: String
            /// Providers that something after them, or they themselves, require.
            var providers: [GroupElement] = []
            /// Providers that nothing after them has required yet.
            var unusedProviders: [GroupElement] = []
            /// What is required of the providers.
            var requirements: [Requirement] = []
            /// Those who require the dependency before anybody provides it.
            var unservedRequirers: [GroupElement] = []
        }

        private var dependencies: [Dependency] = []
        private var places: [String: Int] = [:]

        init(_ choices: [Choice]) {
            for choice in choices {
                for name in choice.alternative.provides {
                    let place = place(of: name)
                    dependencies[place].unusedProviders.append(choice.element)
                }
                for requirement in choice.alternative.requires {
                    let place = place(of: requirement.name)
                    dependencies[place].providers += dependencies[place].unusedProviders
                    dependencies[place].unusedProviders = []
                    if dependencies[place].providers.isEmpty {
                        dependencies[place].unservedRequirers.append(choice.element)
                    } else {
                        dependencies[place].requirements.append(requirement)
                    }
                }
            }
        }

        private mutating func place(of name: String) -> Int {
            if let place = places[name] { return place }
            places[name] = dependencies.count
            dependencies.append(Dependency(name: name))
            return dependencies.count - 1
        }

        var unmetRequirements: [UnmetPlanEntry] {
            dependencies.flatMap { dependency in
                dependency.unservedRequirers.map {
                    UnmetPlanEntry(element: $0, name: dependency.name, problem: .requiredButNotProvided)
                }
            }
        }

        var unmetProvisions: [UnmetPlanEntry] {
            dependencies.flatMap { dependency in
                dependency.unusedProviders.map {
                    UnmetPlanEntry(element: $0, name: dependency.name, problem: .providedButNotRequired)
                }
            }
        }

        /// The plan once everything is met.
        var plan: ResolvedBuildPlan {
            ResolvedBuildPlan(
                entries: dependencies.map { dependency in
                    ResolvedBuildPlan.Entry(
                        providers: dependency.providers.map(\.identity),
                        requires: dependency.requirements
                    )
                }
            )
        }
    }
}
