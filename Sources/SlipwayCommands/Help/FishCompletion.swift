/// The script that completes command lines in fish.
struct FishCompletion {
    /// The commands.
    let commands: [Command]

    /// The script.
    var text: String {
        var text = "# fish completion for slipway; made by 'slipway completion fish'\ncomplete -c slipway -f\n"
        for command in commands {
            text += offer(command, when: "__fish_use_subcommand")
            let words = command.subcommands.map(\.word)
            for subcommand in command.subcommands {
                let seen = "__fish_seen_subcommand_from \(command.name)"
                text += offer(
                    subcommand,
                    when: "\(seen); and not __fish_seen_subcommand_from \(words.joined(separator: " "))"
                )
                text += details(of: subcommand, when: "\(seen); and __fish_seen_subcommand_from \(subcommand.word)")
            }
            if command.action != nil {
                text += details(of: command, when: "__fish_seen_subcommand_from \(command.name)")
            }
        }
        return text
    }

    private func offer(_ command: Command, when condition: String) -> String {
        "complete -c slipway -n \(quoted(condition)) -a \(command.word) -d \(quoted(command.summary))\n"
    }

    private func details(of command: Command, when condition: String) -> String {
        var text = ""
        for option in command.allOptions {
            text += "complete -c slipway -n \(quoted(condition)) -l \(option.name)"
            if let short = option.short { text += " -s \(short)" }
            if option.takesValue { text += values(option.content) }
            text += " -d \(quoted(option.summary))\n"
        }
        if let argument = command.arguments.first, argument.content != .text {
            text += "complete -c slipway -n \(quoted(condition))\(values(argument.content))\n"
        }
        return text
    }

    private func values(_ content: CommandOption.Content) -> String {
        switch content {
        case .choice(let words): " -x -a \(quoted(words.joined(separator: " ")))"
        case .file: " -r -F"
        case .directory: " -x -a '(__fish_complete_directories)'"
        case .text, .identifier, .assignment, .variable: " -x"
        }
    }

    private func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "\\'") + "'"
    }
}
