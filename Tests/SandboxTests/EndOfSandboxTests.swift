import POSIX
import Sandbox
import TestSupport
import Testing

@Suite(
    "The end of a sandbox",
    .enabled(if: !SandboxFixture.isolations.isEmpty, SandboxFixture.comment),
    .timeLimit(.minutes(2))
)
struct EndOfSandboxTests {
    /// What works here, with and without namespaces.
    private static let isolations = SandboxFixture.isolations + (Conditions.isRoot ? [.chroot, .inPlace] : [])

    /// A command line that no other process has.
    private static func sleepCommand() -> String { "sleep 96\(Int.random(in: 0..<10_000_000))" }

    private static func runs(_ command: String) throws -> Bool {
        try runCommand(["pgrep", "-f", "^\(command)"]).output != ""
    }

    /// A program that runs two sleepers in a sandbox, one of them in a session of its own.
    private static func start(_ isolation: Isolation, _ command: String, log: String) throws -> RunningProcess {
        let process = try RunningProcess(
            SubprocessConfiguration(
                executable: SandboxFixture.helperPath,
                arguments: ["run", isolation.rawValue, "1000:1000", "-", "setsid \(command) & \(command)"]
            ),
            outputPath: log
        )
        #expect(try SandboxFixture.waits { try runCommand(["pgrep", "-c", "-f", "^\(command)"]).output == "2\n" })
        return process
    }

    @Test("kill -9 of who has started it leaves no process and no mount", arguments: isolations)
    func killed(isolation: Isolation) throws {
        let directory = try SandboxFixture.openDirectory()
        let mounts = try FileSystem.readText("/proc/self/mountinfo")
        let command = Self.sleepCommand()
        let process = try Self.start(isolation, command, log: directory.path("log"))
        process.send(.kill)
        #expect(process.wait() == .signaled(9))
        #expect(try SandboxFixture.waits { try !Self.runs(command) })
        #expect(try FileSystem.readText("/proc/self/mountinfo") == mounts)
    }

    // A child is not tied to its parent before it says so, and by then the parent may have gone.
    @Test("kill -9 at any moment of the beginning leaves nothing", arguments: isolations)
    func killedEarly(isolation: Isolation) throws {
        let directory = try SandboxFixture.openDirectory()
        let command = Self.sleepCommand()
        for _ in 0..<20 {
            let process = try RunningProcess(
                SubprocessConfiguration(
                    executable: SandboxFixture.helperPath,
                    arguments: ["run", isolation.rawValue, "1000:1000", "-", "setsid \(command) & \(command)"]
                ),
                outputPath: directory.path("log")
            )
            Clock.sleep(milliseconds: Int.random(in: 0..<60))
            process.send(.kill)
            _ = process.wait()
        }
        // The helper's command line has the script in it.
        #expect(try SandboxFixture.waits { try runCommand(["pgrep", "-f", command]).output == "" })
    }

    @Test("an interruption ends it", arguments: isolations, [Signal.interrupt, .terminate])
    func interrupted(isolation: Isolation, signal: Signal) throws {
        let directory = try SandboxFixture.openDirectory()
        let command = Self.sleepCommand()
        let process = try Self.start(isolation, command, log: directory.path("log"))
        process.send(signal)
        #expect(process.wait() == .exited(128 + signal.rawValue))
        #expect(try SandboxFixture.waits { try !Self.runs(command) })
    }

    /// Starts a script, and waits until it has written a line.
    private static func running(
        _ isolation: Isolation,
        _ script: String,
        graceMilliseconds: Int,
        _ directory: TemporaryDirectory
    ) throws -> RunningSandbox {
        var program = SandboxFixture.script(script)
        program.graceMilliseconds = graceMilliseconds
        let output = try OwnedDescriptor(opening: directory.path("output"), .replace)
        let runner = SandboxRunner(isolation, helperPath: SandboxFixture.helperPath)
        let running = try runner.start(program, output: output.descriptor, errors: output.descriptor)
        #expect(try SandboxFixture.waits { try FileSystem.readText(directory.path("output")).hasPrefix("ready\n") })
        return running
    }

    @Test("a program may handle the signal", arguments: isolations)
    func handled(isolation: Isolation) throws {
        let directory = try SandboxFixture.openDirectory()
        let script = "trap 'echo asked; exit 3' TERM; echo ready; while :; do sleep 0.05; done"
        let running = try Self.running(isolation, script, graceMilliseconds: 20_000, directory)
        #expect(running.isRunning)
        running.send(.terminate)
        #expect(try running.wait() == .exited(3))
        #expect(try running.wait() == .exited(3))
        #expect(try FileSystem.readText(directory.path("output")).hasSuffix("asked\n"))
    }

    @Test("a program that goes on is killed after its time of grace", arguments: isolations)
    func stubborn(isolation: Isolation) throws {
        let directory = try SandboxFixture.openDirectory()
        let command = Self.sleepCommand()
        let script = "trap '' TERM INT; echo ready; \(command); \(command)"
        let running = try Self.running(isolation, script, graceMilliseconds: 300, directory)
        let start = Clock.monotonicNanoseconds
        running.send(.terminate)
        #expect(try running.wait() == .signaled(9))
        #expect(Clock.monotonicNanoseconds - start > 250_000_000)
        #expect(try !Self.runs(command))
    }

    @Test("it ends with its last owner", arguments: isolations)
    func owner(isolation: Isolation) throws {
        let directory = try SandboxFixture.openDirectory()
        let command = Self.sleepCommand()
        do {
            _ = try Self.running(isolation, "echo ready; \(command)", graceMilliseconds: 1000, directory)
        }
        #expect(try SandboxFixture.waits { try !Self.runs(command) })
    }
}
