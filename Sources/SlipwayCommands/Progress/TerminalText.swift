/// What children write, made fit for a place on somebody else's screen.
enum TerminalText {
    /// The text of a line alone: without escape sequences and control characters.
    ///
    /// Of a line that writes over itself, as progress bars do, what stands there at last.
    /// - Parameter line: The line as it was written.
    /// - Returns: The text, with spaces in place of tabs.
    static func plain(_ line: String) -> String {
        scan(line, keepingColors: false)
    }

    /// The text of a line with its colours, which end with the line, but with nothing that moves the cursor, erases,
    /// renames the window or rings.
    /// - Parameter line: The line as it was written.
    /// - Returns: The text, with spaces in place of tabs.
    static func colored(_ line: String) -> String {
        let text = scan(line, keepingColors: true)
        return text.unicodeScalars.contains(escape) ? text + "\u{1b}[0m" : text
    }

    /// How many columns a text without escape sequences takes.
    static func width(_ text: some StringProtocol) -> Int {
        text.reduce(0) { $0 + width($1) }
    }

    /// The beginning of a text that fits into some columns, with a sign that there was more.
    static func fitting(_ text: String, columns: Int) -> String {
        guard width(text) > columns else { return text }
        var result = ""
        var left = columns - 1
        for character in text {
            left -= width(character)
            guard left >= 0 else { break }
            result.append(character)
        }
        return columns > 0 ? result + "…" : ""
    }

    // MARK: - Escape sequences

    private static let escape: Unicode.Scalar = "\u{1b}"

    private static func scan(_ line: String, keepingColors: Bool) -> String {
        var result = String.UnicodeScalarView()
        var column = 0
        var rest = Substring(line).unicodeScalars
        // The end of the line is no return to its beginning.
        while rest.last == "\r" { rest.removeLast() }
        while let scalar = rest.popFirst() {
            switch scalar {
            case escape:
                let sequence = takeSequence(&rest)
                if keepingColors, isColor(sequence) { result.append(contentsOf: [escape] + sequence) }
            case "\u{9b}": takeParameters(&rest)
            case "\r":
                result.removeAll()
                column = 0
            case "\t":
                let spaces = 8 - column % 8
                result.append(contentsOf: String(repeating: " ", count: spaces).unicodeScalars)
                column += spaces
            case _ where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) || isDirection(scalar): break
            default:
                result.append(scalar)
                column += 1
            }
        }
        return String(result)
    }

    /// Takes what follows an escape character, to the end of its sequence.
    private static func takeSequence(_ rest: inout Substring.UnicodeScalarView) -> [Unicode.Scalar] {
        guard let kind = rest.popFirst() else { return [] }
        switch kind {
        case "[": return [kind] + takeParameters(&rest)
        case "]", "P", "X", "^", "_":
            // A text that ends with a bell or an escape sequence of its own.
            while let scalar = rest.popFirst(), scalar != "\u{7}" {
                if scalar == escape {
                    _ = rest.popFirst()
                    break
                }
            }
            return [kind]
        case " "..."/":
            _ = rest.popFirst()
            return [kind]
        default: return [kind]
        }
    }

    /// Takes the parameters of a control sequence and the letter that ends it.
    @discardableResult
    private static func takeParameters(_ rest: inout Substring.UnicodeScalarView) -> [Unicode.Scalar] {
        var taken: [Unicode.Scalar] = []
        while let scalar = rest.popFirst() {
            taken.append(scalar)
            if (0x40...0x7e).contains(scalar.value) { break }
        }
        return taken
    }

    private static func isColor(_ sequence: [Unicode.Scalar]) -> Bool {
        guard sequence.first == "[", sequence.last == "m" else { return false }
        return sequence.dropFirst().dropLast().allSatisfy { ("0"..."9").contains($0) || $0 == ";" || $0 == ":" }
    }

    /// Whether a scalar changes the direction of the text after it, with which lines can be made to lie.
    private static func isDirection(_ scalar: Unicode.Scalar) -> Bool {
        (0x202a...0x202e).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    }

    // MARK: - Columns

    private static func width(_ character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        if first.value < 0x300 { return 1 }
        let properties = first.properties
        if properties.generalCategory == .nonspacingMark || properties.generalCategory == .enclosingMark { return 0 }
        if properties.isEmojiPresentation || character.unicodeScalars.contains("\u{fe0f}") { return 2 }
        return wideRanges.contains { $0.contains(first.value) } ? 2 : 1
    }

    /// Scripts whose characters take two columns.
    private static let wideRanges: [ClosedRange<UInt32>] = [
        0x1100...0x115f, 0x2e80...0x303e, 0x3041...0x33ff, 0x3400...0x4dbf, 0x4e00...0x9fff, 0xa000...0xa4cf,
        0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe4f, 0xff00...0xff60, 0xffe0...0xffe6, 0x20000...0x3fffd,
    ]
}
