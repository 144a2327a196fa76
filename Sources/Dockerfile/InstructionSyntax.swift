/// What an instruction looks like: which flags it knows, and what its arguments are.
struct InstructionSyntax {
    /// How many values a flag may have.
    enum Flag {
        /// `--link`, `--link=true`.
        case boolean
        /// `--from=x`, once.
        case single
        /// `--mount=x`, any number of times.
        case repeatable
    }

    /// How the text after the flags becomes arguments.
    enum Arguments {
        /// Words at blanks.
        case words
        /// Words at blanks, or a JSON list.
        case wordsOrJSON
        /// Words that may have quotes: `name` or `name=value`.
        case names
        /// `name=value` words that may have quotes, or one `name value`.
        case pairs
        /// All of the text as one.
        case text
        /// A shell command in one piece, or a JSON list.
        case command
        /// A type and a command.
        case health
        /// Another instruction.
        case instruction
    }

    var arguments: Arguments
    var flags: [String: Flag] = [:]
    /// Whether here-documents may follow.
    var takesHeredocs = false

    /// All instructions of the Dockerfile format.
    static let all: [String: InstructionSyntax] = [
        "ADD": InstructionSyntax(
            arguments: .wordsOrJSON,
            flags: [
                "chown": .single, "chmod": .single, "link": .boolean, "keep-git-dir": .boolean, "checksum": .single,
                "unpack": .boolean, "exclude": .repeatable,
            ],
            takesHeredocs: true
        ),
        "ARG": InstructionSyntax(arguments: .names),
        "CMD": InstructionSyntax(arguments: .command),
        "COPY": InstructionSyntax(
            arguments: .wordsOrJSON,
            flags: [
                "from": .single, "chown": .single, "chmod": .single, "link": .boolean, "parents": .boolean,
                "exclude": .repeatable,
            ],
            takesHeredocs: true
        ),
        "ENTRYPOINT": InstructionSyntax(arguments: .command),
        "ENV": InstructionSyntax(arguments: .pairs),
        "EXPOSE": InstructionSyntax(arguments: .words),
        "FROM": InstructionSyntax(arguments: .words, flags: ["platform": .single]),
        "HEALTHCHECK": InstructionSyntax(
            arguments: .health,
            flags: [
                "interval": .single, "timeout": .single, "start-period": .single, "start-interval": .single,
                "retries": .single,
            ]
        ),
        "LABEL": InstructionSyntax(arguments: .pairs),
        "MAINTAINER": InstructionSyntax(arguments: .text),
        "ONBUILD": InstructionSyntax(arguments: .instruction),
        "RUN": InstructionSyntax(
            arguments: .command,
            flags: ["mount": .repeatable, "network": .single, "security": .single, "device": .repeatable],
            takesHeredocs: true
        ),
        "SHELL": InstructionSyntax(arguments: .command),
        "STOPSIGNAL": InstructionSyntax(arguments: .text),
        "USER": InstructionSyntax(arguments: .text),
        "VOLUME": InstructionSyntax(arguments: .wordsOrJSON),
        "WORKDIR": InstructionSyntax(arguments: .text),
    ]

    /// What is wrong with an instruction's flags, or nil.
    func mistake(inFlags given: [String]) -> String? {
        var seen: Set<String> = []
        for text in given {
            let flag = Scalars(text).dropFirst(2)
            let parts = flag.splitAtEquals
            let name = (parts?.name ?? flag).text
            let value = parts?.value.text
            guard let kind = flags[name] else { return "unknown flag: --\(name)" }
            if !seen.insert(name).inserted, kind != .repeatable { return "duplicate flag specified: --\(name)" }
            switch kind {
            case .boolean:
                if value == "" { return "missing a value on flag: --\(name)" }
                if let value, !["true", "false"].contains(value.lowercased()) {
                    return "expecting boolean value for flag --\(name), not: \(value)"
                }
            case .single, .repeatable:
                if value == nil { return "missing a value on flag: --\(name)" }
            }
        }
        return nil
    }
}
