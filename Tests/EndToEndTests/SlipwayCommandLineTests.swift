import JSON
import POSIX
import TestSupport
import Testing

@Suite(
    "The command line of slipway",
    .enabled(if: SlipwayTool.path != nil, "needs release binaries (scripts/build out/bin out/tools)"),
    .serialized,
    .timeLimit(.minutes(2))
)
struct SlipwayCommandLineTests {
    private let tool: SlipwayTool

    init() throws {
        tool = try SlipwayTool()
        try tool.home.write("site/index.html", "<p>hello")
    }

    @Test("the image's name with its digest is all that goes to standard output, the same at each build")
    func output() throws {
        let first = try tool.run("build", "site", "-t", "registry.example.com/shop:1")
        try #require(first.status == .exited(0), "\(first.errors)")
        let reference = first.output.split(separator: "\n")
        #expect(reference.count == 1)
        #expect(reference.first?.hasPrefix("registry.example.com/shop@sha256:") == true)
        #expect(first.errors.contains("===> detect\n"))
        #expect(first.errors.contains("\nimage       registry.example.com/shop:1\n"))
        #expect(first.errors.hasSuffix("\nnext: slipway run registry.example.com/shop:1\n"))
        let again = try tool.run("build", "--progress=quiet", "--tag=registry.example.com/shop:1", "site")
        #expect(again.output == first.output)
        #expect(again.errors.isEmpty, "\(again.errors)")
    }

    @Test("with --progress json all of standard error is objects, and the last says what was made")
    func json() throws {
        let run = try tool.run("build", "site", "--progress", "json")
        let events = try run.errors.split(separator: "\n").map { try JSONParser.parse(String($0), source: "") }
        let steps = events.filter { $0["event"] == "step-finished" }.compactMap { $0["step"]?.stringValue }
        #expect(steps == ["resolve", "prepare", "analyze", "detect", "restore", "build", "export", "deliver"])
        let result = events.last?["result"]
        #expect(events.last?["event"] == "finished")
        #expect(result?["reference"]?.stringValue == run.lines.first)
        #expect(result?["tags"] == ["site"])
        #expect(result?["buildpacks"]?.arrayValue?.count == 1)
    }

    @Test("an app that no buildpack knows ends with the lifecycle's code, and detect says what each thinks")
    func unknown() throws {
        try tool.home.makeDirectory("empty")
        let build = try tool.run("build", "empty", "--progress", "json")
        #expect(build.status == .exited(20))
        #expect(build.output.isEmpty)
        let last = try JSONParser.parse(String(build.errors.split(separator: "\n").last ?? ""), source: "")
        #expect(last["event"] == "failed" && last["exit-code"] == 20)
        let quiet = try tool.run("build", "empty", "-q")
        #expect(quiet.errors.contains("No buildpack groups passed detection."))
        #expect(quiet.errors.contains("\nerror: ") && quiet.errors.contains("\nhelp: "))
        let detect = try tool.run("detect", "empty")
        #expect(detect.status == .exited(20))
        #expect(detect.output.contains("slipway/static-site@"))
        #expect(detect.output.contains("\n      no index.html, and no public/index.html\n"))
        #expect(detect.output.contains("\n      no Procfile\n"))
        #expect(!detect.output.contains("would build"))
        let site = try JSONParser.parse(try tool.run("detect", "site", "--json").output, source: "")
        #expect(site["passed"] == true)
        #expect(site["buildpacks"]?.arrayValue?.count == 1)
    }

    @Test("what was typed wrongly ends with 2, what this machine can't do with 125")
    func mistakes() throws {
        let missing = try tool.run("build", "shop")
        #expect(missing.status == .exited(2))
        #expect(missing.errors.hasSuffix("help: to name the image, write: slipway build -t shop\n"))
        #expect(try tool.run("build", "site", "-o", "nowhere:x").status == .exited(2))
        let inPlace = try tool.run("build", "site", "--isolation", "in-place")
        #expect(inPlace.status == .exited(125))
        #expect(inPlace.errors.contains("the current root is no builder"))
    }

    @Test("images and caches of builds are listed and removed")
    func library() throws {
        #expect(try tool.run("build", "site", "-t", "shop:1", "-q").status == .exited(0))
        #expect(try tool.run("store", "ls").output.contains("\nshop:1 "))
        #expect(try tool.run("cache", "ls").output.contains("  shop  "))
        let misspelt = try tool.run("store", "rm", "shpo:1")
        #expect(misspelt.status == .exited(1))
        #expect(misspelt.errors.hasSuffix("help: did you mean 'shop:1'?\n"))
        #expect(try tool.run("store", "rm", "shop:1").output == "removed shop:1\n")
        #expect(try tool.run("store", "prune", "--all").status == .exited(0))
        #expect(try tool.run("cache", "rm", "shop").status == .exited(0))
        #expect(try tool.run("cache", "ls", "--json").output == "[]\n")
    }

    @Test(
        "at a terminal there is a live line, without colours where nobody wants them",
        .enabled(if: Conditions.commandExists("script"), "needs script")
    )
    func terminal() throws {
        let command = "stty cols 80 rows 24; exec \(SlipwayTool.path ?? "") build site -t shop"
        let variables: [String: String?] = ["TERM": "xterm", "LC_ALL": "C.UTF-8", "NO_COLOR": nil]
        let colored = try tool.runCommand(["script", "-qec", command, "/dev/null"], variables)
        #expect(colored.output.contains("A\r\u{1b}[J\u{1b}[32m✓\u{1b}[0m build   "))
        #expect(!colored.output.contains("===> build"))
        let plain = try tool.runCommand(
            ["script", "-qec", command, "/dev/null"],
            variables.merging(["NO_COLOR": "1"]) { $1 }
        )
        #expect(plain.output.contains("A\r\u{1b}[J✓ build   "))
        #expect(!plain.output.contains("\u{1b}[0m"))
        let dumb = try tool.runCommand(
            ["script", "-qec", command, "/dev/null"],
            variables.merging(["TERM": "dumb"]) { $1 }
        )
        #expect(dumb.output.contains("===> build"))
        #expect(!dumb.output.contains("\u{1b}"))
    }
}

/// The program with a home of its own, and the lifecycle and buildpacks of this repository.
private struct SlipwayTool {
    /// The program, where `scripts/build` has put it.
    static let path: String? = {
        let named = ProcessEnvironment["SLIPWAY_TOOLS"] ?? "\(Repository.root)/out/tools"
        guard ReleaseBinaries.directory != nil, FileSystem.isExecutable("\(named)/slipway") else { return nil }
        return "\(named)/slipway"
    }()

    let home: TemporaryDirectory

    init() throws {
        home = try TemporaryDirectory()
    }

    func run(_ arguments: String...) throws -> CommandResult {
        try runCommand([Self.path ?? ""] + arguments, [:])
    }

    func runCommand(_ command: [String], _ variables: [String: String?]) throws -> CommandResult {
        var environment: [String: String?] = [
            "HOME": home.path, "XDG_CONFIG_HOME": nil, "XDG_DATA_HOME": nil, "XDG_CACHE_HOME": nil,
            "SLIPWAY_LIFECYCLE": ReleaseBinaries.directory, "SLIPWAY_BUILDPACKS": "\(Repository.root)/buildpacks",
            "SLIPWAY_STORE": nil, "SLIPWAY_CACHE_HOME": nil, "SLIPWAY_CONFIG": nil,
        ]
        environment.merge(variables) { $1 }
        return try TestSupport.runCommand(command, environment: environment, in: home.path)
    }
}
