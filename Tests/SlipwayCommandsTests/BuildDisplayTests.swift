import Builds
import JSON
import POSIX
import TestSupport
import Testing

@testable import SlipwayCommands

@Suite("Builds as lines, objects, and not at all")
struct BuildDisplayTests {
    private static let success: [BuildEvent] = [
        .stepStarted(.detect), .output(.detect, line: "\u{1b}[32mone\u{1b}[0m", isError: false),
        .note(.detect, "a note"), .warning("odd"), .stepFinished(.detect, nanoseconds: 1_500_000_000),
    ]
    private static let failure: [BuildEvent] = [
        .stepStarted(.detect), .output(.detect, line: "early", isError: false),
        .stepFinished(.detect, nanoseconds: 0), .stepStarted(.build),
        .output(.build, line: "late", isError: true), .stepFailed(.build, nanoseconds: 2_000_000_000),
    ]
    private static let error = CommandError.failed("phase build failed", help: "look above", exitCode: 51)

    /// What a display writes to standard error.
    private func written(
        _ kind: ProgressKind,
        environment: [String: String] = [:],
        color: String? = nil,
        _ body: (any BuildDisplay) -> Void
    ) throws -> String {
        let directory = try TemporaryDirectory()
        do {
            let file = try OwnedDescriptor(opening: directory.path("errors"), .replace)
            let console = CommandConsole(
                output: file.descriptor,
                errors: file.descriptor,
                color: color,
                environment: environment
            )
            body(kind.display(on: console, environment: environment))
        }
        return try FileSystem.readText(directory.path("errors"))
    }

    @Test("lines have their step before them, and no colours in files", arguments: [ProgressKind.auto, .plain])
    func plain(kind: ProgressKind) throws {
        let text = try written(kind, environment: ["TERM": "xterm"]) { display in Self.success.forEach(display.show) }
        #expect(text == "===> detect\n[detect] one\n[detect] a note\nwarning: odd\n[detect] done in 1.5s\n")
        let colored = try written(kind, color: "always") { display in Self.success.forEach(display.show) }
        #expect(colored.contains("[detect] \u{1b}[32mone\u{1b}[0m\u{1b}[0m\n"))
        let failed = try written(kind) { display in
            Self.failure.forEach(display.show)
            display.fail(Self.error)
        }
        #expect(failed.hasSuffix("[build] failed after 2.0s\nerror: phase build failed\nhelp: look above\n"))
    }

    @Test("quiet shows the output of the step that fails, and nothing else")
    func quiet() throws {
        let text = try written(.quiet) { display in
            Self.success.forEach(display.show)
            display.finish(BuildSummary(result: .example))
        }
        #expect(text.isEmpty)
        let failed = try written(.quiet) { display in
            Self.failure.forEach(display.show)
            display.fail(Self.error)
        }
        #expect(failed == "late\nerror: phase build failed\nhelp: look above\n")
    }

    @Test("objects have a time and an event, one a line, and say everything")
    func json() throws {
        let text = try written(.json) { display in
            (Self.success + Self.failure).forEach(display.show)
            display.finish(BuildSummary(result: .example))
            display.fail(Self.error)
        }
        let objects = try text.split(separator: "\n").map { try JSONParser.parse(String($0), source: "") }
        #expect(
            objects.map { $0["event"]?.stringValue } == [
                "step-started", "output", "note", "warning", "step-finished", "step-started", "output", "step-finished",
                "step-started", "output", "step-failed", "finished", "failed",
            ]
        )
        #expect(objects.allSatisfy { $0["time"]?.stringValue?.hasSuffix("Z") == true })
        #expect(objects[1]["line"] == "\u{1b}[32mone\u{1b}[0m")
        #expect(objects[1]["stream"] == "stdout")
        #expect(objects[9]["stream"] == "stderr")
        #expect(objects[10]["nanoseconds"] == 2_000_000_000)
        #expect(objects[11]["result"]?["reference"] == "registry.example.com:5000/shop@sha256:ab")
        #expect(objects[11]["result"]?["restored-layers"] == ["a/python:venv"])
        #expect(objects[12]["exit-code"] == 51)
        #expect(objects[12]["help"] == "look above")
    }

    @Test("at the end comes what was made, and the next command")
    func summary() {
        #expect(
            BuildSummary(result: .example).text(usesColor: false) == """
                image       registry.example.com:5000/shop:1, shop
                digest      sha256:ab
                size        12.3 MB (3 of 5 app layers reused)
                in          store
                builder     host
                run image   run
                buildpacks  a/python@1, a/web@2
                restored    a/python:venv
                processes   web
                isolation   user namespaces
                time        3.2s

                next: slipway run registry.example.com:5000/shop:1

                """
        )
    }

    @Test(
        "the next command depends on where the image went",
        arguments: [
            ("store", "slipway run registry.example.com:5000/shop:1"),
            ("registry", "docker run --rm -p 8080:8080 -e PORT=8080 registry.example.com:5000/shop@sha256:ab"),
            ("docker-archive:a/b:c.tar", "docker load --input a/b:c.tar"),
            ("oci:dir", "skopeo copy oci:dir docker://registry.example.com:5000/shop:1"),
        ]
    )
    func next(output: String, command: String) {
        var result = BuildResult.example
        result.outputs = [output]
        #expect(BuildSummary(result: result).text(usesColor: false).hasSuffix("\nnext: \(command)\n"))
    }

    @Test("references keep ports and lose tags")
    func references() {
        var result = BuildResult.example
        for (tag, name) in [("shop", "shop"), ("a:5000/shop", "a:5000/shop"), ("shop:1", "shop"), ("a:1/b:c", "a:1/b")]
        {
            result.tags = [tag]
            #expect(result.reference == "\(name)@sha256:ab")
        }
    }
}
