extension TOMLParser {
    /// Reads a boolean, a number, a date or a time: everything that is made of letters, digits, signs and points.
    mutating func parseScalar() throws(TOMLError) -> TOMLValue {
        let start = cursor
        var end = start
        while end < text.count, isScalarByte(text[end]) { end &+= 1 }
        cursor = end
        // A space instead of a T, if a time follows.
        if cursor - start == 10, text[start &+ 4] == .minus, text[start].isDigit,
            peek() == .space, peek(ahead: 1)?.isDigit == true
        {
            cursor &+= 1
            while let byte = peek(), isScalarByte(byte) { cursor &+= 1 }
        }
        let token = ScalarToken(text: UnsafeBufferPointer(rebasing: text[start..<cursor]))
        do {
            return try token.value()
        } catch {
            throw failure(error.message(of: token), at: start)
        }
    }

    private func isScalarByte(_ byte: UInt8) -> Bool {
        byte.isDigit || byte.isLetter || byte == .underscore || byte == .dot || byte == .minus || byte == .plus
            || byte == .colon
    }
}

/// What can be wrong with a boolean, a number, a date or a time.
enum ScalarError: Error {
    case notAValue
    case number(String)
    case dateTime(String)

    func message(of token: ScalarToken) -> String {
        switch self {
        case .notAValue: "expected a value, found \"\(token.excerpt)\"; strings need quotes"
        case .number(let reason): "invalid number \"\(token.excerpt)\": \(reason)"
        case .dateTime(let reason): "invalid date or time \"\(token.excerpt)\": \(reason)"
        }
    }
}

/// The bytes of a boolean, a number, a date or a time.
struct ScalarToken {
    let text: UnsafeBufferPointer<UInt8>

    /// The token, cut off if it is long, for messages.
    var excerpt: String {
        let limit = 40
        let start = String(decoding: text.prefix(limit), as: UTF8.self)
        return text.count > limit ? "\(start)…" : start
    }

    func value() throws(ScalarError) -> TOMLValue {
        if text[0].isDigit {
            if text.count > 2, text[2] == .colon { return .localTime(try localTime()) }
            if text.count > 4, text[4] == .minus, text[1].isDigit { return try dateTime() }
            return try number()
        }
        if self == "true" { return .boolean(true) }
        if self == "false" { return .boolean(false) }
        let isSigned = text[0] == .plus || text[0] == .minus
        let unsigned = isSigned ? ScalarToken(text: UnsafeBufferPointer(rebasing: text.dropFirst())) : self
        if unsigned == "inf" { return .float(text[0] == .minus ? -Double.infinity : Double.infinity) }
        if unsigned == "nan" { return .float(text[0] == .minus ? -Double.nan : Double.nan) }
        if isSigned || text[0] == .dot { return try number() }
        throw .notAValue
    }

    static func == (token: ScalarToken, word: StaticString) -> Bool {
        sameBytes(
            UnsafeRawBufferPointer(token.text),
            UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        )
    }
}
