/// A command, or a group of commands: a row of ``CommandTable``.
struct Command: Sendable {
    /// What a command does; the result is the exit code.
    typealias Action = @Sendable (CommandContext) throws(CommandError) -> Int32

    /// Something that a command takes by its place.
    struct Argument: Hashable, Sendable {
        /// What help calls it, in capitals.
        var name: String
        /// Whether the command does without it.
        var isOptional = false
        /// Whether there may be more of them; only the last one of a command.
        var isRepeated = false
        /// What it is, for completions.
        var content = CommandOption.Content.text

        /// The argument as usage texts show it, such as `[PATH]`.
        var usage: String {
            let text = isRepeated ? "\(name)..." : name
            return isOptional ? "[\(text)]" : text
        }
    }

    /// A command line that shows how a command is used.
    struct Example: Hashable, Sendable {
        /// The line as it is typed.
        var line: String
        /// What it does.
        var meaning: String
    }

    /// The words by which it is called, such as `config set`.
    var name: String
    /// What it does, as an imperative without a full stop.
    var summary: String
    /// More about it, as paragraphs; empty for nothing.
    var details = ""
    /// What it takes by place.
    var arguments: [Argument] = []
    /// What it takes by name, beside ``CommandTable/commonOptions``.
    var options: [CommandOption] = []
    /// Other programs' names for options, which help does not show.
    var spellings: [OptionSpelling] = []
    /// How it is used.
    var examples: [Example] = []
    /// Whether the configuration counts for it, so that it has to be readable.
    var usesSettings = true
    /// The commands of a group.
    var subcommands: [Command] = []
    /// What it does; nil for a group.
    var action: Action?

    /// The last word of the name.
    var word: String { name.split(separator: " ").last.map(String.init) ?? name }

    /// All options that it takes.
    var allOptions: [CommandOption] { options + CommandTable.commonOptions }

    /// How it is called, for usage texts.
    var usage: String {
        if action == nil { return "slipway \(name) COMMAND" }
        let parts = arguments.map(\.usage)
        return (["slipway", name] + (options.isEmpty ? [] : ["[OPTION]..."]) + parts).joined(separator: " ")
    }

    /// The most arguments that it takes.
    var argumentLimit: Int { arguments.last?.isRepeated == true ? .max : arguments.count }
}

/// Another program's name for an option, for scripts that were written for that.
struct OptionSpelling: Hashable, Sendable {
    /// What it means here.
    enum Meaning: Hashable, Sendable {
        /// An option, with the value that was given; some values are called otherwise there.
        case option(CommandOption, values: [String: String] = [:])
        /// An option with this value.
        case value(CommandOption, String)
        /// The command's first argument; what was there before is the value of this option.
        case argument(displacedInto: CommandOption)
        /// Nothing, and why.
        case nothing(String)
    }

    /// The name without hyphens.
    var name: String
    /// A letter that stands for it.
    var short: String?
    /// Whether it takes a value.
    var takesValue: Bool
    /// What it means here.
    var meaning: Meaning

    /// Describes a spelling.
    init(_ name: String, short: String? = nil, takesValue: Bool = false, _ meaning: Meaning) {
        self.name = name
        self.short = short
        self.takesValue = takesValue
        self.meaning = meaning
    }
}
