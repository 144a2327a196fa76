import BuildpackModel
import CNBCore
import Console

/// One group whose members have all been run, to see whether it passes, and with which plan.
struct GroupTrial {
    /// A member and what became of it.
    struct Member {
        var candidate: DetectCandidate
        var outcome: DetectOutcome
        var element: GroupElement { candidate.element }
    }

    /// Whether the group passes.
    enum Verdict {
        case passed([GroupElement], ResolvedBuildPlan)
        case failed
        case failedWithErrors
    }

    /// What comes out of the trial.
    struct Result {
        var verdict: Verdict
        /// Plan entries that were not met in any of the attempts to make a plan.
        var unmet: [UnmetPlanEntry] = []
    }

    /// All members in order.
    var members: [Member]

    /// Sees whether the group passes.
    ///
    /// - Parameter journal: Is told what each member has to say, the results, and the members that take part.
    /// - Returns: The verdict.
    func run(journal: inout DetectJournal) -> Result {
        for member in members { member.describeOutput(journal: &journal) }
        journal.debug("======== Results ========")
        for member in members { member.describeResult(journal: &journal) }

        guard members.allSatisfy({ $0.hasPassed || $0.element.isOptional }) else {
            return Result(verdict: members.contains(where: \.isInError) ? .failedWithErrors : .failed)
        }
        let passed = members.filter(\.hasPassed)
        guard passed.contains(where: { $0.element.kind == .buildpack }) else {
            journal.debug("fail: no viable buildpacks in group")
            return Result(verdict: .failed)
        }
        var trials = PlanTrials(contributors: passed.compactMap(\.planContributor))
        guard let (group, plan) = trials.resolve(journal: &journal) else {
            return Result(verdict: .failed, unmet: trials.unmet)
        }
        describe(group, journal: &journal)
        return Result(verdict: .passed(group, plan))
    }

    private func describe(_ group: [GroupElement], journal: inout DetectJournal) {
        if group.count != members.count {
            journal.info("\(group.count) of \(members.count) buildpacks participating")
        }
        let width = group.map(\.id.text.utf8.count).max() ?? 0
        for element in group {
            let padding = String(repeating: " ", count: max(0, width - element.id.text.unicodeScalars.count))
            journal.info("\(element.id)\(padding) \(element.version)")
        }
    }
}

extension GroupTrial.Member {
    /// Whether the module wants to take part.
    var hasPassed: Bool {
        guard case .passed = outcome.status else { return false }
        return true
    }

    /// Whether the module was in error, which is not the same as not wanting to take part.
    var isInError: Bool {
        switch outcome.status {
        case .passed, .declined: false
        case .exited, .errored: true
        }
    }

    /// The member as one that contributes to a plan, if it has passed.
    var planContributor: PlanTrials.Contributor? {
        guard case .passed(let plan) = outcome.status else { return nil }
        return PlanTrials.Contributor(element: element, plan: plan)
    }

    fileprivate func describeOutput(journal: inout DetectJournal) {
        let header: (String) -> String = { "======== \($0): \(element) ========" }
        // The output of a module that passed or failed as it should is shown at debug level only.
        let isQuiet = hasPassed || !isInError
        if !outcome.output.isEmpty {
            journal.add(isQuiet ? .debug : .info, [UInt8](header("Output").utf8))
            journal.add(isQuiet ? .debug : .info, outcome.output)
        }
        if case .errored(let cause?) = outcome.status {
            journal.info(header("Error"))
            journal.info(cause)
        }
    }

    fileprivate func describeResult(journal: inout DetectJournal) {
        switch outcome.status {
        case .passed: journal.debug("pass: \(element)")
        case .declined: journal.debug("\(element.isOptional ? "skip" : "fail"): \(element)")
        case .exited(let code): journal.info("err:  \(element) (\(code))")
        case .errored: journal.info("err:  \(element)")
        }
    }
}
