/// The word that announces a here-document: `<<EOF`, `<<-EOF`, `<<"EOF"`, with a descriptor's number before it or not.
struct HeredocStart {
    var delimiter: String
    var expands: Bool
    var stripsTabs: Bool

    init?(_ word: Scalars) {
        var rest = word.drop { $0.isASCIIDigit }
        guard rest.popFirst() == "<", rest.popFirst() == "<" else { return nil }
        stripsTabs = rest.first == "-"
        if stripsTabs { rest.removeFirst() }
        guard !rest.isEmpty, !rest.contains("<") else { return nil }
        expands = !rest.contains { $0.isQuote }
        delimiter = Self.unquoted(rest)
        guard !delimiter.isEmpty else { return nil }
    }

    private static func unquoted(_ word: Scalars) -> String {
        var text: Scalars = []
        var quote: Unicode.Scalar?
        var rest = word
        while let scalar = rest.popFirst() {
            if scalar == "\\", quote != "'" {
                if let escaped = rest.popFirst() { text.append(escaped) }
            } else if scalar == quote {
                quote = nil
            } else if quote == nil, scalar.isQuote {
                quote = scalar
            } else {
                text.append(scalar)
            }
        }
        return text.text
    }
}

extension DockerfileHeredoc {
    /// Reads the lines of a here-document up to the one with its delimiter.
    ///
    /// - Returns: The here-document, or nil when the file ends before it does.
    init?(_ start: HeredocStart, from lines: inout LineReader) throws(DockerfileError) {
        var content = ""
        while let line = try lines.nextPhysical() {
            var candidate = Scalars(line)
            while candidate.last == "\n" || candidate.last == "\r" { candidate.removeLast() }
            if start.stripsTabs { candidate = candidate.drop { $0 == "\t" } }
            if candidate.text == start.delimiter {
                self.init(
                    delimiter: start.delimiter,
                    content: content,
                    expands: start.expands,
                    stripsTabs: start.stripsTabs
                )
                return
            }
            content += line
        }
        return nil
    }
}
