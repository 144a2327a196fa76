import Builds
import POSIX

/// `slipway run`.
enum RunCommand {
    static let command = Command(
        name: "run",
        summary: "Start an image's app, in the foreground",
        details: """
            Starts the process of an image in a sandbox on this machine, without a container engine. The app has this
            machine's network; changes of its files are lost when it ends.

            The exit code is that of the app; 128 and the signal's number where a signal ended it.
            """,
        arguments: [
            Command.Argument(name: "IMAGE"),
            Command.Argument(name: "ARGUMENT", isOptional: true, isRepeated: true),
        ],
        options: [process, env, envFile, volume, isolation],
        examples: [
            Command.Example(line: "slipway run shop", meaning: "start the image's default process"),
            Command.Example(
                line: "slipway run -D worker -e QUEUE=mail shop -- --verbose",
                meaning: "start another process, with a variable and an argument"
            ),
        ],
        action: run
    )

    private static let section = "App"
    private static let process = CommandOption.value(
        "process",
        short: "D",
        "TYPE",
        in: section,
        "process to start",
        fallback: "the image's",
        standIns: .none
    )
    private static let env = BuildOptions.env.elsewhere(
        "variable of the app; without a value, that of this shell",
        in: section
    )
    private static let envFile = BuildOptions.envFile.elsewhere("file with variables of the app", in: section)
    private static let volume = BuildOptions.volume.elsewhere(
        "directory of this machine that the app sees; read-only unless it says rw",
        in: section
    )
    private static let isolation = CommandOption.value(
        "isolation",
        "KIND",
        in: section,
        "how the app is kept apart from this machine",
        content: .choice(BuildRequest.IsolationChoice.allCases.filter { $0 != .inPlace }.map(\.rawValue)),
        fallback: "auto: the first that works",
        standIns: .none
    )

    private static func run(_ context: CommandContext) throws(CommandError) -> Int32 {
        let variables = try VariableReader(options: context.options, environment: context.environment).read()
        for warning in variables.warnings { context.console.warn(warning) }
        var app = AppRun(image: context.arguments.first ?? "")
        app.process = context.options.value(process)
        app.arguments = Array(context.arguments.dropFirst())
        app.variables = variables.values
        for text in context.options[volume] { app.volumes.append(try VolumeText.volume(text)) }
        app.isolation = context.options.value(isolation).flatMap(BuildRequest.IsolationChoice.init) ?? .auto
        do {
            let status = try app.run(environment: context.environment) { [console = context.console] event in
                show(event, on: console)
            }
            return switch status {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        } catch {
            throw CommandError(error)
        }
    }

    private static func show(_ event: BuildEvent, on console: CommandConsole) {
        if case .warning(let text) = event { console.warn(TerminalText.plain(text)) }
    }
}

extension CommandOption {
    /// The same option for another command, which has no variable or key for it.
    fileprivate func elsewhere(_ summary: String, in section: String) -> CommandOption {
        var option = self
        option.summary = summary
        option.section = section
        option.standIns = .none
        return option
    }
}
