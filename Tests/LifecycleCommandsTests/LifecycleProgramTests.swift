import CNBCore
import Console
import LifecycleCommands
import POSIX
import TestSupport
import Testing

@Suite("The lifecycle's command line")
struct LifecycleProgramTests {
    /// Runs the program; returns the exit code and everything that was said.
    private func run(
        _ arguments: String...,
        environment: [String: String] = ["CNB_PLATFORM_API": "0.15"]
    ) -> (code: Int32, messages: [String]) {
        let logger = Logger.collecting()
        let code = LifecycleProgram(logger: logger, environment: environment).run(arguments)
        return (code, logger.messages)
    }

    @Test("without a phase there is nothing to do")
    func noPhase() {
        #expect(run("/cnb/lifecycle/lifecycle").code == 3)
        let unknown = run("lifecycle", "--version")
        #expect(unknown.code == 3)
        #expect(
            unknown.messages.first?.hasPrefix("failed to recognize phase: --version \nValid phases: detect") == true
        )
    }

    @Test("the Platform API comes first", arguments: ["", " ", "x", "0.6", "0.16", "1.0"])
    func platformAPI(text: String) {
        #expect(run("detector", "-version", environment: ["CNB_PLATFORM_API": text]).code == 11)
        #expect(run("lifecycle", "nonsense", environment: ["CNB_PLATFORM_API": text]).code == 11)
        #expect(run("lifecycle", "-version", environment: [:]).code == 0)
    }

    @Test("phases are found by the program's name and by the first argument")
    func dispatch() {
        for arguments in [["/x/detector.sh", "-version"], ["lifecycle", "detect", "-version"]] {
            let logger = Logger.collecting()
            let program = LifecycleProgram(logger: logger, environment: ["CNB_PLATFORM_API": "0.12"])
            #expect(program.run(arguments) == 0)
            #expect(logger.messages.count == 1)
        }
    }

    private static let misuses: [(arguments: [String], code: Int32)] = [
        (["detector", "-nope"], Int32(2)),
        (["detector", "-h"], 0),
        (["detector", "-no-color=maybe"], 2),
        (["detector", "-log-level", "loud"], 1),
        (["detector", "extra"], 3),
        (["analyzer"], 3),
        (["restorer", "x"], 3),
        (["exporter"], 3),
        (["creator", "a", "b"], 3),
        (["rebaser"], 3),
        (["analyzer", "-run-image", "first.example/run", "Bad/Ref:Tag"], 3),
        (["extender"], 102),
    ]

    @Test(
        "wrong flags, levels and arguments have their exit codes",
        arguments: Self.misuses
    )
    func exitCodes(arguments: [String], code: Int32) {
        let program = LifecycleProgram(logger: .collecting(), environment: ["CNB_PLATFORM_API": "0.15"])
        #expect(program.run(arguments) == code)
    }

    @Test(
        "buildpacks don't run as root",
        .enabled(if: Conditions.isRoot, "needs root"),
        arguments: ["detect", "build"]
    )
    func root(phase: String) {
        let result = run("lifecycle", phase)
        #expect(result.code == 1)
        #expect(result.messages.last == "failed to \(phase): refusing to run as root")
    }

    @Test("layouts are an experiment, and need a directory")
    func layout() {
        let arguments = ["analyzer", "-layout", "-run-image", "run", "app"]
        let environment = ["CNB_PLATFORM_API": "0.15"]
        let logger = Logger.collecting()
        #expect(LifecycleProgram(logger: logger, environment: environment).run(arguments) == 1)
        #expect(logger.messages.last == "experimental features are disabled by CNB_EXPERIMENTAL_MODE=error")
        let quiet = environment.merging(["CNB_EXPERIMENTAL_MODE": "quiet"]) { $1 }
        #expect(LifecycleProgram(logger: logger, environment: quiet).run(arguments) == 3)
        #expect(logger.messages.last == "failed to resolve inputs: -layout-dir is required with -layout")
    }

    @Test("an exporter without analyzed.toml fails as an export")
    func missingAnalysis() throws {
        let directory = try TemporaryDirectory()
        let result = run("exporter", "-layers", directory.path, "first.example/app")
        #expect(result.code == 62)
        #expect(result.messages.last == "failed to export: run image not found in analyzed metadata")
    }

    @Test("misplaced flags are pointed out")
    func misplacedFlags() {
        let result = run("analyzer", "first.example/aa", "-tag", "x")
        #expect(result.code == 3)
        #expect(result.messages.contains { $0.contains("unconsumed flag-like positional arg: \n\t-tag\n") })
    }

    @Test("docs/inputs.md is what `lifecycle -inputs` prints")
    func document() throws {
        let printed = run("lifecycle", "-inputs").messages.joined(separator: "\n") + "\n"
        let document = try FileSystem.readText(Path.join(Repository.root, "docs/inputs.md"))
        #expect(document == printed, "run: lifecycle -inputs > docs/inputs.md")
    }
}
