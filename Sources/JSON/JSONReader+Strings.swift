extension JSONReader {
    /// Reads a string; the cursor is at its opening quote.
    mutating func readString() throws(Failure) -> String {
        let opening = cursor
        cursor &+= 1
        let start = cursor
        scratch.removeAll(keepingCapacity: true)
        var hasEscapes = false
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\""):
                let bytes = start..<cursor
                cursor &+= 1
                guard !hasEscapes else { return String(decoding: scratch, as: UTF8.self) }
                return String(decoding: UnsafeBufferPointer(rebasing: text[bytes]), as: UTF8.self)
            case UInt8(ascii: "\\"):
                if !hasEscapes { scratch.append(contentsOf: text[start..<cursor]) }
                hasEscapes = true
                try readEscape()
            case 0..<0x20:
                throw failure("a control character in a string has to be escaped")
            case 0x20..<0x80:
                if hasEscapes { scratch.append(byte) }
                cursor &+= 1
            default:
                guard let length = sequenceLength() else { throw failure("invalid UTF-8") }
                if hasEscapes { scratch.append(contentsOf: text[cursor..<(cursor + length)]) }
                cursor &+= length
            }
        }
        throw failure("the string that begins here is not closed", at: opening)
    }

    private mutating func readEscape() throws(Failure) {
        let start = cursor
        cursor &+= 1
        let letter = peek()
        cursor &+= 1
        switch letter {
        case UInt8(ascii: "\"")?: scratch.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\")?: scratch.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "/")?: scratch.append(UInt8(ascii: "/"))
        case UInt8(ascii: "b")?: scratch.append(0x08)
        case UInt8(ascii: "f")?: scratch.append(0x0C)
        case UInt8(ascii: "n")?: scratch.append(UInt8(ascii: "\n"))
        case UInt8(ascii: "r")?: scratch.append(UInt8(ascii: "\r"))
        case UInt8(ascii: "t")?: scratch.append(UInt8(ascii: "\t"))
        case UInt8(ascii: "u")?: try readCodeUnits()
        default: throw failure("unknown escape sequence", at: start)
        }
    }

    /// Reads the digits of a `\u` escape, and those of a second one when the two make up one scalar.
    private mutating func readCodeUnits() throws(Failure) {
        var code = try readFourDigits()
        if UTF16.isLeadSurrogate(UInt16(code)) {
            let afterFirst = cursor
            if skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")) {
                let second = try readFourDigits()
                if UTF16.isTrailSurrogate(UInt16(second)) {
                    code = 0x10000 + ((code & 0x3FF) << 10 | second & 0x3FF)
                } else {
                    cursor = afterFirst
                }
            } else {
                cursor = afterFirst
            }
        }
        scratch.append(contentsOf: UTF8.encode(Unicode.Scalar(code) ?? "\u{FFFD}") ?? UTF8.encodedReplacementCharacter)
    }

    private mutating func readFourDigits() throws(Failure) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = peek().flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
                throw failure("expected four hexadecimal digits, found \(found())")
            }
            code = code << 4 | UInt32(digit)
            cursor &+= 1
        }
        return code
    }

    /// The length of the well-formed UTF-8 sequence at the cursor, by table 3-7 of the Unicode Standard.
    private func sequenceLength() -> Int? {
        let length: Int
        let second: ClosedRange<UInt8>
        switch text[cursor] {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return nil
        }
        guard text.count - cursor >= length, second.contains(text[cursor + 1]) else { return nil }
        let rest = text[(cursor + 2)..<(cursor + max(2, length))]
        return rest.allSatisfy { $0 & 0xC0 == 0x80 } ? length : nil
    }
}
