import POSIX
import TestSupport
import Testing

@Suite(
    "Judging a lifecycle that is broken",
    .enabled(if: ConformanceProduct.path != nil, "\(ConformanceProduct.comment)")
)
struct BrokenLifecycleTests {
    private static let detector = "[[step]]\nrun = \"detector\"\n"

    /// A detector, what is expected of it, and what the report has to say.
    struct Row: Sendable, CustomTestStringConvertible {
        var script: String
        var expectation: String
        var difference: String

        var testDescription: String { "\(script): \(difference)" }
    }

    private static let rows = [
        Row(script: "sleep 60", expectation: "", difference: "still running after 2 seconds"),
        // A daemon without a terminal, and output that has been closed.
        Row(
            script: "exec >/dev/null 2>&1; setsid sleep 60 & sleep 60",
            expectation: "",
            difference: "still running after 2 seconds"
        ),
        Row(script: "kill -9 $$", expectation: "", difference: "found it was ended by signal 9 (killed)"),
        Row(script: "kill -15 $$", expectation: "exit = \"nonzero\"", difference: "it was ended by signal 15"),
        Row(
            script: "mkfifo /layers/group.toml",
            expectation: "[[step.file]]\npath = \"/layers/group.toml\"\ntoml = {}",
            difference: "/layers/group.toml: no ordinary file"
        ),
        Row(
            script: "echo 'a = ' > /layers/group.toml",
            expectation: "[[step.file]]\npath = \"/layers/group.toml\"\ntoml = {}",
            difference: "/layers/group.toml: line 1"
        ),
        // Links of the case lead to places of the case.
        Row(
            script: "ln -s ../../../../../../etc/hostname /layers/out",
            expectation: "[[step.file]]\npath = \"/layers/out\"\ntext = \"x\"",
            difference: "found a link that leads nowhere"
        ),
        Row(
            script: "ln -s b /layers/a; ln -s a /layers/b",
            expectation: "[[step.file]]\npath = \"/layers/a/x\"",
            difference: "/layers/a/x: expected, found nothing"
        ),
        Row(
            script: "mkdir -p /layers/i; echo '{}' > /layers/i/index.json; echo '{}' > /layers/i/oci-layout",
            expectation: "[[step.image]]\nlayout = \"/layers/i\"",
            difference: "image /layers/i: /layers/i/oci-layout has no imageLayoutVersion"
        ),
        Row(
            script:
                "mkdir -p /layers/i; echo '{\"manifests\":[{\"digest\":\"sha256:../../x\"}]}' > /layers/i/index.json; "
                + "echo '{\"imageLayoutVersion\":\"1.0.0\"}' > /layers/i/oci-layout",
            expectation: "[[step.image]]\nlayout = \"/layers/i\"",
            difference: "sha256:../../x is no sha256 digest"
        ),
        Row(
            script: "mkdir -p /layers/x; chmod 0 /layers/x",
            expectation: "exit = 1",
            difference: "expected exit status 1, found exit status 0"
        ),
    ]

    @Test("says what is wrong and goes on", arguments: rows)
    func goesOn(row: Row) throws {
        let folder = try FixtureFolder()
        try folder.program("detector", row.script)
        try folder.fixture("broken", Self.detector + row.expectation)
        try folder.fixture("sound", "[[step]]\nsh = \"true\"")
        let result = try folder.run("--timeout", "2")
        #expect(result.status == .exited(1))
        #expect(result.output.contains(row.difference), "\(result.output)\(result.errors)")
        #expect(result.output.hasSuffix("\n1 passed, 1 failed, 0 skipped\n"))
    }

    @Test("says which program is missing")
    func missingProgram() throws {
        let folder = try FixtureFolder()
        try folder.fixture("missing", Self.detector)
        let result = try folder.run()
        #expect(result.output.contains("exec /cnb/lifecycle/detector: no such file or directory"), "\(result.output)")
        #expect(result.status == .exited(1))
    }

    @Test("keeps only the beginning of endless output")
    func endlessOutput() throws {
        let folder = try FixtureFolder()
        try folder.program("detector", "yes | head -c 50000000; exit 3")
        try folder.fixture("loud", Self.detector)
        let result = try folder.run()
        #expect(result.output.contains("found exit status 3"))
        #expect(result.output.contains("| (and more)"))
        #expect(result.output.utf8.count < 10_000)
    }

    @Test("leaves no processes: those of a step end with it")
    func daemons() throws {
        let folder = try FixtureFolder()
        let name = "sleep 98\(Clock.now.nanoseconds % 10_000_000)"
        try folder.program("detector", "setsid \(name) & exit 0")
        try folder.fixture("daemon", Self.detector)
        #expect(try folder.run().status == .exited(0))
        #expect(try runCommand(["pgrep", "-f", name]).output == "")
    }

    @Test("leaves nothing when it is interrupted")
    func interrupted() throws {
        let folder = try FixtureFolder()
        try folder.program("detector", "sleep 60")
        try folder.fixture("slow", Self.detector)
        let temporary = try folder.directory.makeDirectory("tmp")
        let program = try #require(ConformanceProduct.path)
        let running = try RunningProcess(
            SubprocessConfiguration(
                executable: program,
                // Trees that are kept are on disk.
                arguments: [
                    "--lifecycle", folder.directory.path("lifecycle"), "--keep", folder.directory.path("fixtures"),
                ],
                environment: ProcessEnvironment.entries.filter { !$0.hasPrefix("TMPDIR=") } + ["TMPDIR=\(temporary)"]
            ),
            outputPath: folder.directory.path("output")
        )
        let deadline = Clock.monotonicNanoseconds + 20_000_000_000
        func hasTree() -> Bool {
            guard let name = try? FileSystem.list(temporary).first?.name else { return false }
            return FileSystem.isDirectory("\(temporary)/\(name)/c1/root/layers")
        }
        while !hasTree(), Clock.monotonicNanoseconds < deadline { Clock.sleep(milliseconds: 20) }
        #expect(running.stop(signal: .interrupt, graceMilliseconds: 10_000) == .exited(130))
        #expect(try FileSystem.list(temporary).isEmpty)
    }
}
