import BuildpackModel
import Testing

@testable import Phases

@Suite("Plan trials")
struct PlanTrialsTests {
    /// A member in short: `a`, optional if `a?`, then alternatives of `+provided` and `-required` names.
    private func member(_ name: String, _ alternatives: [String]) -> PlanTrials.Contributor {
        let parsed = (alternatives.isEmpty ? [""] : alternatives).map { text in
            let words = text.split(separator: " ")
            return BuildPlan.Alternative(
                provides: words.filter { $0.hasPrefix("+") }.map { String($0.dropFirst()) },
                requires: words.filter { $0.hasPrefix("-") }.map { Requirement(name: String($0.dropFirst())) }
            )
        }
        return PlanTrials.Contributor(
            element: GroupElement(
                id: name.filter { $0 != "?" },
                version: "1.0.0",
                isOptional: name.hasSuffix("?")
            ),
            plan: BuildPlan(parsed[0], or: Array(parsed.dropFirst()))
        )
    }

    private func resolve(_ members: [(String, [String])]) -> String? {
        var trials = PlanTrials(contributors: members.map { member($0.0, $0.1) })
        var journal = DetectJournal()
        guard let (group, plan) = trials.resolve(journal: &journal) else { return nil }
        let entries = plan.entries.map { entry in
            "\(entry.requires[0].name)*\(entry.requires.count):\(entry.providers.map(\.id).joined(separator: "+"))"
        }
        return (group.map(\.id) + entries).joined(separator: " ")
    }

    @Test(
        "a plan is made if everything that is provided is required, and the other way round",
        arguments: [
            // Provided before, by the module itself, or not at all.
            ([("a", ["+x"]), ("b", ["-x"])], "a b x*1:a"),
            ([("a", ["+x -x"])], "a x*1:a"),
            ([("a", ["-x"]), ("b", ["+x"])], nil),
            ([("a", ["-x"])], nil),
            ([("a", ["+x"])], nil),
            // Several of each.
            ([("a", ["+x"]), ("b", ["+x"]), ("c", ["-x"]), ("d", ["-x"])], "a b c d x*2:a+b"),
            ([("a", ["+x"]), ("b", ["-x"]), ("c", ["+x"])], nil),
            // What is optional is left out, and what depended on it.
            ([("a?", ["+x"]), ("b", [])], "b"),
            ([("a?", ["-x"]), ("b", [])], "b"),
            ([("a?", ["+x"]), ("b?", ["-x +y"]), ("c", [])], "c"),
            ([("a", ["+x"]), ("b?", ["-x +y"])], nil),
            ([("a?", ["+x"])], nil),
            // Alternatives, in order, the last member's first.
            ([("a", ["+x", "+y"]), ("b", ["-y"])], "a b y*1:a"),
            ([("a", ["+x", "+y"]), ("b", ["-y", "-x"])], "a b x*1:a"),
            ([("a?", ["+x", "+y"]), ("b", [])], "b"),
        ] as [([(String, [String])], String?)]
    )
    func rules(members: [(String, [String])], expected: String?) {
        #expect(resolve(members) == expected)
    }

    @Test("entries that are not met are remembered once, whatever the number of trials")
    func unmet() {
        var trials = PlanTrials(contributors: [member("a", ["+x", "+y"]), member("b", ["-z"])])
        var journal = DetectJournal()
        #expect(trials.resolve(journal: &journal) == nil)
        #expect(
            trials.unmet.map(\.description) == [
                "b@1.0.0 requires z", "a@1.0.0 provides unused x", "a@1.0.0 provides unused y",
            ]
        )
    }
}
