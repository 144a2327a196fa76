import Console
import POSIX

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
        guard let found = try configuration.texts(key, of: option) else { return nil }
        let texts = [.file, .directory].contains(option.content) ? found.map(configured(path:)) : found
        for text in texts { try option.check(text, at: configuration.place(of: key)) }
        return texts
    }

    /// A path of the configuration: `~/` is the home directory, and relative ones start where the file is.
    private func configured(path: String) -> String {
        if path.hasPrefix("~/"), let home = environment["HOME"], !home.isEmpty {
            return Path.join(home, String(path.dropFirst(2)))
        }
        guard !path.isEmpty, !Path.isAbsolute(path) else { return path }
        return Path.join(Path.directory(configuration.path), path)
    }

    /// What may be misspelt of the variables that are set, with the nearest that there is.
    ///
    /// Variables that are like none of ours are other programs'.
    /// - Parameter known: The names of all variables that count.
    /// - Returns: A warning for each, by name.
    func warnings(known: [String]) -> [String] {
        let prefix = "SLIPWAY_"
        let endings = known.map { String($0.dropFirst(prefix.count)) }
        return environment.keys.sorted().compactMap { name in
            guard name.hasPrefix(prefix), !known.contains(name) else { return nil }
            let nearest = Suggestion.nearest(to: String(name.dropFirst(prefix.count)), among: endings)
            return nearest.map { "no such variable: \(name); did you mean '\(prefix)\($0)'?" }
        }
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
