import BuildpackModel
import TOML
import Testing

@Suite("Plans")
struct PlanTests {
    @Test("a Build Plan has its top level as first alternative, then each element of or")
    func alternatives() throws {
        let plan = try BuildPlan(
            toml: TOMLDocument.parse(
                """
                [[provides]]
                name = "a"
                [[or]]
                [[or.requires]]
                name = "b"
                [or.requires.metadata]
                version = "1.*"
                """
            )
        )
        #expect(plan.alternatives.map(\.provides) == [["a"], []])
        #expect(plan.alternatives.map { $0.requires.map(\.name) } == [[], ["b"]])
        #expect(plan.alternatives[1].requires[0].metadata?["version"] == "1.*")
    }
}
