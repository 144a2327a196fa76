/// Reads one text from its bytes and remembers places as offsets.
struct JSONReader: ~Copyable {
    /// What is wrong at which byte.
    struct Failure: Error {
        var message: String
        var offset: Int
    }

    let text: UnsafeBufferPointer<UInt8>
    private let duplicateKeys: JSONParser.DuplicateKeys
    /// The offset of the next byte to read.
    var cursor = 0
    private var depth = 0
    /// The text of a string with escapes while it is put together.
    var scratch: [UInt8] = []

    init(_ text: UnsafeBufferPointer<UInt8>, _ duplicateKeys: JSONParser.DuplicateKeys) {
        self.text = text
        self.duplicateKeys = duplicateKeys
    }

    /// Reads the one value of the text.
    mutating func readText() throws(Failure) -> JSONValue {
        skipSpace()
        let value = try readValue()
        skipSpace()
        guard cursor == text.count else { throw failure("expected the end of the text, found \(found())") }
        return value
    }

    private mutating func readValue() throws(Failure) -> JSONValue {
        switch peek() {
        case UInt8(ascii: "{")?: return .object(try readObject())
        case UInt8(ascii: "[")?: return .array(try readArray())
        case UInt8(ascii: "\"")?: return .string(try readString())
        case UInt8(ascii: "-")?, (UInt8(ascii: "0")...UInt8(ascii: "9"))?: return .number(try readNumber())
        case UInt8(ascii: "t")? where skip("true"): return .boolean(true)
        case UInt8(ascii: "f")? where skip("false"): return .boolean(false)
        case UInt8(ascii: "n")? where skip("null"): return .null
        default: throw failure("expected a value, found \(found())")
        }
    }

    private mutating func readArray() throws(Failure) -> [JSONValue] {
        try enter()
        var elements: [JSONValue] = []
        skipSpace()
        if skip(UInt8(ascii: "]")) { return leave(elements) }
        while true {
            elements.append(try readValue())
            skipSpace()
            if skip(UInt8(ascii: "]")) { return leave(elements) }
            guard skip(UInt8(ascii: ",")) else { throw failure("expected \",\" or \"]\", found \(found())") }
            skipSpace()
        }
    }

    private mutating func readObject() throws(Failure) -> JSONObject {
        try enter()
        var object = JSONObject()
        skipSpace()
        if skip(UInt8(ascii: "}")) { return leave(object) }
        while true {
            let start = cursor
            guard peek() == UInt8(ascii: "\"") else { throw failure("expected a key in quotes, found \(found())") }
            let key = try readString()
            skipSpace()
            guard skip(UInt8(ascii: ":")) else { throw failure("expected \":\" after the key, found \(found())") }
            skipSpace()
            let value = try readValue()
            if !object.add(key, value) {
                guard duplicateKeys == .lastWins else {
                    throw Failure(message: "duplicate key \"\(key)\"", offset: start)
                }
                object[key] = value
            }
            skipSpace()
            if skip(UInt8(ascii: "}")) { return leave(object) }
            guard skip(UInt8(ascii: ",")) else { throw failure("expected \",\" or \"}\", found \(found())") }
            skipSpace()
        }
    }

    private mutating func enter() throws(Failure) {
        depth += 1
        guard depth <= JSONParser.depthLimit else {
            throw failure("nested more than \(JSONParser.depthLimit) levels deep")
        }
        cursor += 1
    }

    private mutating func leave<Value>(_ value: Value) -> Value {
        depth -= 1
        return value
    }

    private mutating func readNumber() throws(Failure) -> JSONNumber {
        let start = cursor
        _ = skip(UInt8(ascii: "-"))
        if skip(UInt8(ascii: "0")) {
            guard !isDigit(peek()) else { throw failure("a number can't begin with a zero", at: start) }
        } else {
            try skipDigits()
        }
        if skip(UInt8(ascii: ".")) { try skipDigits() }
        if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
            if !skip(UInt8(ascii: "+")) { _ = skip(UInt8(ascii: "-")) }
            try skipDigits()
        }
        return JSONNumber(validated: String(decoding: text[start..<cursor], as: UTF8.self))
    }

    private mutating func skipDigits() throws(Failure) {
        guard isDigit(peek()) else { throw failure("expected a digit, found \(found())") }
        while isDigit(peek()) { cursor &+= 1 }
    }

    private func isDigit(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return byte &- UInt8(ascii: "0") < 10
    }
}

// MARK: - Bytes and errors

extension JSONReader {
    /// The next byte, or nil at the end.
    func peek() -> UInt8? {
        cursor < text.count ? text[cursor] : nil
    }

    /// Steps over the next byte if it is this one.
    mutating func skip(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        cursor &+= 1
        return true
    }

    /// Steps over a word if it comes next.
    private mutating func skip(_ word: StaticString) -> Bool {
        let bytes = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard text[cursor...].starts(with: bytes) else { return false }
        cursor &+= bytes.count
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek(),
            byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
                || byte == UInt8(ascii: "\t")
        {
            cursor &+= 1
        }
    }

    /// A failure at a place, or at the next byte.
    func failure(_ message: String, at offset: Int? = nil) -> Failure {
        Failure(message: message, offset: offset ?? cursor)
    }

    /// What stands at the cursor, for messages.
    func found() -> String {
        guard let byte = peek() else { return "the end of the text" }
        switch byte {
        case UInt8(ascii: "\""): return "a string"
        case 0..<0x20, 0x7F: return "control character \(byte)"
        default:
            var end = cursor + 1
            while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
            return "\"\(String(decoding: text[cursor..<end], as: UTF8.self))\""
        }
    }
}
