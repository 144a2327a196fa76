/// A SHA-256 value: 32 bytes, written as `sha256:` and 64 lower-case hexadecimal digits in images.
///
/// Other algorithms are refused wherever digests are read: registries and image tools in the field use SHA-256 alone.
public struct Digest: Hashable, Sendable {
    // Four words rather than an array of bytes: digests are keys of many tables, and need no memory of their own so.
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64

    /// Takes what a hash function has computed.
    ///
    /// - Parameter bytes: The 32 bytes.
    init(bytes: borrowing [UInt8]) {
        precondition(bytes.count == 32, "a SHA-256 value has 32 bytes")
        func word(_ start: Int) -> UInt64 { bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        (first, second, third, fourth) = (word(0), word(8), word(16), word(24))
    }

    /// Reads the form that images use.
    ///
    /// - Parameter text: `sha256:` and 64 lower-case hexadecimal digits; anything else gives nil.
    public init?(parsing text: String) {
        var text = text
        let bytes: [UInt8]? = text.withUTF8 { text in
            guard text.count == 71, text.starts(with: "sha256:".utf8) else { return nil }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(32)
            for index in stride(from: 7, to: 71, by: 2) {
                guard let high = Self.value(ofDigit: text[index]), let low = Self.value(ofDigit: text[index + 1]) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            }
            return bytes
        }
        guard let bytes else { return nil }
        self.init(bytes: bytes)
    }

    /// The digest of bytes in memory.
    ///
    /// - Parameter bytes: The bytes to hash.
    /// - Returns: Their SHA-256.
    public static func of(_ bytes: [UInt8]) -> Digest {
        var digester = SHA256Digester()
        bytes.withUnsafeBytes { digester.update($0) }
        return digester.finish()
    }

    /// The 64 lower-case hexadecimal digits, without the algorithm.
    public var hex: String {
        String(unsafeUninitializedCapacity: 64) { text in
            var position = 0
            for word in [first, second, third, fourth] {
                for shift in stride(from: 60, through: 0, by: -4) {
                    let digit = UInt8(truncatingIfNeeded: word >> UInt64(shift)) & 15
                    text[position] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit
                    position += 1
                }
            }
            return position
        }
    }

    /// The hash algorithm, always `sha256`.
    public var algorithm: String { "sha256" }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

extension Digest: CustomStringConvertible {
    /// The form that images use: `sha256:<hex>`.
    public var description: String { "sha256:\(hex)" }
}

extension Digest: Comparable {
    /// Orders digests as their digits are ordered.
    public static func < (left: Self, right: Self) -> Bool {
        (left.first, left.second, left.third, left.fourth) < (right.first, right.second, right.third, right.fourth)
    }
}
