extension TOMLParser {
    /// Reads a value of any type.
    mutating func parseValue() throws(TOMLError) -> TOMLValue {
        switch peek() {
        case .doubleQuote?:
            if peek(ahead: 1) == .doubleQuote, peek(ahead: 2) == .doubleQuote {
                return .string(try parseMultilineBasicString())
            }
            return .string(try parseBasicString())
        case .singleQuote?:
            if peek(ahead: 1) == .singleQuote, peek(ahead: 2) == .singleQuote {
                return .string(try parseMultilineLiteralString())
            }
            return .string(try parseLiteralString())
        case .leftBracket?:
            return .array(try parseArray())
        case .leftBrace?:
            return .table(try parseInlineTable())
        case let byte? where byte.isDigit || byte.isLetter || byte == .plus || byte == .minus || byte == .dot:
            return try parseScalar()
        default:
            throw failure("expected a value, found \(found())")
        }
    }

    private mutating func parseArray() throws(TOMLError) -> TOMLArray {
        try enter()
        let start = cursor
        cursor &+= 1
        var places: [TOMLArray.Place] = []
        try skipBlankLines()
        while !skip(.rightBracket) {
            let offset = UInt32(truncatingIfNeeded: cursor)
            if places.isEmpty { places.reserveCapacity(2) }
            places.append(TOMLArray.Place(value: try parseValue(), offset: offset))
            try skipBlankLines()
            if skip(.comma) {
                try skipBlankLines()
            } else if peek() != .rightBracket {
                throw unclosed("array", start, "expected \",\" or \"]\" in an array, found \(found())")
            }
        }
        openValues &-= 1
        return TOMLArray(places)
    }

    private mutating func parseInlineTable() throws(TOMLError) -> TOMLTable {
        try enter()
        let start = cursor
        cursor &+= 1
        let table = TableStorage(origin: .inline, source: source, offset: UInt32(truncatingIfNeeded: start))
        try skipBlankLines()
        while !skip(.rightBrace) {
            try parseEntry(into: table)
            try skipBlankLines()
            if skip(.comma) {
                try skipBlankLines()
            } else if peek() != .rightBrace {
                throw unclosed("inline table", start, "expected \",\" or \"}\" in an inline table, found \(found())")
            }
        }
        openValues &-= 1
        return TOMLTable(table)
    }

    /// Counts an array or inline table that is being opened.
    private mutating func enter() throws(TOMLError) {
        openValues &+= 1
        guard path.count &+ openValues <= Self.depthLimit else { throw tooDeep() }
    }

    /// At the end of the file the place where the array or table began helps more.
    private func unclosed(_ what: String, _ start: Int, _ message: String) -> TOMLError {
        peek() == nil ? failure("the \(what) that begins here is not closed", at: start) : failure(message)
    }
}
