/// The values that `@{…}` stands for in a case.
struct Bindings {
    private(set) var values: [String: String]

    init(_ values: [String: String] = [:]) {
        self.values = values
    }

    subscript(_ name: String) -> String? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// Puts values in.
    /// - Throws: When a name has no value, or is one that only expectations may have.
    func expand(_ text: String) throws(TextError) -> String {
        var expanded = ""
        for piece in try Self.parts(of: text) {
            switch piece {
            case .literal(let literal): expanded += literal
            case .name(let name):
                guard let value = values[name] else { throw TextError(text: text, name: name) }
                expanded += value
            }
        }
        return expanded
    }

    /// Puts values in and keeps the names that match many texts.
    /// - Throws: When a name is neither.
    func pattern(_ text: String) throws(TextError) -> TextPattern {
        var source = ""
        var pieces: [TextPattern.Piece] = []
        for piece in try Self.parts(of: text) {
            switch piece {
            case .literal(let literal):
                source += literal
                pieces.append(.literal(Array(literal.utf8)))
            case .name(let name):
                if let value = values[name] {
                    source += value
                    pieces.append(.literal(Array(value.utf8)))
                } else if let wildcard = TextPattern.Wildcard(rawValue: name) {
                    source += "@{\(name)}"
                    pieces.append(.wildcard(wildcard))
                } else {
                    throw TextError(text: text, name: name)
                }
            }
        }
        return TextPattern(source: source, pieces: pieces)
    }

    /// The names in a text.
    /// - Throws: When a name isn't closed.
    static func names(in text: String) throws(TextError) -> [String] {
        try parts(of: text).compactMap { if case .name(let name) = $0 { name } else { nil } }
    }

    private enum Part {
        case literal(String)
        case name(String)
    }

    private static func parts(of text: String) throws(TextError) -> [Part] {
        guard text.contains("@") else { return [.literal(text)] }
        var parts: [Part] = []
        var literal = ""
        var rest = text[...]
        while let at = rest.firstIndex(of: "@") {
            literal += rest[..<at]
            rest = rest[rest.index(after: at)...]
            guard rest.first == "{" else {
                literal += "@"
                continue
            }
            guard let end = rest.firstIndex(of: "}") else { throw TextError(text: text, name: nil) }
            parts.append(.literal(literal))
            literal = ""
            parts.append(.name(String(rest[rest.index(after: rest.startIndex)..<end])))
            rest = rest[rest.index(after: end)...]
        }
        return parts + [.literal(literal + rest)]
    }
}

/// What is wrong with `@{…}` in a text.
struct TextError: Error, CustomStringConvertible {
    /// The text.
    var text: String
    /// The name that has no value; nil when a name isn't closed.
    var name: String?

    var description: String {
        guard let name else { return "@{ without } in \"\(text)\"" }
        return TextPattern.Wildcard(rawValue: name) != nil
            ? "@{\(name)} can only be expected, not given" : "nothing is called @{\(name)} here"
    }
}
