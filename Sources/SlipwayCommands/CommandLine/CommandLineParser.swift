import Console

/// Reads command lines as GNU programs do: options may stand anywhere, `--` ends them.
///
/// `--name value`, `--name=value`, `-n value`, `-nvalue` and `-n=value` are the same; letters without values may be put
/// together.
struct CommandLineParser {
    /// The commands that may be called.
    let commands: [Command]

    private var parsed = ParsedCommand()
    private var rest: ArraySlice<String> = []
    private var replacedArgument: (value: String, displacedInto: CommandOption)?

    /// Makes a parser.
    init(commands: [Command]) {
        self.commands = commands
    }

    /// Reads a command line.
    /// - Parameter arguments: The arguments without the program's name.
    /// - Returns: What it asks for. A group, or no command at all, is left for the caller to judge.
    /// - Throws: At the first thing that can't be understood.
    func parse(_ arguments: [String]) throws(CommandError) -> ParsedCommand {
        var reader = self
        reader.rest = arguments[...]
        while let argument = reader.rest.popFirst() {
            if argument == "--" {
                for word in reader.rest { try reader.takeWord(word) }
                break
            }
            if argument.hasPrefix("--") {
                try reader.takeLong(argument)
            } else if argument.hasPrefix("-"), argument != "-" {
                try reader.takeShort(argument)
            } else {
                try reader.takeWord(argument)
            }
        }
        try reader.finish()
        return reader.parsed
    }

    // MARK: - Words

    private mutating func takeWord(_ word: String) throws(CommandError) {
        if let command = parsed.command, command.action != nil {
            parsed.arguments.append(word)
            return
        }
        let choices = parsed.command?.subcommands ?? commands
        guard let command = choices.first(where: { $0.word == word }) else {
            let nearest = Suggestion.nearest(to: word, among: choices.map(\.word))
            throw .unknownCommand(word, group: parsed.name, nearest: nearest)
        }
        parsed.command = command
    }

    private mutating func finish() throws(CommandError) {
        if let (value, option) = replacedArgument {
            if !parsed.arguments.isEmpty { parsed.options.set(parsed.arguments, of: option, at: .commandLine) }
            parsed.arguments = [value]
        }
        guard let command = parsed.command, command.action != nil, !parsed.asksForHelp else { return }
        if parsed.arguments.count > command.argumentLimit {
            throw .superfluousArgument(parsed.arguments[command.argumentLimit], command: command.name)
        }
        let required = command.arguments.filter { !$0.isOptional }
        if parsed.arguments.count < required.count {
            throw .missingArgument(required[parsed.arguments.count].name, command: command.name)
        }
        for (argument, value) in zip(command.arguments, parsed.arguments) where !argument.isOptional {
            try argument.content.check(value, placeholder: argument.name, at: "argument \(argument.name)")
        }
    }

    // MARK: - Options

    /// What an option's name on the command line stands for.
    private enum Match {
        case option(CommandOption)
        case negated(CommandOption)
        case spelling(OptionSpelling)

        var takesValue: Bool {
            switch self {
            case .option(let option): option.takesValue
            case .negated: false
            case .spelling(let spelling): spelling.takesValue
            }
        }

        var placeholder: String {
            if case .option(let option) = self { option.placeholder } else { "VALUE" }
        }
    }

    private var options: [CommandOption] { parsed.command?.allOptions ?? CommandTable.commonOptions }

    private func match(long name: String) -> Match? {
        if let option = options.first(where: { $0.name == name }) { return .option(option) }
        if name.hasPrefix("no-"),
            let option = options.first(where: { !$0.takesValue && $0.name == name.dropFirst(3) })
        {
            return .negated(option)
        }
        return parsed.command?.spellings.first { $0.name == name }.map(Match.spelling)
    }

    private func match(short letter: String) -> Match? {
        if let option = options.first(where: { $0.short == letter }) { return .option(option) }
        return parsed.command?.spellings.first { $0.short == letter }.map(Match.spelling)
    }

    private mutating func takeLong(_ argument: String) throws(CommandError) {
        let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let match = match(long: name) else {
            let nearest = Suggestion.nearest(to: name, among: options.map(\.name)).map { "--\($0)" }
            throw .unknownOption("--\(name)", command: parsed.name, nearest: nearest)
        }
        try take(match, typed: "--\(name)", value: parts.count > 1 ? String(parts[1]) : nil)
    }

    private mutating func takeShort(_ argument: String) throws(CommandError) {
        var letters = argument.dropFirst()
        // A name with one hyphen, as other programs have it, would be read as a letter with a value.
        let name = String(letters.prefix { $0 != "=" })
        if name.count > 1, options.contains(where: { $0.name == name }) {
            throw .unknownOption("-\(name)", command: parsed.name, nearest: "--\(name)")
        }
        while let letter = letters.popFirst() {
            guard let match = match(short: String(letter)) else {
                throw .unknownOption("-\(letter)", command: parsed.name, nearest: nil)
            }
            guard match.takesValue else {
                try take(match, typed: "-\(letter)", value: nil)
                continue
            }
            let value = letters.first == "=" ? letters.dropFirst() : letters
            try take(match, typed: "-\(letter)", value: letters.isEmpty ? nil : String(value))
            return
        }
    }

    private mutating func take(_ match: Match, typed: String, value: String?) throws(CommandError) {
        var value = value
        if match.takesValue, value == nil {
            guard let next = rest.first, !isOption(next) else {
                throw .missingValue(option: typed, placeholder: match.placeholder)
            }
            value = next
            rest.removeFirst()
        }
        if !match.takesValue, let value { throw .superfluousValue(option: typed, value: value) }
        switch match {
        case .option(let option): try set(option, value ?? "true", typed: typed)
        case .negated(let option): try set(option, "false", typed: typed)
        case .spelling(let spelling): try apply(spelling, typed: typed, value: value ?? "")
        }
    }

    /// Whether a word can only be an option that follows one whose value is missing.
    private func isOption(_ word: String) -> Bool {
        if word == "--" { return true }
        if word.hasPrefix("--") { return match(long: String(word.dropFirst(2).prefix { $0 != "=" })) != nil }
        return word.hasPrefix("-") && word.count == 2 && match(short: String(word.dropFirst())) != nil
    }

    private mutating func set(_ option: CommandOption, _ value: String, typed: String) throws(CommandError) {
        if option == CommandTable.help {
            parsed.asksForHelp = value == "true"
            return
        }
        try option.check(value, at: "option '\(typed)'")
        parsed.options.set([value], of: option, at: .commandLine)
    }

    private mutating func apply(_ spelling: OptionSpelling, typed: String, value: String) throws(CommandError) {
        switch spelling.meaning {
        case .option(let option, let values): try set(option, values[value] ?? value, typed: typed)
        case .value(let option, let value): try set(option, value, typed: typed)
        case .argument(let option): replacedArgument = (value, option)
        case .nothing(let reason): parsed.notes.append("option '\(typed)' is not needed: \(reason)")
        }
    }
}
