/// What `--help` and `slipway help` show.
struct HelpText {
    /// The most characters of a line.
    let width: Int
    /// Whether headings are bold.
    let usesColor: Bool

    private static let column = 30

    /// What the program does, and its commands.
    func overview(_ commands: [Command]) -> String {
        var text = """
            slipway makes images of apps with Cloud Native Buildpacks, without Docker.

            \(heading("Usage")) slipway COMMAND [OPTION]... [ARGUMENT]...

            \(heading("Commands"))

            """
        let rows = commands.map { (name: $0.name, meaning: $0.summary) }
        text += TextWrapping.columns(rows, indent: 2, column: 14, width: width)
        text += "\n\(heading("Examples"))\n" + examples(commands.compactMap(\.examples.first))
        text += "\n'slipway help COMMAND' tells more about a command.\n"
        return text
    }

    /// What a command does and takes.
    func text(of command: Command) -> String {
        var text = "\(command.summary).\n\n\(heading("Usage")) \(command.usage)\n"
        for paragraph in Self.paragraphs(command.details) {
            text += "\n" + TextWrapping.lines(paragraph, width: width).map { "\($0)\n" }.joined()
        }
        if !command.subcommands.isEmpty {
            let rows = command.subcommands.map { (name: $0.word, meaning: $0.summary) }
            text += "\n\(heading("Commands"))\n" + TextWrapping.columns(rows, indent: 2, column: 14, width: width)
        }
        for (section, options) in Self.sections(command.allOptions) {
            let rows = options.map { (name: $0.usage, meaning: Self.meaning(of: $0)) }
            text += "\n\(heading(section))\n"
            text += TextWrapping.columns(rows, indent: 2, column: Self.column, width: width)
        }
        let shown = command.examples + command.subcommands.flatMap(\.examples)
        if !shown.isEmpty { text += "\n\(heading("Examples"))\n" + examples(shown) }
        return text
    }

    private func heading(_ text: String) -> String {
        usesColor ? TextStyle.bold.paint("\(text):") : "\(text):"
    }

    private func examples(_ examples: [Command.Example]) -> String {
        examples.map { "  \($0.line)\n      \($0.meaning)\n" }.joined()
    }

    // MARK: - For all texts that are made from the table

    /// The paragraphs of a text.
    static func paragraphs(_ text: String) -> [String] {
        var paragraphs: [[Substring]] = [[]]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty { paragraphs.append([]) } else { paragraphs[paragraphs.count - 1].append(line) }
        }
        return paragraphs.filter { !$0.isEmpty }.map { $0.joined(separator: " ") }
    }

    /// Options by their headings, in order.
    static func sections(_ options: [CommandOption]) -> [(name: String, options: [CommandOption])] {
        var sections: [(name: String, options: [CommandOption])] = []
        for option in options {
            if let index = sections.firstIndex(where: { $0.name == option.section }) {
                sections[index].options.append(option)
            } else {
                sections.append((option.section, [option]))
            }
        }
        return sections
    }

    /// What an option does, its words, and what holds without it.
    static func meaning(of option: CommandOption) -> String {
        var text = option.summary
        if !option.choices.isEmpty { text += ": \(CommandOption.Content.list(option.choices))" }
        if option.isRepeatable { text += "; may be repeated" }
        if let fallback = option.fallback { text += " [default: \(fallback)]" }
        return text
    }
}
