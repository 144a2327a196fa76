import CNBCore

/// The manual page `slipway(1)`, in the language of `man`.
struct ManPage {
    /// The commands.
    let commands: [Command]

    /// The page.
    var text: String {
        var text = """
            .TH SLIPWAY 1 "" "slipway \(Release.number)" "User Commands"
            .SH NAME
            slipway \\- make images of apps with Cloud Native Buildpacks, without Docker
            .SH SYNOPSIS
            .B slipway
            .I COMMAND
            [\\fIOPTION\\fR]... [\\fIARGUMENT\\fR]...
            .SH COMMANDS

            """
        for command in commands.flatMap({ $0.action == nil ? $0.subcommands : [$0] }) { text += section(command) }
        text += ".SH OPTIONS OF ALL COMMANDS\n" + CommandTable.commonOptions.map(entry).joined()
        text += ".SH EXIT STATUS\n"
        for row in ExitStatusTable.rows { text += ".TP\n\\fB\(Self.escaped(row.codes))\\fR\n\(Self.line(row.meaning))" }
        text += """
            .SH FILES
            .TP
            \\fI$XDG_CONFIG_HOME/slipway/config.toml\\fR
            settings, as TOML; see \\fBslipway config\\fR

            """
        return text
    }

    private func section(_ command: Command) -> String {
        var text = ".SS \(Self.escaped(command.usage))\n\(Self.line(command.summary + "."))"
        for paragraph in HelpText.paragraphs(command.details) { text += ".PP\n\(Self.line(paragraph))" }
        text += command.options.map(entry).joined()
        if !command.examples.isEmpty { text += ".PP\nExamples:\n" }
        for example in command.examples {
            text += ".PP\n\(Self.line(example.meaning + ":")).RS\n.nf\n\(Self.line(example.line)).fi\n.RE\n"
        }
        return text
    }

    private func entry(_ option: CommandOption) -> String {
        var name = "\\fB" + Self.escaped("--\(option.name)") + "\\fR"
        if let short = option.short { name = "\\fB" + Self.escaped("-\(short)") + "\\fR, \(name)" }
        if option.takesValue { name += " \\fI" + Self.escaped(option.placeholder) + "\\fR" }
        var meaning = HelpText.meaning(of: option)
        if let variable = option.variable { meaning += " ($\(variable))" }
        return ".TP\n\(name)\n\(Self.line(meaning))"
    }

    /// A line of text, which can't be taken for a request.
    private static func line(_ text: String) -> String {
        let isRequest = text.hasPrefix(".") || text.hasPrefix("'")
        return (isRequest ? "\\&" : "") + escaped(text) + "\n"
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            default: result.append(character)
            }
        }
        return result
    }
}
