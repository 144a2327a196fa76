/// All commands with their options, as the documentation has them.
struct MarkdownReference {
    /// The commands.
    let commands: [Command]

    /// The text: a heading and a table of options for each command.
    var text: String {
        let leaves = commands.flatMap { $0.action == nil ? $0.subcommands : [$0] }
        return leaves.map(section).joined(separator: "\n") + "\n" + common
    }

    private func section(_ command: Command) -> String {
        var text = "### `\(command.usage)`\n\n\(command.summary).\n"
        for paragraph in HelpText.paragraphs(command.details) {
            text += "\n" + TextWrapping.lines(paragraph, width: 120).map { "\($0)\n" }.joined()
        }
        if !command.examples.isEmpty {
            text += "\n" + command.examples.map { "    \($0.line)    # \($0.meaning)\n" }.joined()
        }
        if !command.options.isEmpty { text += "\n" + table(command.options) }
        return text
    }

    private var common: String {
        "### All commands\n\n" + table(CommandTable.commonOptions)
    }

    private func table(_ options: [CommandOption]) -> String {
        var text = "| Option | Environment variable | Meaning |\n|---|---|---|\n"
        for option in options {
            let usage = option.usage.drop { $0 == " " }
            let cells = ["`\(usage)`", option.variable.map { "`\($0)`" } ?? "", HelpText.meaning(of: option)]
            let escaped = cells.map {
                $0.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
            }
            text += "| \(escaped.joined(separator: " | ")) |\n"
        }
        return text
    }
}
