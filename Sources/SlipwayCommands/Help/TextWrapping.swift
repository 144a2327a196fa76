/// Breaking text into lines.
enum TextWrapping {
    /// The lines of a text, broken between words.
    /// - Parameters:
    ///   - text: The text; its line ends count as spaces.
    ///   - width: The most characters of a line; a longer word gets a line of its own.
    /// - Returns: The lines; one empty line for an empty text.
    static func lines(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            if line.isEmpty {
                line = String(word)
            } else if line.count + 1 + word.count <= width {
                line += " \(word)"
            } else {
                lines.append(line)
                line = String(word)
            }
        }
        return lines + [line]
    }

    /// Two columns: names, and what they mean, each below the other.
    /// - Parameters:
    ///   - rows: The names with their meanings.
    ///   - indent: The spaces before names.
    ///   - column: Where meanings begin; a longer name gets a line of its own.
    ///   - width: The most characters of a line.
    /// - Returns: The lines, each with its end.
    static func columns(_ rows: [(name: String, meaning: String)], indent: Int, column: Int, width: Int) -> String {
        var text = ""
        for (name, meaning) in rows {
            let start = String(repeating: " ", count: indent) + name
            let lines = lines(meaning, width: max(20, width - column))
            let margin = String(repeating: " ", count: column)
            if start.count + 2 > column {
                text += start + "\n" + lines.map { "\(margin)\($0)\n" }.joined()
            } else {
                text += start + String(repeating: " ", count: column - start.count) + lines[0] + "\n"
                text += lines.dropFirst().map { "\(margin)\($0)\n" }.joined()
            }
        }
        return text
    }
}
