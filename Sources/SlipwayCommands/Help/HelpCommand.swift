import Console
import POSIX

/// `slipway help`, and what `--help` of other commands shows.
enum HelpCommand {
    static let command = Command(
        name: "help",
        summary: "Show what slipway or a command does and takes",
        arguments: [Command.Argument(name: "COMMAND", isOptional: true, isRepeated: true)],
        options: [man, markdown],
        examples: [
            Command.Example(line: "slipway help --man | man -l -", meaning: "read the manual page"),
            Command.Example(line: "slipway help config set", meaning: "tell about one command"),
        ],
        usesSettings: false,
        action: run
    )

    private static let man = CommandOption.toggle(
        "man",
        in: "Output",
        "print the manual page, for man(1)",
        standIns: .none
    )
    private static let markdown = CommandOption.toggle(
        "markdown",
        in: "Output",
        "print all commands and options as Markdown",
        standIns: .none
    )

    private static func run(_ context: CommandContext) throws(CommandError) -> Int32 {
        if context.options.isOn(man) {
            context.console.print(ManPage(commands: CommandTable.commands).text)
        } else if context.options.isOn(markdown) {
            context.console.print(MarkdownReference(commands: CommandTable.commands).text)
        } else {
            context.console.print(text(of: try find(context.arguments), console: context.console))
        }
        return 0
    }

    /// The help for a command, or that for the program.
    /// - Parameters:
    ///   - command: The command; nil for the program.
    ///   - console: Where it will be shown.
    /// - Returns: The text.
    static func text(of command: Command?, console: CommandConsole) -> String {
        let columns = console.output.terminalSize?.columns ?? 100
        let isColored = console.usesColor && console.output.isTerminal
        let help = HelpText(width: min(max(columns, 60), 120), usesColor: isColored)
        return command.map(help.text(of:)) ?? help.overview(CommandTable.commands)
    }

    private static func find(_ words: [String]) throws(CommandError) -> Command? {
        var found: Command?
        for word in words {
            let choices = found?.subcommands ?? CommandTable.commands
            guard let command = choices.first(where: { $0.word == word }) else {
                let nearest = Suggestion.nearest(to: word, among: choices.map(\.word))
                throw .unknownCommand(word, group: found?.name ?? "", nearest: nearest)
            }
            found = command
        }
        return found
    }
}
