/// Puts the values of variables into an instruction's words, and takes quotes and escapes out.
///
/// The forms are those of the
/// [Dockerfile reference](https://docs.docker.com/reference/dockerfile/#environment-replacement): `$a`, `${a}`, with
/// `:-`, `-`, `:+`, `+`, `:?`, `?` a word for the case that it is set or not, with `#`, `##`, `%`, `%%` without the
/// start or end that a pattern matches, with `/` and `//` with matches replaced.
public struct VariableExpansion {
    private let escape: Unicode.Scalar
    private let lookUp: (String) -> String?

    /// Makes the rules of a place in a Dockerfile.
    ///
    /// - Parameters:
    ///   - escape: The file's escape character.
    ///   - lookUp: Gives a variable's value; nil for one that is not set.
    public init(escape: Character, lookUp: @escaping (String) -> String?) {
        self.escape = escape == "`" ? "`" : "\\"
        self.lookUp = lookUp
    }

    /// Expands a word of an instruction.
    ///
    /// - Parameters:
    ///   - word: As it stands in the file, with quotes and escapes.
    ///   - instruction: Where it stands, for errors.
    /// - Returns: The text that is meant.
    /// - Throws: When braces or quotes are not closed, a form is unknown, or `:?` asks for an error.
    public func expand(_ word: String, in instruction: DockerfileInstruction) throws(DockerfileError) -> String {
        try run(word, isHeredoc: false, instruction)
    }

    /// Expands the lines of a here-document, in which quotes are characters like others.
    ///
    /// - Parameters:
    ///   - heredoc: The document; one whose delimiter is quoted stays as it is.
    ///   - instruction: Where it stands, for errors.
    /// - Returns: The lines, without the tabs at their starts where those don't count.
    /// - Throws: As ``expand(_:in:)``.
    public func expand(
        _ heredoc: DockerfileHeredoc,
        in instruction: DockerfileInstruction
    ) throws(DockerfileError) -> String {
        let content = heredoc.strippedContent
        return heredoc.expands ? try run(content, isHeredoc: true, instruction) : content
    }

    private func run(
        _ text: String,
        isHeredoc: Bool,
        _ instruction: DockerfileInstruction
    ) throws(DockerfileError) -> String {
        var reader = ExpansionReader(
            rest: Scalars(text),
            escape: escape,
            keepsQuotes: isHeredoc,
            lookUp: lookUp
        )
        do {
            return try reader.read(until: nil).text
        } catch {
            throw DockerfileError(line: instruction.line, column: instruction.column, message: error.message)
        }
    }
}

extension DockerfileHeredoc {
    /// The lines as they are meant: without the tabs at their starts where those don't count.
    public var strippedContent: String {
        guard stripsTabs else { return content }
        let lines = content.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.map { $0.drop { $0 == "\t" } }.joined(separator: "\n")
    }
}

private struct ExpansionFailure: Error {
    var message: String
}

/// Reads a word from its start to its end, or to the brace that closes it.
private struct ExpansionReader {
    var rest: Scalars
    let escape: Unicode.Scalar
    let keepsQuotes: Bool
    let lookUp: (String) -> String?
    /// How deep braces are nested.
    var depth = 0
    /// Whether a pattern is read, in which escapes have a meaning of their own.
    var isPattern = false

    private static let deepest = 100

    /// Reads and expands.
    ///
    /// - Parameter end: The scalar to stop at, which is taken; nil for the text's end.
    /// - Returns: The text that is meant.
    /// - Throws: When braces or quotes are not closed, or a form is unknown.
    mutating func read(until end: Unicode.Scalar?) throws(ExpansionFailure) -> Scalars {
        var result: Scalars = []
        while let scalar = rest.popFirst() {
            if scalar == end { return result }
            switch scalar {
            case "'" where !keepsQuotes: result += try readSingleQuoted()
            case "\"" where !keepsQuotes: result += try readDoubleQuoted()
            case "$": result += try readVariable()
            case escape: result += readEscaped()
            default: result.append(scalar)
            }
        }
        guard end == nil else { throw ExpansionFailure(message: "syntax error: missing '}'") }
        return result
    }

    private mutating func readEscaped() -> Scalars {
        guard let next = rest.popFirst() else { return [escape] }
        if isPattern { return ["\\", next] }
        // In here-documents only what would have a meaning is escaped.
        if keepsQuotes, next != "$", next != escape { return [escape, next] }
        return [next]
    }

    private mutating func readSingleQuoted() throws(ExpansionFailure) -> Scalars {
        let content = rest.prefix { $0 != "'" }
        guard content.count < rest.count else {
            throw ExpansionFailure(message: "unexpected end of statement while looking for matching single-quote")
        }
        rest = rest.dropFirst(content.count + 1)
        return content
    }

    private mutating func readDoubleQuoted() throws(ExpansionFailure) -> Scalars {
        var result: Scalars = []
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"": return result
            case "$": result += try readVariable()
            case escape:
                guard let next = rest.popFirst() else { break }
                if next != "\"", next != "$", next != escape { result.append(escape) }
                result.append(next)
            default: result.append(scalar)
            }
        }
        throw ExpansionFailure(message: "unexpected end of statement while looking for matching double-quote")
    }

    // MARK: - Variables

    private mutating func readVariable() throws(ExpansionFailure) -> Scalars {
        guard rest.first == "{" else {
            let name = readName()
            return name.isEmpty ? ["$"] : Scalars(lookUp(name) ?? "")
        }
        rest.removeFirst()
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.deepest else { throw ExpansionFailure(message: "variables are nested too deeply") }
        let name = readName()
        guard !name.isEmpty else { throw ExpansionFailure(message: "bad substitution: a name was expected after '${'") }
        guard let form = rest.popFirst() else { throw ExpansionFailure(message: "syntax error: missing '}'") }
        let value = lookUp(name)
        switch form {
        case "}": return Scalars(value ?? "")
        case ":":
            guard let modifier = rest.popFirst(), "-+?".unicodeScalars.contains(modifier) else {
                throw ExpansionFailure(message: "unsupported modifier after '${\(name):'; expected -, + or ?")
            }
            return try choose(name, value.flatMap { $0.isEmpty ? nil : $0 }, modifier, "not allowed to be empty")
        case "-", "+", "?": return try choose(name, value, form, "not allowed to be unset")
        case "#", "%": return try trim(Scalars(value ?? ""), form)
        case "/": return try replace(Scalars(value ?? ""))
        default: throw ExpansionFailure(message: "unsupported modifier '\(form)' after '${\(name)'")
        }
    }

    private mutating func readName() -> String {
        guard let first = rest.first else { return "" }
        if first.isASCIIDigit || "@*#?-!$".unicodeScalars.contains(first) {
            // Parameters of shells, which are never set here.
            let name = first.isASCIIDigit ? rest.prefix { $0.isASCIIDigit } : rest.prefix(1)
            rest = rest.dropFirst(name.count)
            return name.text
        }
        guard first.isASCIILetter || first == "_" else { return "" }
        let name = rest.prefix { $0.isASCIILetter || $0.isASCIIDigit || $0 == "_" }
        rest = rest.dropFirst(name.count)
        return name.text
    }

    private mutating func choose(
        _ name: String,
        _ value: String?,
        _ modifier: Unicode.Scalar,
        _ complaint: String
    ) throws(ExpansionFailure) -> Scalars {
        let word = try read(until: "}")
        switch modifier {
        case "-": return value.map { Scalars($0) } ?? word
        case "+": return value == nil ? [] : word
        default:
            guard let value else {
                throw ExpansionFailure(message: "\(name): \(word.isEmpty ? complaint : word.text)")
            }
            return Scalars(value)
        }
    }

    private mutating func trim(_ value: Scalars, _ form: Unicode.Scalar) throws(ExpansionFailure) -> Scalars {
        let isGreedy = rest.first == form
        if isGreedy { rest.removeFirst() }
        let pattern = ShellPattern(try readPattern(until: "}"))
        let lengths = Array(0...value.count)
        if form == "#" {
            let length = (isGreedy ? lengths.reversed() : lengths).first { pattern.matches(value.prefix($0)) }
            return value.dropFirst(length ?? 0)
        }
        let length = (isGreedy ? lengths.reversed() : lengths).first { pattern.matches(value.suffix($0)) }
        return value.dropLast(length ?? 0)
    }

    private mutating func replace(_ value: Scalars) throws(ExpansionFailure) -> Scalars {
        let replacesAll = rest.first == "/"
        if replacesAll { rest.removeFirst() }
        // The pattern ends at a slash, or at the brace where nothing takes the match's place.
        var parts = try readReplacement()
        let pattern = ShellPattern(parts.removeFirst())
        var result: Scalars = []
        var left = value
        var isDone = false
        while !left.isEmpty {
            let length = isDone ? nil : (1...left.count).reversed().first { pattern.matches(left.prefix($0)) }
            guard let length else {
                result.append(left.removeFirst())
                continue
            }
            result += parts.first ?? []
            left = left.dropFirst(length)
            isDone = !replacesAll
        }
        return result
    }

    private mutating func readReplacement() throws(ExpansionFailure) -> [Scalars] {
        var probe = self
        if let pattern = try? probe.readPattern(until: "/"), !pattern.contains("}") {
            rest = probe.rest
            return [pattern, try read(until: "}")]
        }
        return [try readPattern(until: "}")]
    }

    private mutating func readPattern(until end: Unicode.Scalar) throws(ExpansionFailure) -> Scalars {
        isPattern = true
        defer { isPattern = false }
        return try read(until: end)
    }
}

/// A pattern as shells have it: `*`, `?`, and a backslash for the next scalar as it is.
private struct ShellPattern {
    private enum Element {
        case scalar(Unicode.Scalar)
        case anyScalar
        case anyRun
    }

    private var elements: [Element] = []

    init(_ pattern: Scalars) {
        var rest = pattern
        while let scalar = rest.popFirst() {
            switch scalar {
            case "*": elements.append(.anyRun)
            case "?": elements.append(.anyScalar)
            case "\\": elements.append(.scalar(rest.popFirst() ?? "\\"))
            default: elements.append(.scalar(scalar))
            }
        }
    }

    func matches(_ text: Scalars) -> Bool {
        var element = 0
        var position = text.startIndex
        // Where to go on when the current try fails: after the last run, which then takes one scalar more.
        var retry: (element: Int, position: Int)?
        while position < text.endIndex || element < elements.count {
            if element < elements.count {
                if case .anyRun = elements[element] {
                    element += 1
                    retry = (element, position)
                    continue
                }
                if position < text.endIndex, matches(elements[element], text[position]) {
                    element += 1
                    position += 1
                    continue
                }
            }
            guard let last = retry, last.position < text.endIndex else { return false }
            retry = (last.element, last.position + 1)
            (element, position) = (last.element, last.position + 1)
        }
        return true
    }

    private func matches(_ element: Element, _ scalar: Unicode.Scalar) -> Bool {
        switch element {
        case .scalar(let expected): expected == scalar
        case .anyScalar: true
        case .anyRun: false
        }
    }
}
