/// What is wrong with a TOML document, and where.
public struct TOMLError: Error, Equatable, Sendable {
    /// The file's name as the caller gave it; empty when there is none.
    public var file: String
    /// The line, from 1; 0 when the document was not read from text.
    public var line: Int
    /// The column in Unicode scalars, from 1; 0 when the document was not read from text.
    public var column: Int
    /// The dotted path of the key concerned, as in `group.api`; empty at the top level.
    public var keyPath: String
    /// What was expected and what was found, in lower case without a full stop.
    public var message: String
    /// The line of the document, without its line end; a long one is cut down to the part around the column.
    public var sourceLine: String
    /// How many scalars of `sourceLine` stand before the offending one.
    var caretIndent: Int

    /// Makes an error that has no place in a text, for documents that were built by a program.
    ///
    /// - Parameters:
    ///   - file: The file's name, or an empty string.
    ///   - keyPath: The dotted path of the key concerned, or an empty string.
    ///   - message: What is wrong, in lower case without a full stop.
    public init(file: String, keyPath: String, message: String) {
        self.file = file
        line = 0
        column = 0
        self.keyPath = keyPath
        self.message = message
        sourceLine = ""
        caretIndent = 0
    }
}

extension TOMLError: CustomStringConvertible {
    /// File, place, key path and message: `group.toml: line 3, column 7 (group.api): expected a string, found an integer`.
    public var description: String {
        var place = file
        if line > 0 {
            place += place.isEmpty ? "" : ": "
            place += "line \(line), column \(column)"
        }
        if !keyPath.isEmpty {
            place += place.isEmpty ? "(\(keyPath))" : " (\(keyPath))"
        }
        return place.isEmpty ? message : "\(place): \(message)"
    }

    /// The source line and below it a caret that points to the offending place; empty when there is no source.
    public var excerpt: String {
        guard line > 0 else { return "" }
        var indent = ""
        var remaining = caretIndent
        for scalar in sourceLine.unicodeScalars where remaining > 0 {
            // A tab stays a tab, so that the caret lines up however wide the terminal shows it.
            indent += scalar == "\t" ? "\t" : " "
            remaining -= 1
        }
        return "\(sourceLine)\n\(indent)^"
    }
}
