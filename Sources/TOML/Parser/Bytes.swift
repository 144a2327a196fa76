// The bytes that mean something in TOML, by name.
extension UInt8 {
    static var tab: UInt8 { 0x09 }
    static var lineFeed: UInt8 { 0x0A }
    static var carriageReturn: UInt8 { 0x0D }
    static var escape: UInt8 { 0x1B }
    static var space: UInt8 { 0x20 }
    static var doubleQuote: UInt8 { 0x22 }
    static var numberSign: UInt8 { 0x23 }
    static var singleQuote: UInt8 { 0x27 }
    static var plus: UInt8 { 0x2B }
    static var comma: UInt8 { 0x2C }
    static var minus: UInt8 { 0x2D }
    static var dot: UInt8 { 0x2E }
    static var zero: UInt8 { 0x30 }
    static var colon: UInt8 { 0x3A }
    static var equals: UInt8 { 0x3D }
    static var leftBracket: UInt8 { 0x5B }
    static var backslash: UInt8 { 0x5C }
    static var rightBracket: UInt8 { 0x5D }
    static var underscore: UInt8 { 0x5F }
    static var leftBrace: UInt8 { 0x7B }
    static var rightBrace: UInt8 { 0x7D }
    static var delete: UInt8 { 0x7F }

    /// Whether the byte is an ASCII digit.
    var isDigit: Bool { self &- .zero < 10 }

    /// Whether the byte is an ASCII letter.
    var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }

    /// Whether the byte may stand in a key without quotes: a letter, a digit, a hyphen or an underscore.
    var isBareKey: Bool {
        // This is asked for every byte of every key: letters first, then a bit for each ASCII character.
        if isLetter { return true }
        let set: UInt64 = self < 64 ? 0x03FF_2000_0000_0000 : 0x07FF_FFFE_87FF_FFFE
        return self < 128 && set &>> UInt64(self) & 1 == 1
    }

    /// The value of the byte as a digit of any base up to 16.
    var digitValue: UInt8? {
        if isDigit { return self &- .zero }
        let letter = (self | 0x20) &- 0x61
        return letter < 6 ? letter &+ 10 : nil
    }
}

/// What some editors put at the start of a file in UTF-8.
let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

/// Whether all bytes are ASCII.
func isAllASCII(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let raw = UnsafeRawBufferPointer(text)
    var offset = 0
    var bits: UInt64 = 0
    while text.count &- offset >= 32 {
        bits |= raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        bits |= raw.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self)
        bits |= raw.loadUnaligned(fromByteOffset: offset &+ 16, as: UInt64.self)
        bits |= raw.loadUnaligned(fromByteOffset: offset &+ 24, as: UInt64.self)
        offset &+= 32
    }
    while offset < text.count {
        bits |= UInt64(text[offset])
        offset &+= 1
    }
    return bits & 0x8080_8080_8080_8080 == 0
}

/// The offset of the first byte that is not part of well-formed UTF-8, or nil when all are.
func firstInvalidUTF8(in text: UnsafeBufferPointer<UInt8>) -> Int? {
    let raw = UnsafeRawBufferPointer(text)
    var offset = 0
    while offset < text.count {
        // Most documents are ASCII; eight bytes at a time.
        if text.count &- offset >= 8,
            raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        {
            offset &+= 8
            continue
        }
        guard text[offset] >= 0x80 else {
            offset &+= 1
            continue
        }
        guard let length = sequenceLength(text, offset) else { return offset }
        offset &+= length
    }
    return nil
}

/// The length of the well-formed sequence that begins at a byte outside of ASCII, by table 3-7 of the Unicode Standard.
private func sequenceLength(_ text: UnsafeBufferPointer<UInt8>, _ offset: Int) -> Int? {
    let length: Int
    let second: ClosedRange<UInt8>
    switch text[offset] {
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return nil
    }
    guard text.count &- offset >= length, second.contains(text[offset &+ 1]) else { return nil }
    for place in 2..<Swift.max(2, length) where !(0x80...0xBF).contains(text[offset &+ place]) {
        return nil
    }
    return length
}
