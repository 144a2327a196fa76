import JSON
import POSIX
import TestSupport
import Testing

@Suite("Judging a lifecycle", .enabled(if: ConformanceProduct.path != nil, "\(ConformanceProduct.comment)"))
struct SuiteRunTests {
    private static let detector = "[[step]]\nrun = \"detector\"\n"

    /// One case of each kind.
    private static func mixed() throws -> FixtureFolder {
        let folder = try FixtureFolder()
        try folder.program("detector", "echo found nothing; id -u > /layers/uid; exit 20")
        try folder.fixture(
            "a-passes",
            detector + "exit = 20\n[[step.file]]\npath = \"/layers/uid\"\ntext = \"1000\\n\""
        )
        try folder.fixture("b-fails", detector + "exit = [0, 21]")
        try folder.fixture("c-is-noted", keyword: "SHOULD", detector)
        try folder.fixture("d-is-skipped", head: "needs = [\"launcher\"]", detector)
        try folder.fixture("e-is-for-others", head: "apis = \"-0.14\"", detector)
        let variants = "[[variant]]\nname = \"x\"\ncode = 20\n[[variant]]\nname = \"y\"\ncode = 21\n"
        try folder.fixture("f-varies", variants + "[[step]]\nsh = \"exit @{v.code}\"\nexit = 20")
        return folder
    }

    @Test("counts what passes, fails and is skipped in the last line")
    func counts() throws {
        let result = try Self.mixed().run()
        #expect(result.status == .exited(1))
        #expect(result.output.hasSuffix("\n2 passed, 2 failed, 1 skipped\n"), "\(result.output)")
        for line in ["passed   a-passes", "FAILED   f-varies@y", "note     c-is-noted", "1 not for the API under test"]
        {
            #expect(result.lines.contains(line), "\(line) in \(result.output)")
        }
        #expect(result.output.contains("skipped  d-is-skipped: needs launcher"))
    }

    @Test("ends with 0 when nothing fails, whatever is noted and skipped")
    func success() throws {
        let result = try Self.mixed().run("--skip", "b-*", "--skip", "f-*")
        #expect(result.status == .exited(0))
        #expect(result.output.hasSuffix("\n1 passed, 0 failed, 1 skipped\n"))
    }

    @Test("shows the statement, the command, the difference, the output, and how to see it again")
    func failure() throws {
        let folder = try Self.mixed()
        let text = try folder.run("--run", "b-fails").output
        for part in [
            "MUST in platform.md, a section (platform.b-fails)", "https://example.org/b-fails", "the title of b-fails",
            "CNB_PLATFORM_API=0.15", "/cnb/lifecycle/detector", "- expected exit status 0 or 21, found exit status 20",
            "| found nothing", "--api 0.15 --run b-fails --keep \(folder.directory.path("fixtures"))",
        ] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
    }

    @Test("leaves the tree of a failed case with --keep")
    func keep() throws {
        let text = try Self.mixed().run("--keep", "--run", "b-fails", "--run", "a-passes").output
        let line = try #require(text.split(separator: "\n").first { $0.contains("its tree: ") })
        let tree = String(try #require(line.split(separator: " ").last))
        defer { try? FileSystem.removeTree(Path.directory(Path.directory(tree))) }
        #expect(try FileSystem.readText("\(tree)/layers/uid") == "1000\n")
        #expect(try FileSystem.list(Path.directory(Path.directory(tree))).count == 1)
    }

    @Test("runs each case for each API")
    func apis() throws {
        let folder = try FixtureFolder()
        try folder.program("detector", "test \"$CNB_PLATFORM_API\" = \"$EXPECTED\"")
        try folder.fixture("api", head: "apis = \"0.9-\"", Self.detector + "env = { EXPECTED = \"@{api}\" }")
        let result = try folder.run("--api", "all")
        #expect(result.output.hasSuffix("2 not for the API under test\n7 passed, 0 failed, 0 skipped\n"))
    }

    @Test("writes JSON")
    func json() throws {
        let text = try Self.mixed().run("--format", "json").output
        let document = try JSONParser.parse(Array(text.utf8), source: "report")
        #expect(
            document["passed"] == 2 && document["failed"] == 2 && document["notes"] == 1 && document["skipped"] == 1
        )
        let cases = document["cases"]?.arrayValue ?? []
        #expect(cases.map { $0["status"]?.stringValue } == ["passed", "failed", "note", "skipped", "passed", "failed"])
        #expect(cases.last?["fixture"] == "f-varies" && cases.last?["variant"] == "y")
        #expect(cases.first?["clause"] == "platform.a-passes" && cases.first?["keyword"] == "MUST")
    }

    @Test("writes XML that readers of JUnit's take", .enabled(if: Conditions.commandExists("python3"), "needs python3"))
    func junit() throws {
        let folder = try Self.mixed()
        try folder.program("detector", "printf '\\033[31m<&>\\001\\377\\n'; exit 20")
        let file = try folder.directory.write("report.xml", try folder.run("--format", "junit").output)
        let script = """
            import sys, xml.etree.ElementTree as tree
            root = tree.parse(sys.argv[1]).getroot()
            print(root.get("tests"), root.get("failures"), root.get("skipped"), len(root.findall(".//failure")))
            """
        let read = try runCommand(["python3", "-c", script, file])
        #expect(read.errors.isEmpty)
        #expect(read.output == "6 3 1 3\n")
    }

    @Test("writes TAP with a plan, numbers in order, and directives")
    func tap() throws {
        let lines = try Self.mixed().run("--format", "tap").lines.filter { !$0.hasPrefix(" ") && !$0.isEmpty }
        #expect(lines.prefix(2) == ["TAP version 14", "1..7"])
        let points = lines.dropFirst(2)
        #expect(points.count == 7)
        for (number, line) in points.enumerated() {
            #expect(line.hasPrefix("ok \(number + 1) - ") || line.hasPrefix("not ok \(number + 1) - "))
        }
        #expect(points.contains { $0.hasPrefix("not ok 3") && $0.contains("# TODO SHOULD") })
        #expect(points.contains { $0.hasPrefix("ok 4") && $0.contains("# SKIP needs launcher") })
    }

    @Test("lists fixtures without running them")
    func list() throws {
        let folder = try Self.mixed()
        #expect(try folder.run("--list", "--skip", "f-varies@y", "--run", "f-*").lines.count == 2)
        let result = try folder.run("--list", "--run", "f-*")
        #expect(result.output == "f-varies@x\tthe title of f-varies\nf-varies@y\tthe title of f-varies\n")
    }

    @Test("works for somebody who is not root", .enabled(if: Conditions.isRoot, "needs root to be somebody else"))
    func otherUser() throws {
        let folder = try Self.mixed()
        try folder.fixture("needs-root", head: "needs = [\"root\"]", Self.detector)
        let result = try folder.run("--skip", "b-*", "--skip", "f-*", as: "65534")
        if result.output.contains("neither root nor user namespaces") { return }
        #expect(result.output.hasSuffix("\n1 passed, 0 failed, 2 skipped\n"), "\(result.output)\(result.errors)")
        #expect(result.output.contains("skipped  needs-root: needs root: it takes root"))
    }
}
