// Dockerfiles are read as Unicode scalars: one of Swift's characters may be several of them, such as the two of a line
// end.

/// A piece of a line.
typealias Scalars = ArraySlice<Unicode.Scalar>

extension Unicode.Scalar {
    var isSpace: Bool { properties.isWhitespace }

    var isQuote: Bool { self == "'" || self == "\"" }

    /// What separates an instruction from its arguments, and words that can't be quoted.
    var isBlank: Bool { self == " " || self == "\t" || self == "\u{B}" || self == "\u{C}" || self == "\r" }

    var isASCIILetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) }

    var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}

extension Scalars {
    init(_ text: String) {
        self = Array(text.unicodeScalars)[...]
    }

    var text: String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: self)
        return String(text)
    }

    /// Without white space at the start.
    var trimmedAtStart: Scalars { drop { $0.isSpace } }

    /// Without white space at both ends.
    var trimmed: Scalars {
        var rest = trimmedAtStart
        while rest.last?.isSpace == true { rest.removeLast() }
        return rest
    }

    /// The parts between runs of blanks.
    var blankSeparated: [String] {
        split(omittingEmptySubsequences: true) { $0.isBlank }.map { $0.text }
    }

    /// The text before the first equals sign and the text after it; nil without one.
    var splitAtEquals: (name: Scalars, value: Scalars)? {
        guard let place = firstIndex(of: "=") else { return nil }
        return (self[..<place], self[(place + 1)...])
    }
}
