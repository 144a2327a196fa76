import TOML

/// The text of a configuration, of which single settings change while everything else stays as somebody wrote it.
struct ConfigurationText {
    /// The text.
    private(set) var text: String
    private let file: ConfigurationFile

    /// Takes a text.
    init(_ text: String, of file: ConfigurationFile) {
        self.text = text
        self.file = file
    }

    /// Gives a setting a value, in its place or after the last one.
    /// - Parameters:
    ///   - key: The setting.
    ///   - value: The value.
    /// - Throws: When the text can't be understood, or the setting is a table of its own.
    mutating func set(_ key: String, _ value: TOMLValue) throws(CommandError) {
        let table = try file.parse(text)
        let written = TOMLWriter.write(TOMLTable(dictionaryLiteral: (key, value)))
        var lines = self.lines
        if table[key] != nil {
            let range = try place(of: key, in: table)
            // What follows the value on its line, such as a comment, stays.
            lines.replaceSubrange(range.lines, with: [written.dropLast() + range.after])
        } else {
            lines.insert(written.dropLast() + "", at: try placeForNew(in: table))
        }
        let expected = Self.setting(key, value, in: table)
        try change(to: lines, expected: expected, key)
    }

    /// Takes a setting away, with the lines that it stands on.
    /// - Parameter key: The setting.
    /// - Returns: Whether there was one.
    /// - Throws: When the text can't be understood, or the setting is a table of its own.
    mutating func remove(_ key: String) throws(CommandError) -> Bool {
        var table = try file.parse(text)
        guard table[key] != nil else { return false }
        var lines = self.lines
        lines.removeSubrange(try place(of: key, in: table).lines)
        table.remove(key)
        try change(to: lines, expected: table, key)
        return true
    }

    // MARK: - Places

    /// The lines without their ends; a carriage return stays.
    private var lines: [Substring] {
        text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { Substring($0) }
    }

    /// Takes the new lines, if they say what they should and nothing else.
    private mutating func change(to lines: [Substring], expected: TOMLTable, _ key: String) throws(CommandError) {
        var changed = lines.joined(separator: "\n")
        if !changed.isEmpty, changed.unicodeScalars.last != "\n" { changed += "\n" }
        guard try Self.isSame(file.parse(changed), expected) else { throw cannotChange(key) }
        text = changed
    }

    /// The lines of a setting, and what follows its value on the last of them.
    private func place(of key: String, in table: TOMLTable) throws(CommandError) -> (
        lines: Range<Int>, after: Substring
    ) {
        guard let position = table.position(of: key), !(table[key]?.tableValue != nil && isHeader(position)) else {
            throw cannotChange(key)
        }
        let lines = self.lines
        let first = position.line - 1
        guard lines.indices.contains(first) else { throw cannotChange(key) }
        var end = ValueEnd()
        for number in first..<lines.count {
            let line = lines[number].unicodeScalars
            let start = number == first ? min(position.column - 1, line.count) : 0
            if let offset = end.find(in: line.dropFirst(start)) {
                return (first..<number + 1, Substring(line.dropFirst(start + offset)))
            }
        }
        return (first..<lines.count, "")
    }

    private func isHeader(_ position: TOMLPosition) -> Bool {
        let line = lines[min(position.line - 1, lines.count - 1)]
        return line.drop { $0 == " " || $0 == "\t" }.hasPrefix("[")
    }

    /// The line before which a new setting belongs: after the last setting that is no table of its own.
    private func placeForNew(in table: TOMLTable) throws(CommandError) -> Int {
        var line = 0
        var hasTables = false
        for key in table.keys {
            if let place = try? place(of: key, in: table) {
                line = max(line, place.lines.upperBound)
            } else {
                hasTables = true
            }
        }
        if line > 0 { return line }
        // Comments at the top stay at the top.
        return hasTables ? 0 : lines.count - (text.isEmpty || text.unicodeScalars.last == "\n" ? 1 : 0)
    }

    private func cannotChange(_ key: String) -> CommandError {
        .usage("can't change '\(key)' in \(file.path ?? "the configuration")", help: "change it with an editor")
    }

    // MARK: - Values

    private static func setting(_ key: String, _ value: TOMLValue, in table: TOMLTable) -> TOMLTable {
        var table = table
        table.set(key, value)
        return table
    }

    private static func isSame(_ left: TOMLTable, _ right: TOMLTable) -> Bool {
        left.sortedByKey() == right.sortedByKey()
    }
}

/// Finds where a value ends, line by line.
struct ValueEnd {
    private var depth = 0
    /// The quotes that end the string that is being read, such as `"""`.
    private var quotes: [Unicode.Scalar] = []

    /// Reads a line of a value, or the rest of its first line.
    /// - Parameter line: The line without its end.
    /// - Returns: How many scalars of it belong to the value; nil where it goes on in the next line.
    mutating func find(in line: some Collection<Unicode.Scalar>) -> Int? {
        let scalars = Array(line)
        var offset = 0
        while offset < scalars.count {
            let scalar = scalars[offset]
            if !quotes.isEmpty {
                offset += endOfString(scalars[offset...])
                continue
            }
            switch scalar {
            case "\"", "'":
                let isLong = scalars[offset...].starts(with: [scalar, scalar, scalar])
                quotes = Array(repeating: scalar, count: isLong ? 3 : 1)
                offset += quotes.count
                continue
            case "[", "{": depth += 1
            case "]", "}": depth -= 1
            case "#":
                return depth > 0 ? nil : trimmed(scalars[..<offset])
            default: break
            }
            offset += 1
        }
        return depth > 0 || quotes.count == 3 ? nil : trimmed(scalars[...])
    }

    /// How many scalars to go on by within a string.
    private mutating func endOfString(_ rest: ArraySlice<Unicode.Scalar>) -> Int {
        if rest.first == "\\", quotes.first == "\"" { return 2 }
        guard rest.starts(with: quotes) else { return 1 }
        // Up to two quotes may stand before the three that end a string.
        let count = rest.prefix { $0 == quotes.first }.count
        let length = quotes.count == 1 ? 1 : min(count, 5)
        quotes = []
        return length
    }

    private func trimmed(_ scalars: ArraySlice<Unicode.Scalar>) -> Int {
        var end = scalars.endIndex
        while end > scalars.startIndex, [" ", "\t", "\r"].contains(scalars[end - 1]) { end -= 1 }
        return end - scalars.startIndex
    }
}
