/// The variables of an os-release file.
///
/// The format is a subset of shell assignments: values may be in double quotes, with a backslash before `"`, `$`, `\` and
/// a back quote, in single quotes, or in none. White space around names and values, and lines that assign nothing, are
/// ignored. See [os-release(5)](https://www.freedesktop.org/software/systemd/man/latest/os-release.html).
struct OSRelease {
    /// The values by name, without white space around them; of several assignments, the last one counts.
    private(set) var values: [String: String] = [:]

    /// Reads the text of a file.
    init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.drop(while: \.isWhitespace)
            guard line.first != "#", let equals = line.firstIndex(of: "=") else { continue }
            let name = Self.trimmed(line[..<equals])
            guard !name.isEmpty else { continue }
            let value = Self.value(Self.trimmed(line[line.index(after: equals)...]))
            values[String(name)] = String(Self.trimmed(value[...]))
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace ?? false { text.removeLast() }
        return text
    }

    /// Takes quotes and backslashes away, as a shell does.
    private static func value(_ text: Substring) -> String {
        var result = ""
        var quote: Character?
        var isEscaped = false
        for character in text {
            if isEscaped {
                // Between double quotes, a backslash is only special before some characters.
                if quote == "\"", !"\"$\\`".contains(character) { result.append("\\") }
                result.append(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if character == quote {
                quote = nil
            } else if quote == nil, character == "\"" || character == "'" {
                quote = character
            } else if quote == nil, character.isWhitespace {
                // White space outside of quotes ends the value.
                break
            } else {
                result.append(character)
            }
        }
        return result
    }
}
