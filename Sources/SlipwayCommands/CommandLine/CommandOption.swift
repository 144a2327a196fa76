/// An option of a command: one row of the table that parser, help, completions, man page and documentation come from.
struct CommandOption: Hashable, Sendable {
    /// How often an option may be given, and what becomes of what lower places say.
    enum Kind: Hashable, Sendable {
        /// It takes no value; `--no-NAME` takes it back.
        case toggle
        /// It takes a value; the last one counts.
        case value
        /// It takes a value each time; where a higher place gives any, those of lower places do not count.
        case list
        /// It takes a value each time; what lower places say comes before it, and counts as well.
        case additions
    }

    /// What a value is.
    enum Content: Hashable, Sendable {
        /// Any text.
        case text
        /// One of these words.
        case choice([String])
        /// A user's or group's number.
        case identifier
        /// A name with a value, `NAME=VALUE`.
        case assignment
        /// A name, perhaps with a value, `NAME[=VALUE]`.
        case variable
        /// A file's path.
        case file
        /// A directory's path.
        case directory
    }

    /// The name without hyphens.
    var name: String
    /// A letter that stands for the name, if there is one.
    var short: String?
    /// How often it may be given.
    var kind: Kind
    /// What its values are.
    var content: Content
    /// What help calls its value, in capitals.
    var placeholder: String
    /// The heading that help shows it under.
    var section: String
    /// What it does, in a few words without a capital at the start.
    var summary: String
    /// What holds without it, for help and documentation; nil where that goes without saying.
    var fallback: String?
    /// Where else it may be given.
    var standIns = StandIns.variableAndKey

    /// Where an option may be given beside the command line.
    enum StandIns: Hashable, Sendable {
        /// Nowhere.
        case none
        /// In an environment variable.
        case variable
        /// In an environment variable, and in the configuration.
        case variableAndKey
    }
}

extension CommandOption {
    /// The environment variable that stands in for the option.
    var variable: String? {
        guard standIns != .none else { return nil }
        return "SLIPWAY_" + String(name.uppercased().map { $0 == "-" ? "_" : $0 })
    }

    /// The key of the configuration that stands in for the option.
    var key: String? { standIns == .variableAndKey ? name : nil }

    /// Whether it takes a value.
    var takesValue: Bool { kind != .toggle }

    /// Whether it may be given more than once.
    var isRepeatable: Bool { kind == .list || kind == .additions }

    /// The words that it takes, if only some are possible.
    var choices: [String] {
        if case .choice(let words) = content { words } else { [] }
    }

    /// The option as usage texts show it, such as `-t, --tag NAME`.
    var usage: String {
        let letters = short.map { "-\($0), " } ?? "    "
        return letters + "--\(name)" + (takesValue ? " \(placeholder)" : "")
    }

    /// Describes an option without a value.
    static func toggle(
        _ name: String,
        short: String? = nil,
        in section: String,
        _ summary: String,
        standIns: StandIns = .variableAndKey
    ) -> CommandOption {
        CommandOption(
            name: name,
            short: short,
            kind: .toggle,
            content: .text,
            placeholder: "",
            section: section,
            summary: summary,
            standIns: standIns
        )
    }

    /// Describes an option with a value.
    static func value(
        _ name: String,
        short: String? = nil,
        _ placeholder: String,
        in section: String,
        _ summary: String,
        content: Content = .text,
        fallback: String? = nil,
        standIns: StandIns = .variableAndKey
    ) -> CommandOption {
        CommandOption(
            name: name,
            short: short,
            kind: .value,
            content: content,
            placeholder: placeholder,
            section: section,
            summary: summary,
            fallback: fallback,
            standIns: standIns
        )
    }

    /// Describes an option whose values stand instead of those of lower places.
    static func list(
        _ name: String,
        short: String? = nil,
        _ placeholder: String,
        in section: String,
        _ summary: String,
        content: Content = .text,
        fallback: String? = nil
    ) -> CommandOption {
        CommandOption(
            name: name,
            short: short,
            kind: .list,
            content: content,
            placeholder: placeholder,
            section: section,
            summary: summary,
            fallback: fallback
        )
    }

    /// Describes an option whose values count beside those of lower places.
    static func additions(
        _ name: String,
        short: String? = nil,
        _ placeholder: String,
        in section: String,
        _ summary: String,
        content: Content = .text
    ) -> CommandOption {
        CommandOption(
            name: name,
            short: short,
            kind: .additions,
            content: content,
            placeholder: placeholder,
            section: section,
            summary: summary
        )
    }
}
