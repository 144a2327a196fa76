/// Reads a file of variables from front to end.
struct EnvFileReader {
    private let bytes: [UInt8]
    private let file: String
    private var index: Int
    private var line = 1

    init(_ bytes: [UInt8], file: String) {
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        (self.bytes, self.file) = (bytes, file)
        index = bytes.starts(with: byteOrderMark) ? 3 : 0
    }

    mutating func settings() throws(DistributionError) -> [VariableSetting] {
        var settings: [VariableSetting] = []
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): advance()
            case UInt8(ascii: "#"): skipLine()
            default: settings.append(try setting())
            }
        }
        return settings
    }

    /// Reads one setting, with what follows it on its line.
    private mutating func setting() throws(DistributionError) -> VariableSetting {
        let start = line
        var name = try name()
        if name == "export", let byte = peek(), byte != UInt8(ascii: "="), !isAtEnd { name = try self.name() }
        guard peek() == UInt8(ascii: "=") else {
            guard isAtEnd else { throw fail("expected '=' behind '\(name)'") }
            skipLine()
            return try made(name, nil, start)
        }
        advance()
        skipBlanks()
        switch peek() {
        case UInt8(ascii: "'"): return try made(name, try quoted(UInt8(ascii: "'")), start)
        case UInt8(ascii: "\""): return try made(name, try quoted(UInt8(ascii: "\"")), start)
        default: return try made(name, try plainValue(), start)
        }
    }

    private func made(_ name: String, _ value: String?, _ line: Int) throws(DistributionError) -> VariableSetting {
        do {
            return try VariableSetting(name: name, value: value)
        } catch {
            throw fail(error.description, at: line)
        }
    }

    // MARK: - Parts

    private mutating func name() throws(DistributionError) -> String {
        let start = index
        while let byte = peek(), byte != UInt8(ascii: "="), byte > 0x20 { advance() }
        let name = try text(bytes[start..<index], line)
        skipBlanks()
        return name
    }

    private mutating func plainValue() throws(DistributionError) -> String {
        let start = index
        var end = index
        while let byte = peek(), byte != UInt8(ascii: "\n") {
            let isBlank = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
            // A comment begins at the value's start or behind a blank.
            if byte == UInt8(ascii: "#"), index == start || end < index { break }
            advance()
            if !isBlank { end = index }
        }
        let value = try text(bytes[start..<end], line)
        skipLine()
        return value
    }

    private mutating func quoted(_ quote: UInt8) throws(DistributionError) -> String {
        let start = line
        var value: [UInt8] = []
        advance()
        while true {
            guard let byte = peek() else { throw fail("the quote is not closed", at: start) }
            advance()
            if byte == quote { break }
            if byte == UInt8(ascii: "\r"), peek() == UInt8(ascii: "\n") { continue }
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\""), let escaped = peek() {
                advance()
                value += Self.meaning(ofEscaped: escaped)
            } else {
                value.append(byte)
            }
        }
        skipBlanks()
        guard isAtEnd else { throw fail("unexpected text behind the closing quote") }
        skipLine()
        return try text(value[...], start)
    }

    private static func meaning(ofEscaped byte: UInt8) -> [UInt8] {
        switch byte {
        case UInt8(ascii: "n"): [UInt8(ascii: "\n")]
        case UInt8(ascii: "r"): [UInt8(ascii: "\r")]
        case UInt8(ascii: "t"): [UInt8(ascii: "\t")]
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"), UInt8(ascii: "`"): [byte]
        case UInt8(ascii: "\n"): []
        default: [UInt8(ascii: "\\"), byte]
        }
    }

    // MARK: - Bytes

    private func peek() -> UInt8? { index < bytes.count ? bytes[index] : nil }

    /// Whether what is left of the line doesn't count.
    private var isAtEnd: Bool {
        switch peek() {
        case nil, UInt8(ascii: "\n"), UInt8(ascii: "#"): true
        default: false
        }
    }

    private mutating func advance() {
        if bytes[index] == UInt8(ascii: "\n") { line += 1 }
        index += 1
    }

    private mutating func skipBlanks() {
        while let byte = peek(), byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r") {
            advance()
        }
    }

    private mutating func skipLine() {
        while let byte = peek(), byte != UInt8(ascii: "\n") { advance() }
    }

    private func text(_ bytes: ArraySlice<UInt8>, _ line: Int) throws(DistributionError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw fail("it is not UTF-8", at: line) }
        return text
    }

    private func fail(_ reason: String, at line: Int? = nil) -> DistributionError {
        .line(file: file, line: line ?? self.line, reason: reason)
    }
}
