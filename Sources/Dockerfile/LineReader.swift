/// Reads the lines that make up instructions: joins continued ones, leaves out comments, obeys parser directives.
struct LineReader {
    /// An instruction's text in one line.
    struct Line {
        var text: Scalars
        /// The number of its first line, from 1.
        var number: Int
        /// The column of its first scalar, from 1.
        var column: Int
    }

    /// The character that escapes others and continues lines.
    private(set) var escape: Unicode.Scalar = "\\"
    /// The number of the line read last, from 1.
    private(set) var number = 0
    /// All lines, with their line ends.
    private var lines: ArraySlice<ArraySlice<UInt8>>
    private var seenDirectives: Set<String> = []
    private var mayHaveDirectives = true

    /// The reference reads lines into a buffer of this size.
    private static let longestLine = 65_535

    init(_ bytes: [UInt8]) {
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: byteOrderMark) ? bytes.dropFirst(3) : bytes[...]
        var lines: [ArraySlice<UInt8>] = []
        var start = text.startIndex
        while start < text.endIndex {
            let end = text[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? text.endIndex
            lines.append(text[start..<end])
            start = end
        }
        self.lines = lines[...]
    }

    /// The next instruction, or nil at the end.
    mutating func next() throws(DockerfileError) -> Line? {
        while let physical = try nextPhysical() {
            let whole = trimmedLineEnd(physical)
            let trimmed = whole.trimmedAtStart
            try readDirective(trimmed)
            guard trimmed.first != "#" else { continue }
            var line = Line(text: trimmed, number: number, column: whole.count - trimmed.count + 1)
            var continues = removeContinuation(&line.text)
            guard continues || !line.text.isEmpty else { continue }
            while continues, let physical = try nextPhysical() {
                // Comments and empty lines in between don't end the instruction.
                var more = trimmedLineEnd(physical)
                let content = more.trimmedAtStart
                guard let first = content.first, first != "#" else { continue }
                continues = removeContinuation(&more)
                line.text += more
            }
            return line
        }
        return nil
    }

    /// The next line as it is, with its line end; nil at the end.
    mutating func nextPhysical() throws(DockerfileError) -> String? {
        guard let bytes = lines.popFirst() else { return nil }
        number += 1
        guard bytes.count <= Self.longestLine else {
            throw DockerfileError(
                line: number,
                column: 1,
                message: "dockerfile line greater than max allowed size of \(Self.longestLine)"
            )
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func trimmedLineEnd(_ line: String) -> Scalars {
        var line = Scalars(line)
        while line.last == "\n" || line.last == "\r" { line.removeLast() }
        return line
    }

    /// Takes the escape character off the end of a line, if it stands there alone, and tells whether it did.
    private func removeContinuation(_ line: inout Scalars) -> Bool {
        var rest = line
        while rest.last == " " || rest.last == "\t" { rest.removeLast() }
        guard rest.popLast() == escape, rest.last != escape else { return false }
        line = rest
        return true
    }

    // MARK: Directives

    /// Obeys a `# name=value` line; these count only before all else in the file.
    private mutating func readDirective(_ line: Scalars) throws(DockerfileError) {
        guard mayHaveDirectives else { return }
        mayHaveDirectives = false
        guard line.first == "#", let (left, right) = line.dropFirst().splitAtEquals else { return }
        let name = left.trimmed.text.lowercased()
        let value = right.trimmed.text
        guard ["escape", "syntax", "check"].contains(name), !value.isEmpty else { return }
        mayHaveDirectives = true
        guard seenDirectives.insert(name).inserted else {
            throw DockerfileError(
                line: number,
                column: 1,
                message: "only one \(name) parser directive can be used"
            )
        }
        guard name == "escape" else { return }
        guard value == "\\" || value == "`" else {
            throw DockerfileError(
                line: number,
                column: 1,
                message: "invalid escape token '\(value)' does not match ` or \\"
            )
        }
        escape = value == "`" ? "`" : "\\"
    }
}
