import POSIX
import TestSupport
import Testing

@Suite("The list of statements", .enabled(if: ConformanceProduct.path != nil, "\(ConformanceProduct.comment)"))
struct ClauseCheckTests {
    private static func entry(_ id: String, _ rest: String, keyword: String = "MUST") -> String {
        """
        [[clause]]
        id = "platform.\(id)"
        document = "platform.md"
        section = "a section"
        link = "https://example.org/\(id)"
        keyword = "\(keyword)"
        text = "in our words"
        \(rest)

        """
    }

    private static func folder(_ clauses: String...) throws -> FixtureFolder {
        let folder = try FixtureFolder()
        try folder.fixture("one", "also = [\"platform.other\"]\n[[step]]\nrun = \"detector\"")
        try folder.directory.write("fixtures/clauses.toml", clauses.joined())
        return folder
    }

    @Test("is in step with fixtures that it names")
    func inStep() throws {
        let folder = try Self.folder(
            Self.entry("one", "fixtures = [\"one\"]"),
            Self.entry("other", "fixtures = [\"one\"]", keyword: "MAY"),
            Self.entry("third", "untested = \"binds others\"")
        )
        let result = try folder.run("--check")
        #expect(result.errors.isEmpty)
        #expect(result.status == .exited(0))
        #expect(result.output == "3 statements, 2 tested, 1 explained; 1 fixtures with 1 cases\n")
    }

    @Test(
        "is not in step",
        arguments: [
            ([entry("one", "fixtures = [\"one\"]")], 1, "one: clauses.toml has no statement platform.other"),
            (
                [entry("one", "untested = \"no\""), entry("other", "fixtures = [\"one\"]")], 1,
                "one: it is not among the fixtures of platform.one"
            ),
            (
                [entry("one", "fixtures = [\"one\", \"two\"]"), entry("other", "fixtures = [\"one\"]")], 1,
                "platform.one names two, which is no fixture"
            ),
            (
                [
                    entry("one", "fixtures = [\"one\"]"), entry("other", "fixtures = [\"one\"]"),
                    entry("x", "fixtures = [\"one\"]"),
                ], 1,
                "platform.x names one, which tests platform.one"
            ),
            (
                [entry("one", "fixtures = [\"one\"]", keyword: "MAY"), entry("other", "fixtures = [\"one\"]")], 1,
                "one: keyword is \"MUST\" here and \"MAY\" in clauses.toml"
            ),
            ([entry("one", "")], 2, "platform.one has neither fixtures nor a reason"),
            ([entry("one", "fixtures = [\"one\"]\ntested = true")], 2, "unknown key tested"),
        ]
    )
    func outOfStep(clauses: [String], status: Int32, complaint: String) throws {
        let folder = try FixtureFolder()
        try folder.fixture("one", "also = [\"platform.other\"]\n[[step]]\nrun = \"detector\"")
        try folder.directory.write("fixtures/clauses.toml", clauses.joined())
        let result = try folder.run("--check")
        #expect(result.status == .exited(status))
        #expect(result.errors.contains(complaint), "\(result.errors)")
    }

    @Test("of this repository is in step with its fixtures")
    func repository() throws {
        let program = try #require(ConformanceProduct.path)
        let result = try runCommand([program, "--check", "\(Repository.root)/spec-fixtures"])
        #expect(result.errors.isEmpty)
        #expect(result.status == .exited(0))
    }
}
