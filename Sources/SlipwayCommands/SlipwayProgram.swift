public import POSIX
import Sandbox

/// The program `slipway`: which command is meant, and running it.
public struct SlipwayProgram {
    private let environment: [String: String]
    private let output: FileDescriptor
    private let errors: FileDescriptor

    /// Makes the program.
    /// - Parameters:
    ///   - environment: The environment variables.
    ///   - output: Receives results, and nothing else.
    ///   - errors: Receives everything else that is said.
    public init(
        environment: [String: String],
        output: FileDescriptor = .standardOutput,
        errors: FileDescriptor = .standardError
    ) {
        self.environment = environment
        self.output = output
        self.errors = errors
    }

    /// Does what this process was started for: runs a command, or makes a sandbox for a process that does.
    ///
    /// From then on, SIGINT and SIGTERM end children before they end this process.
    /// - Returns: The exit code.
    public static func runProcess() -> Int32 {
        let arguments = ProcessArguments.all
        if arguments.dropFirst().first == SandboxHelper.command {
            return SandboxHelper.run(Array(arguments.dropFirst(2)))
        }
        Signal.ignoreBrokenPipe()
        try? Interruption.install()
        return SlipwayProgram(environment: ProcessEnvironment.current).run(arguments)
    }

    /// Runs a command.
    /// - Parameter arguments: The arguments, the first of which is the program's name.
    /// - Returns: The exit code: that of the command, and 2 for anything that is wrong with what was asked.
    public func run(_ arguments: [String]) -> Int32 {
        do {
            return try dispatch(Array(arguments.dropFirst()))
        } catch {
            console(nil).report(error)
            return error.exitCode
        }
    }

    private func dispatch(_ arguments: [String]) throws(CommandError) -> Int32 {
        // As other programs have it.
        let arguments = ["--version", "-V"].contains(arguments.first) ? ["version"] : arguments
        let parsed = try CommandLineParser(commands: CommandTable.commands).parse(arguments)
        if parsed.asksForHelp {
            console(parsed).print(HelpCommand.text(of: parsed.command, console: console(parsed)))
            return 0
        }
        guard let command = parsed.command, let action = command.action else {
            if parsed.command == nil { console(parsed).say(HelpCommand.text(of: nil, console: console(parsed)) + "\n") }
            throw .missingCommand(group: parsed.name)
        }
        return try action(try context(of: parsed, command))
    }

    /// Puts together what a command works with, and says what is odd about it.
    private func context(of parsed: ParsedCommand, _ command: Command) throws(CommandError) -> CommandContext {
        let variable = CommandTable.config.variable.flatMap { environment[$0] }.flatMap { $0.isEmpty ? nil : $0 }
        let named = parsed.options.value(CommandTable.config) ?? variable
        let file = ConfigurationFile(named: named, environment: environment, mayBeNew: command.name == "config set")
        let configuration = command.usesSettings ? try file.read() : Configuration.none
        let sources = OptionSources(environment: environment, configuration: configuration)
        let options = try sources.resolve(parsed)
        let console = CommandConsole(
            output: output,
            errors: errors,
            color: options.value(CommandTable.color),
            environment: environment
        )
        var warnings = configuration.warnings(known: CommandTable.settings.map(\.name)) + parsed.notes
        if command.usesSettings { warnings += sources.warnings(known: CommandTable.variables) }
        for warning in warnings { console.warn(warning) }
        return CommandContext(
            command: command,
            options: options,
            arguments: parsed.arguments,
            environment: environment,
            configurationFile: file,
            console: console
        )
    }

    /// A console for what is said before the configuration has been read.
    private func console(_ parsed: ParsedCommand?) -> CommandConsole {
        let color = parsed?.options.value(CommandTable.color)
        return CommandConsole(output: output, errors: errors, color: color, environment: environment)
    }
}
