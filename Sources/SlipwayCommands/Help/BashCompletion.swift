/// The script that completes command lines in bash.
struct BashCompletion {
    /// The commands.
    let commands: [Command]

    /// The script.
    var text: String {
        """
        # bash completion for slipway; made by 'slipway completion bash'
        _slipway() {
            local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command= word i
            # bash takes --name=value for three words.
            if [[ $cur = "=" ]]; then
                cur=
            elif [[ $prev = "=" ]]; then
                prev=${COMP_WORDS[COMP_CWORD - 2]}
            fi
            for ((i = 1; i < COMP_CWORD; i++)); do
                word=${COMP_WORDS[i]}
                case "$command $word" in
                    \(commandPatterns))
                        command=${command:+$command }$word
                        ;;
                esac
            done
            case "$command $prev" in
        \(valueCases)    esac
            if [[ $cur = -* ]]; then
                case $command in
        \(optionCases)        esac
                return
            fi
            case $command in
        \(argumentCases)    esac
        }
        complete -F _slipway slipway

        """
    }

    private var leaves: [Command] { commands.flatMap { $0.action == nil ? $0.subcommands : [$0] } }

    private var commandPatterns: String {
        let names = commands.map { " \($0.name)" } + commands.flatMap { $0.subcommands.map(\.name) }
        return names.map { "\"\($0)\"" }.joined(separator: " | ")
    }

    /// What may follow an option that takes a value.
    private var valueCases: String {
        var text = ""
        for command in leaves {
            for option in command.allOptions where option.takesValue {
                let names = ["--\(option.name)"] + (option.short.map { ["-\($0)"] } ?? [])
                let patterns = names.map { "\"\(command.name) \($0)\"" }.joined(separator: " | ")
                text += "        \(patterns))\n\(reply(option.content, indent: 12))"
                text += "            return\n            ;;\n"
            }
        }
        return text
    }

    private var optionCases: String {
        var text = ""
        for command in leaves {
            let names = command.allOptions.map { "--\($0.name)" }
            text += "            \"\(command.name)\")\n"
            text += reply(.choice(names), indent: 16) + "                ;;\n"
        }
        return text + "            *)\n" + reply(.choice(["--help", "--config", "--color"]), indent: 16)
            + "                ;;\n"
    }

    private var argumentCases: String {
        var text = "        \"\")\n" + reply(.choice(commands.map(\.name)), indent: 12) + "            ;;\n"
        for command in commands where command.action == nil {
            text += "        \"\(command.name)\")\n"
            text += reply(.choice(command.subcommands.map(\.word)), indent: 12) + "            ;;\n"
        }
        for command in leaves {
            guard let argument = command.arguments.first, argument.content != .text else { continue }
            text += "        \"\(command.name)\")\n" + reply(argument.content, indent: 12) + "            ;;\n"
        }
        return text
    }

    /// The statement that offers values.
    private func reply(_ content: CommandOption.Content, indent: Int) -> String {
        let margin = String(repeating: " ", count: indent)
        let files = "\(margin)compopt -o filenames\n"
        switch content {
        case .choice(let words):
            return "\(margin)mapfile -t COMPREPLY < <(compgen -W '\(words.joined(separator: " "))' -- \"$cur\")\n"
        case .file: return files + "\(margin)mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
        case .directory: return files + "\(margin)mapfile -t COMPREPLY < <(compgen -d -- \"$cur\")\n"
        case .text, .identifier, .assignment, .variable: return "\(margin)COMPREPLY=()\n"
        }
    }
}
