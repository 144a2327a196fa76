// MARK: - Single-line strings

extension TOMLParser {
    /// Reads a string in double quotes; the cursor is at the first of them.
    mutating func parseBasicString() throws(TOMLError) -> String {
        let start = cursor
        cursor &+= 1
        skipText(until: .doubleQuote, or: .backslash)
        if skip(.doubleQuote) { return string(UnsafeBufferPointer(rebasing: text[(start &+ 1)..<(cursor &- 1)])) }

        scratch.removeAll(keepingCapacity: true)
        var copied = start &+ 1
        while peek() == .backslash {
            take(copied..<cursor)
            try parseEscape()
            copied = cursor
            skipText(until: .doubleQuote, or: .backslash)
        }
        take(copied..<cursor)
        guard skip(.doubleQuote) else { throw unclosedString(start) }
        return String(decoding: scratch, as: UTF8.self)
    }

    /// Reads a string in single quotes; the cursor is at the first of them.
    mutating func parseLiteralString() throws(TOMLError) -> String {
        let start = cursor
        cursor &+= 1
        skipText(until: .singleQuote, or: .singleQuote)
        guard skip(.singleQuote) else { throw unclosedString(start) }
        return string(UnsafeBufferPointer(rebasing: text[(start &+ 1)..<(cursor &- 1)]))
    }

    /// Adds a part of the document to the scratch buffer.
    private mutating func take(_ range: Range<Int>) {
        scratch.append(contentsOf: UnsafeBufferPointer(rebasing: text[range]))
    }

    /// What is wrong with a string that came to an end before its closing quote.
    private func unclosedString(_ start: Int) -> TOMLError {
        switch peek() {
        case nil, .lineFeed?: failure("the string that begins here is not closed", at: start)
        case .carriageReturn? where peek(ahead: 1) == .lineFeed:
            failure("the string that begins here is not closed", at: start)
        default: failure("\(found()) in a string")
        }
    }
}

// MARK: - Multi-line strings

extension TOMLParser {
    /// Reads a string in three double quotes; the cursor is at the first of them.
    mutating func parseMultilineBasicString() throws(TOMLError) -> String {
        let start = cursor
        try openMultiline()
        while let byte = peek() {
            switch byte {
            case .doubleQuote:
                if closeMultiline(.doubleQuote) { return String(decoding: scratch, as: UTF8.self) }
            case .backslash:
                if try !skipLineContinuation() { try parseEscape() }
            default:
                try appendMultiline(until: .doubleQuote, or: .backslash)
            }
        }
        throw failure("the string that begins here is not closed", at: start)
    }

    /// Reads a string in three single quotes; the cursor is at the first of them.
    mutating func parseMultilineLiteralString() throws(TOMLError) -> String {
        let start = cursor
        try openMultiline()
        while let byte = peek() {
            if byte == .singleQuote {
                if closeMultiline(.singleQuote) { return String(decoding: scratch, as: UTF8.self) }
            } else {
                try appendMultiline(until: .singleQuote, or: .singleQuote)
            }
        }
        throw failure("the string that begins here is not closed", at: start)
    }

    /// Steps over the opening quotes and a line end right after them.
    private mutating func openMultiline() throws(TOMLError) {
        scratch.removeAll(keepingCapacity: true)
        cursor &+= 3
        _ = try skipLineEnd()
    }

    /// Takes the quotes at the cursor: three or more end the string, and up to two before those belong to it.
    private mutating func closeMultiline(_ quote: UInt8) -> Bool {
        var count = 0
        while count < 5, peek(ahead: count) == quote { count &+= 1 }
        cursor &+= count
        let own = count < 3 ? count : count &- 3
        for _ in 0..<own { scratch.append(quote) }
        return count >= 3
    }

    /// Takes text up to one of two bytes or the end of the line, or takes the line end.
    private mutating func appendMultiline(until stop: UInt8, or other: UInt8) throws(TOMLError) {
        let start = cursor
        skipText(until: stop, or: other)
        if cursor == start, try !skipLineEnd() { throw failure("\(found()) in a string") }
        take(start..<cursor)
    }

    /// Steps over a backslash at the end of a line and all white space after it; tells whether there was one.
    private mutating func skipLineContinuation() throws(TOMLError) -> Bool {
        let start = cursor
        cursor &+= 1
        skipBlanks()
        guard try skipLineEnd() else {
            cursor = start
            return false
        }
        repeat { skipBlanks() } while try skipLineEnd()
        return true
    }
}

// MARK: - Escapes

extension TOMLParser {
    /// Reads an escape sequence and adds what it stands for to the scratch buffer.
    private mutating func parseEscape() throws(TOMLError) {
        let start = cursor
        cursor &+= 1
        let letter = peek()
        cursor &+= 1
        switch letter {
        case UInt8(ascii: "b")?: scratch.append(0x08)
        case UInt8(ascii: "t")?: scratch.append(.tab)
        case UInt8(ascii: "n")?: scratch.append(.lineFeed)
        case UInt8(ascii: "f")?: scratch.append(0x0C)
        case UInt8(ascii: "r")?: scratch.append(.carriageReturn)
        case UInt8(ascii: "e")?: scratch.append(.escape)
        case .doubleQuote?: scratch.append(.doubleQuote)
        case .backslash?: scratch.append(.backslash)
        case UInt8(ascii: "x")?: try parseCodePoint(digits: 2, start)
        case UInt8(ascii: "u")?: try parseCodePoint(digits: 4, start)
        case UInt8(ascii: "U")?: try parseCodePoint(digits: 8, start)
        default:
            throw failure(
                "unknown escape sequence; expected one of \\b \\t \\n \\f \\r \\e \\\" \\\\ \\xHH \\uHHHH \\UHHHHHHHH",
                at: start
            )
        }
    }

    private mutating func parseCodePoint(digits: Int, _ start: Int) throws(TOMLError) {
        var code: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = peek()?.digitValue else {
                throw failure("expected \(digits) hexadecimal digits in an escape sequence, found \(found())")
            }
            code = code &<< 4 | UInt32(digit)
            cursor &+= 1
        }
        guard let scalar = Unicode.Scalar(code) else {
            throw failure("an escape sequence has to stand for a Unicode scalar value", at: start)
        }
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
            scratch.append(byte)
        }
    }
}
