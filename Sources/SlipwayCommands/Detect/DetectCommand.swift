import Builds
import JSON
import POSIX

/// `slipway detect`.
enum DetectCommand {
    static let command = Command(
        name: "detect",
        summary: "Say which buildpacks would build an app, and why the others not",
        details: """
            Asks the buildpacks as a build would, and ends there. The exit code is 0 where a group of buildpacks would
            build the app, else the lifecycle's.
            """,
        arguments: [Command.Argument(name: "PATH", isOptional: true, content: .directory)],
        options: [json] + BuildOptions.forDetect,
        spellings: BuildOptions.packSpellings.filter { $0.name == "path" },
        examples: [
            Command.Example(line: "slipway detect", meaning: "ask the buildpacks about this directory"),
            Command.Example(
                line: "slipway detect ../shop --json --builder registry.example.com/builder:24",
                meaning: "for programs, with another builder"
            ),
        ],
        action: run
    )

    private static let json = CommandOption.toggle("json", in: "Output", "print a JSON object", standIns: .none)

    private static func run(_ context: CommandContext) throws(CommandError) -> Int32 {
        let reading = try BuildRequestReader(context).read()
        for warning in reading.warnings { context.console.warn(warning) }
        let display = QuietDisplay(console: context.console)
        let session = BuildSession(reading.request, environment: context.environment) { [console = context.console] in
            show($0, on: console, display)
        }
        let result: DetectResult
        do {
            result = try session.detect()
        } catch {
            Interruption.pauseIfInterrupted()
            throw CommandError(error)
        }
        let report = DetectReport(lines: result.lines)
        if context.options.isOn(json) {
            context.console.print(JSONWriter.string(report.json, escapeHTML: false, pretty: "  ") + "\n")
        } else {
            context.console.print(report.text)
        }
        // What a detector says without having tried a group is all there is to go by.
        if report.groups.isEmpty { for line in result.lines { context.console.say(TerminalText.plain(line) + "\n") } }
        return result.exitCode
    }

    /// Shows of what comes before detection what failed, what may be wrong, and what takes time.
    private static func show(_ event: BuildEvent, on console: CommandConsole, _ display: QuietDisplay) {
        switch event {
        case .warning(let text): console.warn(TerminalText.plain(text))
        case .note(.prepare, let text): console.say(TerminalText.plain(text) + "\n")
        case .output(.detect, _, _): break
        default: display.show(event)
        }
    }
}

extension BuildOptions {
    /// Those that have a say in detection.
    fileprivate static let forDetect = [
        platform, builder, buildpack, preBuildpack, postBuildpack, `extension`, buildpackRegistry, runImage, descriptor,
        uid, gid, workspace, env, envFile, executionEnvironment, binding, volume, caCert, network, pull, offline,
        insecureRegistry, registryMirror, isolation, lifecycle,
    ]
}
