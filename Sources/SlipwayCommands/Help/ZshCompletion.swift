/// The script that completes command lines in zsh.
struct ZshCompletion {
    /// The commands.
    let commands: [Command]

    /// The script.
    var text: String {
        var text = "#compdef slipway\n# zsh completion for slipway; made by 'slipway completion zsh'\n\n"
        text += function("_slipway", choosing: commands)
        for group in commands where group.action == nil {
            text += "\n" + function("_slipway_\(group.name)", choosing: group.subcommands)
        }
        return text + "\ncompdef _slipway slipway\n"
    }

    /// A function that completes a command's name, and then what that command takes.
    private func function(_ name: String, choosing commands: [Command]) -> String {
        let options = CommandTable.commonOptions.map { "        \(specification($0)) \\\n" }.joined()
        let descriptions = commands.map { "            \(quoted("\($0.word):\($0.summary)"))\n" }.joined()
        return """
            \(name)() {
                local curcontext="$curcontext" state line
                local -a names
                typeset -A opt_args
                _arguments -C \\
            \(options)        '1:command:->command' \\
                    '*::argument:->argument'
                case $state in
                    command)
                        names=(
            \(descriptions)            )
                        _describe command names
                        ;;
                    argument)
                        case $line[1] in
            \(commands.map(branch).joined())            esac
                        ;;
                esac
            }

            """
    }

    private func branch(_ command: Command) -> String {
        let start = "                \(command.word))\n"
        let end = "                    ;;\n"
        if command.action == nil { return start + "                    _slipway_\(command.name)\n" + end }
        var specifications = command.allOptions.map(specification)
        for (number, argument) in command.arguments.enumerated() {
            let place = argument.isRepeated ? "*" : "\(number + 1)"
            let colons = argument.isOptional && !argument.isRepeated ? "::" : ":"
            specifications.append(quoted("\(place)\(colons)\(argument.name):\(action(argument.content))"))
        }
        return start + "                    _arguments -s \\\n"
            + specifications.map { "                        \($0)" }.joined(separator: " \\\n") + "\n" + end
    }

    private func specification(_ option: CommandOption) -> String {
        let summary = "[\(bracketed(option.summary))]"
        let value = option.takesValue ? ":\(bracketed(option.placeholder)):\(action(option.content))" : ""
        let repeats = option.isRepeatable ? "*" : ""
        let long = option.takesValue ? "--\(option.name)=" : "--\(option.name)"
        guard let short = option.short else { return quoted("\(repeats)\(long)\(summary)\(value)") }
        let letter = option.takesValue ? "-\(short)+" : "-\(short)"
        let exclusion = option.isRepeatable ? "" : "(-\(short) --\(option.name))"
        return quoted("\(exclusion)\(repeats)\(letter)\(summary)\(value)") + " "
            + quoted("\(exclusion)\(repeats)\(long)\(summary)\(value)")
    }

    private func action(_ content: CommandOption.Content) -> String {
        switch content {
        case .choice(let words): "(\(words.joined(separator: " ")))"
        case .file: "_files"
        case .directory: "_files -/"
        case .text, .identifier, .assignment, .variable: " "
        }
    }

    private func bracketed(_ text: String) -> String {
        var result = ""
        for character in text {
            if ["[", "]", ":", "\\"].contains(character) { result += "\\" }
            result.append(character)
        }
        return result
    }

    private func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
