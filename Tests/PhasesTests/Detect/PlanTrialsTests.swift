import BuildpackModel
import CNBCore
import TestSupport
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
                id: BuildpackID(stringLiteral: name.filter { $0 != "?" }),
                version: "1.0.0",
                isOptional: name.hasSuffix("?")
            ),
            plan: BuildPlan(parsed[0], or: Array(parsed.dropFirst()))
        )
    }

    private func resolve(_ members: [(String, [String])]) -> String? {
        var trials = PlanTrials(contributors: members.map { member($0.0, $0.1) })
        var journal = DetectJournal()
        return trials.resolve(journal: &journal).map(describe)
    }

    private func describe(_ group: [GroupElement], _ plan: ResolvedBuildPlan) -> String {
        let entries = plan.entries.map { entry in
            "\(entry.requires[0].name)*\(entry.requires.count):\(entry.providers.map(\.id.text).joined(separator: "+"))"
        }
        return (group.map(\.id.text) + entries).joined(separator: " ")
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

    @Test("what is found among many combinations is what trying them in order finds")
    func searchFindsTheFirst() {
        var generator = SystemRandomNumberGenerator()
        func words() -> String {
            (0..<Int.random(in: 0...2, using: &generator))
                .map { _ in
                    ["+", "-"].randomElement(using: &generator)! + ["x", "y", "z"].randomElement(using: &generator)!
                }
                .joined(separator: " ")
        }
        var solved = 0
        for _ in 1...3000 {
            let members = (0..<Int.random(in: 1...5, using: &generator)).map { index in
                (
                    "m\(index)" + (Int.random(in: 0...2, using: &generator) == 0 ? "?" : ""),
                    (1...Int.random(in: 1...3, using: &generator)).map { _ in words() }
                )
            }
            let contributors = members.map { member($0.0, $0.1) }
            let expected = resolve(members)
            var journal = DetectJournal()
            let found = PlanSearch(contributors).firstSelection().flatMap {
                selection -> (group: [GroupElement], plan: ResolvedBuildPlan)? in
                var trials = PlanTrials(contributors: contributors)
                return trials.result(of: selection, journal: &journal)
            }
            #expect(found.map(describe) == expected, "\(members)")
            solved += expected == nil ? 0 : 1
        }
        #expect((300...2700).contains(solved), "the inputs are neither all solvable nor all unsolvable")
    }

    @Test(
        "plans with more combinations than can be tried are resolved",
        arguments: [
            // Nobody provides what the last one requires.
            ("+a# -a#", "-nothing", nil),
            // Each has to take its last alternative.
            ("-nothing#", "+a# -a#", "a"),
            // A provider of one of two names that are both required, behind many independent members.
            ("+a# -a#", "+p -p -q|+q -p -q", nil),
        ] as [(String, String, String?)]
    )
    func manyCombinations(first: String, last: String, name: String?) {
        let members = (0..<30).map { index in
            (
                "b\(index)",
                (0..<5).map { first.replacing("#", with: "\(index)-\($0)") } + [last.replacing("#", with: "\(index)")]
            )
        }
        let single = name == nil && first.hasPrefix("+")
        let inputs =
            single
            ? members.dropLast().map { ($0.0, Array($0.1.dropLast())) } + [
                ("end", last.split(separator: "|").map(String.init))
            ]
            : members
        let clock = ContinuousClock()
        var result: String?
        let time = clock.measure { result = resolve(inputs) }
        #expect((result == nil) == (name == nil))
        #expect(time < .seconds(10), "\(time)")
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
