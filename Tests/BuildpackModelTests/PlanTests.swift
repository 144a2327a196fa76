import BuildpackModel
import TOML
import TestSupport
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

    @Test("an empty Build Plan has one alternative that asks for nothing")
    func emptyPlan() throws {
        let plan = try BuildPlan(toml: TOMLTable())
        #expect(plan == BuildPlan())
        #expect(plan.alternatives.count == 1)
        #expect(!plan.hasRequirements)
    }

    @Test("an error in a Build Plan says where it is")
    func positions() throws {
        let document = try TOMLDocument.parse("[[requires]]\nname = 3", file: "plan.toml")
        #expect {
            try BuildPlan(toml: document)
        } throws: { error in
            "\(error)" == "plan.toml: line 2, column 8 (requires.name): expected a string, found an integer"
        }
    }

    private let resolved = ResolvedBuildPlan(entries: [
        ResolvedBuildPlan.Entry(
            providers: [GroupElement(kind: .imageExtension, id: "acme/ext", version: "1.0.0")],
            requires: [Requirement(name: "curl", metadata: ["n": 1, "a": .table(["b": true])])]
        ),
        ResolvedBuildPlan.Entry(
            providers: [
                GroupElement(id: "acme/ext", version: "1.0.0"), GroupElement(id: "acme/node", version: "2.0.0"),
            ],
            requires: [Requirement(name: "node"), Requirement(name: "node", metadata: TOMLTable())]
        ),
    ])

    @Test("plan.toml is written as the reference writes it")
    func text() {
        #expect(
            TOMLWriter.write(resolved.toml) == """
                [[entries]]

                  [[entries.providers]]
                    id = "acme/ext"
                    version = "1.0.0"
                    extension = true

                  [[entries.requires]]
                    name = "curl"
                    [entries.requires.metadata]
                      n = 1
                      [entries.requires.metadata.a]
                        b = true

                [[entries]]

                  [[entries.providers]]
                    id = "acme/ext"
                    version = "1.0.0"

                  [[entries.providers]]
                    id = "acme/node"
                    version = "2.0.0"

                  [[entries.requires]]
                    name = "node"

                  [[entries.requires]]
                    name = "node"
                    [entries.requires.metadata]

                """
        )
    }

    @Test("plan.toml that was written reads the same")
    func roundTrip() throws {
        let text = TOMLWriter.write(resolved.toml)
        #expect(try ResolvedBuildPlan(toml: TOMLDocument.parse(text)) == resolved)
    }

    @Test("a module's plan has what it can provide; an extension is not the buildpack of the same id")
    func buildpackPlan() {
        #expect(resolved.buildpackPlan(for: .imageExtension, id: "acme/ext").entries.map(\.name) == ["curl"])
        #expect(resolved.buildpackPlan(for: .buildpack, id: "acme/ext").entries.map(\.name) == ["node", "node"])
        #expect(resolved.buildpackPlan(for: .buildpack, id: "acme/other").entries.isEmpty)
    }

    @Test("what a module has provided is not asked of later ones, what it left unmet is")
    func unmet() {
        let plan = BuildpackPlan(entries: [Requirement(name: "curl"), Requirement(name: "node")])
        let met = plan.metNames(unmet: ["node"])
        #expect(met == ["curl"])
        var remaining = resolved
        remaining.removeEntries(metBy: met)
        #expect(remaining.entries.map { $0.requires[0].name } == ["node"])
    }
}
