import Console

/// Puts the options of a command together: command line before environment before configuration.
struct OptionSources {
    /// The environment variables.
    let environment: [String: String]
    /// The configuration.
    let configuration: Configuration

    /// Adds to a command line's options what environment and configuration say.
    /// - Parameter parsed: The command line.
    /// - Returns: The options of all places.
    /// - Throws: When one of the places says something that does not suit an option.
    func resolve(_ parsed: ParsedCommand) throws(CommandError) -> OptionValues {
        var values = OptionValues()
        for option in parsed.command?.allOptions ?? CommandTable.commonOptions {
            if let texts = try configured(option) { values.set(texts, of: option, at: .configuration) }
            if let texts = try fromEnvironment(option) { values.set(texts, of: option, at: .environment) }
            if parsed.options.place(of: option) != nil {
                values.set(parsed.options[option], of: option, at: .commandLine)
            }
        }
        return values
    }

    private func configured(_ option: CommandOption) throws(CommandError) -> [String]? {
        guard let key = option.key else { return nil }
        guard let texts = try configuration.texts(key, of: option) else { return nil }
        for text in texts { try option.check(text, at: configuration.place(of: key)) }
        return texts
    }

    /// The values that an option's variable holds; an empty variable is none.
    private func fromEnvironment(_ option: CommandOption) throws(CommandError) -> [String]? {
        guard let variable = option.variable, let text = environment[variable], !text.isEmpty else { return nil }
        let place = "variable \(variable)"
        if !option.takesValue {
            guard let value = Self.truth(text) else {
                throw .badValue(place: place, value: text, expected: "true or false", nearest: nil)
            }
            return [value ? "true" : "false"]
        }
        let texts = option.isRepeatable ? Self.entries(text, of: option) : [text]
        for text in texts { try option.check(text, at: place) }
        return texts
    }

    /// The entries of a list in a variable: its lines, or, where there is only one, what stands between commas.
    ///
    /// Values of variables and labels may hold commas, so that these are always lines.
    private static func entries(_ text: String, of option: CommandOption) -> [String] {
        let isLines = [.assignment, .variable].contains(option.content) || text.contains("\n")
        return text.split(separator: isLines ? "\n" : ",").map(String.init)
    }

    /// Reads yes or no as people write it.
    static func truth(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "yes", "on": true
        case "no", "off": false
        default: FlagText.boolean(text)
        }
    }
}
