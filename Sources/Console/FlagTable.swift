/// The flags of a command: its parser, its usage text and its documentation come from the same rows.
public struct FlagTable: Hashable, Sendable {
    /// The program's name in the usage text.
    public var program: String
    /// The flags; their order does not matter.
    public var flags: [Flag]
    /// What comes after the flags, for the usage text, such as `<image>`; empty for nothing.
    public var arguments: String

    public init(program: String, flags: [Flag], arguments: String = "") {
        self.program = program
        self.flags = flags
        self.arguments = arguments
    }

    /// What is wrong with a command line, with the flag that may have been meant.
    /// - Parameter error: What ``parse(_:)`` has thrown.
    /// - Returns: The message.
    public func explanation(of error: FlagError) -> String {
        guard case .notDefined(let name) = error,
            let nearest = Suggestion.nearest(to: name, among: flags.map(\.name))
        else { return "\(error)" }
        return "\(error); did you mean -\(nearest)?"
    }

    /// Reads a command line as Go's flag package does.
    ///
    /// Flags are `-name value`, `-name=value` or the same with two hyphens; boolean ones take a value only after an
    /// equals sign. The first argument that is no flag, or `--`, ends the flags.
    /// - Parameter arguments: The arguments without the program's name.
    /// - Returns: The values of all flags, and the arguments after them.
    /// - Throws: On the first thing that cannot be understood.
    public func parse(_ arguments: [String]) throws(FlagError) -> ParsedFlags {
        let known = Dictionary(flags.map { ($0.name, $0) }) { first, _ in first }
        var parsed = ParsedFlags(defaults: flags)
        var rest = arguments[...]
        while let argument = rest.first {
            let hyphens = argument.utf8.prefix(2).prefix { $0 == UInt8(ascii: "-") }.count
            // A single hyphen usually means standard input, so it is an argument.
            guard hyphens > 0, argument.utf8.count > 1 else { break }
            rest.removeFirst()
            if argument == "--" { break }
            let body = argument.dropFirst(hyphens)
            guard let first = body.first, first != "-", first != "=" else { throw .badSyntax(argument) }
            let parts = body.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let name = parts[0]
            guard let flag = known[name] else {
                throw name == "help" || name == "h" ? .helpRequested : .notDefined(name)
            }
            if parts.count == 2 {
                try parsed.set(flag, parts[1])
            } else if flag.isBoolean {
                try parsed.set(flag, "true")
            } else {
                guard let value = rest.popFirst() else { throw .needsArgument(name) }
                try parsed.set(flag, value)
            }
        }
        parsed.arguments = Array(rest)
        return parsed
    }

    /// The usage text: all flags by name, with kinds, help and defaults, as Go's flag package shows them.
    public var usage: String {
        var text = "Usage of \(program):\n"
        for flag in sortedFlags {
            let (placeholder, help) = flag.usageParts
            var line = "  -\(flag.name)"
            if !placeholder.isEmpty { line += " \(placeholder)" }
            // A boolean flag of one letter leaves room for its help on the same line.
            line += line.utf8.count <= 4 ? "\t" : "\n    \t"
            line += help.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n    \t")
            if let value = flag.usageDefault { line += " (default \(value))" }
            if let variable = flag.environmentVariable { line += " [$\(variable)]" }
            text += line + "\n"
        }
        if !arguments.isEmpty { text += "After the flags: \(arguments)\n" }
        return text
    }

    /// A Markdown table of all flags by name.
    public var markdown: String {
        var text = "| Flag | Environment variable | Default | APIs | Meaning |\n|---|---|---|---|---|\n"
        for flag in sortedFlags {
            let value = flag.documentedDefault ?? flag.usageDefault
            let cells = [
                "`-\(flag.name)`",
                flag.environmentVariable.map { "`\($0)`" } ?? "",
                value.map { "`\($0)`" } ?? "",
                flag.apis ?? "",
                flag.usageParts.help,
            ]
            let escaped = cells.map {
                $0.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
            }
            text += "| \(escaped.joined(separator: " | ")) |\n"
        }
        return text
    }

    private var sortedFlags: [Flag] {
        flags.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}
