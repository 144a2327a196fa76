/// Splits a line into words at white space outside of quotes.
///
/// Quotes and escapes stay in the words; they are taken out when variables are expanded, which is not done here.
struct WordReader {
    let escape: Unicode.Scalar

    func words(in line: Scalars) -> [Scalars] {
        var words: [Scalars] = []
        var word: Scalars = []
        var isInWord = false
        var quote: Unicode.Scalar?
        var rest = line
        while let scalar = rest.popFirst() {
            if quote == nil, scalar.isSpace {
                if isInWord { words.append(word) }
                word = []
                isInWord = false
                continue
            }
            // In single quotes nothing is special but the closing one.
            if scalar == escape, quote != "'" {
                guard let escaped = rest.popFirst() else { break }
                word += [scalar, escaped]
                isInWord = true
                continue
            }
            if scalar == quote {
                quote = nil
            } else if quote == nil, scalar.isQuote {
                quote = scalar
            }
            word.append(scalar)
            isInWord = true
        }
        if isInWord { words.append(word) }
        return words
    }
}

/// Takes the flags off the start of an instruction's arguments.
///
/// - Parameter arguments: All that follows the instruction's name.
/// - Returns: The flags without their quotes and escapes, and what comes after them.
func splitFlags(_ arguments: Scalars) -> (flags: [String], rest: Scalars) {
    var flags: [String] = []
    var rest = arguments.trimmedAtStart
    while rest.starts(with: ["-", "-"] as Scalars) {
        let flag = takeUnquotedWord(&rest)
        // Two hyphens alone end the flags.
        guard flag != "--" else { break }
        flags.append(flag)
        rest = rest.trimmedAtStart
    }
    return (flags, rest.trimmed)
}

/// Takes a word off the start, without its quotes and escapes.
private func takeUnquotedWord(_ rest: inout Scalars) -> String {
    var word: Scalars = []
    var quote: Unicode.Scalar?
    while let scalar = rest.first {
        if quote == nil, scalar.isSpace { break }
        rest.removeFirst()
        if scalar == "\\" {
            if let escaped = rest.popFirst() { word.append(escaped) }
        } else if scalar == quote {
            quote = nil
        } else if quote == nil, scalar.isQuote {
            quote = scalar
        } else {
            word.append(scalar)
        }
    }
    return word.text
}
