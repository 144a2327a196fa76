/// Makes an instruction of a line: splits it into name, flags and arguments, and checks these against the syntax.
struct InstructionParser {
    let escape: Unicode.Scalar
    let line: LineReader.Line

    func parse() throws(DockerfileError) -> DockerfileInstruction {
        let text = line.text.trimmed
        let written = text.prefix { !$0.isBlank }
        let name = written.text.uppercased()
        let (flags, rest) = splitFlags(text.dropFirst(written.count))
        guard let syntax = InstructionSyntax.all[name] else {
            throw failure("unknown instruction: \(written.text)")
        }
        var instruction = DockerfileInstruction(
            name: name,
            flags: flags,
            arguments: [],
            isJSON: false,
            heredocs: [],
            line: line.number,
            column: line.column,
            endLine: line.number
        )
        try readArguments(of: &instruction, syntax.arguments, rest)
        // The reference has no look at the flags of ARG.
        if name != "ARG", let mistake = syntax.mistake(inFlags: flags) { throw failure(mistake) }
        try checkArguments(of: instruction)
        return instruction
    }

    private func readArguments(
        of instruction: inout DockerfileInstruction,
        _ form: InstructionSyntax.Arguments,
        _ text: Scalars
    ) throws(DockerfileError) {
        let reader = WordReader(escape: escape)
        switch form {
        case .words:
            instruction.arguments = text.blankSeparated
        case .wordsOrJSON:
            if try !readJSON(into: &instruction, text) { instruction.arguments = text.blankSeparated }
        case .names:
            instruction.arguments = reader.words(in: text).map { $0.text }
        case .pairs:
            instruction.arguments = try pairs(reader.words(in: text), text, of: instruction.name)
        case .text:
            instruction.arguments = text.isEmpty ? [] : [text.text]
        case .command:
            if try !readJSON(into: &instruction, text), !text.isEmpty { instruction.arguments = [text.text] }
        case .health:
            let type = text.prefix { !$0.isSpace }
            let command = text.dropFirst(type.count).trimmed
            if try !readJSON(into: &instruction, command), !command.isEmpty { instruction.arguments = [command.text] }
            if !type.isEmpty { instruction.arguments.insert(type.text, at: 0) }
        case .instruction:
            // What it triggers is checked when it is triggered.
            let trigger = text.prefix { !$0.isBlank }
            guard !trigger.isEmpty else { return }
            instruction.arguments = [trigger.text.uppercased(), text.dropFirst(trigger.count).trimmed.text]
        }
    }

    /// Takes the arguments from a JSON list, if the text is one.
    private func readJSON(into instruction: inout DockerfileInstruction, _ text: Scalars) throws(DockerfileError)
        -> Bool
    {
        switch JSONList(text) {
        case .none: return false
        case .mixed: throw failure("when using JSON array syntax, arrays must be comprised of strings only")
        case .strings(let strings):
            instruction.arguments = strings
            instruction.isJSON = true
            return true
        }
    }

    private func pairs(_ words: [Scalars], _ text: Scalars, of instruction: String) throws(DockerfileError) -> [String]
    {
        guard let first = words.first else { return [] }
        guard first.contains("=") else {
            // The old form: a name, blanks, and all the rest as the value.
            let name = text.prefix { !$0.isBlank }
            let value = text.dropFirst(name.count).drop { $0.isBlank }
            guard !value.isEmpty else { throw failure("\(instruction) must have two arguments") }
            return ["\(name.text)=\(value.text)"]
        }
        for word in words where !word.contains("=") {
            throw failure("can't find = in \"\(word.text)\"; must be of the form: name=value")
        }
        return words.map { $0.text }
    }

    private func checkArguments(of instruction: DockerfileInstruction) throws(DockerfileError) {
        let name = instruction.name
        let arguments = instruction.arguments
        switch name {
        case "FROM":
            try checkStage(arguments)
        case "ADD", "COPY":
            guard arguments.count >= 2 else {
                throw failure("\(name) requires at least two arguments: the source and the destination")
            }
            if let destination = arguments.last, !instruction.isJSON, HeredocStart(Scalars(destination)) != nil {
                throw failure("\(name) cannot accept a heredoc as a destination")
            }
        case "ARG", "ENV", "LABEL":
            guard !arguments.isEmpty else { throw failure("\(name) requires at least one argument") }
            guard !arguments.contains(where: { $0.utf8.first == UInt8(ascii: "=") }) else {
                throw failure("\(name) names can not be blank")
            }
        case "EXPOSE", "ONBUILD", "HEALTHCHECK":
            guard !arguments.isEmpty else { throw failure("\(name) requires at least one argument") }
            if name == "ONBUILD" { try checkTrigger(arguments[0]) }
            if name == "HEALTHCHECK" { try checkHealth(arguments) }
        case "VOLUME":
            guard !arguments.isEmpty else { throw failure("VOLUME requires at least one argument") }
            guard !arguments.contains(where: { Scalars($0).trimmed.isEmpty }) else {
                throw failure("VOLUME specified can not be an empty string")
            }
        case "MAINTAINER", "STOPSIGNAL", "USER", "WORKDIR":
            guard arguments.count == 1 else { throw failure("\(name) requires exactly one argument") }
        case "SHELL":
            guard !arguments.isEmpty else { throw failure("SHELL requires at least one argument") }
            guard instruction.isJSON else { throw failure("SHELL requires the arguments to be in JSON form") }
        default:
            break
        }
    }

    private func checkStage(_ arguments: [String]) throws(DockerfileError) {
        guard arguments.count != 1 else { return }
        guard arguments.count == 3, arguments[1].lowercased() == "as" else {
            throw failure("FROM requires either one or three arguments")
        }
        let stage = arguments[2].lowercased()
        let isValid = stage.unicodeScalars.allSatisfy {
            $0.isASCIILetter || $0.isASCIIDigit || "-_.".unicodeScalars.contains($0)
        }
        guard isValid, stage.unicodeScalars.first?.isASCIILetter == true else {
            throw failure(
                "invalid name for build stage: \"\(arguments[2])\", name can't start with a number or contain symbols"
            )
        }
    }

    private func checkTrigger(_ name: String) throws(DockerfileError) {
        switch name {
        case "ONBUILD": throw failure("chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")
        case "MAINTAINER", "FROM": throw failure("\(name) isn't allowed as an ONBUILD trigger")
        default: break
        }
    }

    private func checkHealth(_ arguments: [String]) throws(DockerfileError) {
        switch arguments[0].uppercased() {
        case "NONE":
            guard arguments.count == 1 else { throw failure("HEALTHCHECK NONE takes no arguments") }
        case "CMD":
            guard arguments.count > 1 else { throw failure("missing command after HEALTHCHECK CMD") }
        default:
            throw failure("unknown type \"\(arguments[0])\" in HEALTHCHECK (try CMD)")
        }
    }

    private func failure(_ message: String) -> DockerfileError {
        DockerfileError(line: line.number, column: line.column, message: message)
    }
}
