/// A set of bytes: what a character class matches.
struct ByteSet: Hashable, Sendable {
    private var words: SIMD4<UInt64> = .zero

    mutating func insert(_ byte: UInt8) {
        words[Int(byte >> 6)] |= 1 << UInt64(byte & 63)
    }

    mutating func remove(_ byte: UInt8) {
        words[Int(byte >> 6)] &= ~(1 << UInt64(byte & 63))
    }

    mutating func negate() {
        words = ~words
    }

    func contains(_ byte: UInt8) -> Bool {
        words[Int(byte >> 6)] & (1 << UInt64(byte & 63)) != 0
    }

    /// Adds the bytes of a named class, as in `[[:digit:]]`; false when there is no such class.
    mutating func insert(class name: ArraySlice<UInt8>) -> Bool {
        guard let isMember = Self.classes[String(decoding: name, as: UTF8.self)] else { return false }
        for byte in UInt8(0)..<0x80 where isMember(byte) { insert(byte) }
        return true
    }

    private static let classes: [String: @Sendable (UInt8) -> Bool] = [
        "alnum": { isLetter($0) || isDigit($0) },
        "alpha": isLetter,
        "blank": { $0 == 0x20 || $0 == 0x09 },
        "cntrl": { $0 < 0x20 || $0 == 0x7F },
        "digit": isDigit,
        "graph": { (0x21...0x7E).contains($0) },
        "lower": { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) },
        "print": { (0x20...0x7E).contains($0) },
        "punct": { (0x21...0x7E).contains($0) && !isLetter($0) && !isDigit($0) },
        "space": { $0 == 0x20 || (0x09...0x0D).contains($0) },
        "upper": { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) },
        "xdigit": { isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0 | 0x20) },
    ]

    @Sendable private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    @Sendable private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
