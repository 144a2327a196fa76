/// A SHA-256 value: 32 bytes, written as `sha256:` and 64 hexadecimal digits in images.
public struct SHA256Digest: Hashable, Sendable, CustomStringConvertible {
    /// The 32 bytes.
    public let bytes: [UInt8]

    /// The 64 lower-case hexadecimal digits, without the algorithm.
    public var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The form that images use: `sha256:<hex>`.
    public var description: String { "sha256:\(hex)" }

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Reads the form that images use.
    ///
    /// - Parameter string: `sha256:` and 64 lower-case hexadecimal digits; anything else gives nil.
    public init?(_ string: String) {
        let text = Array(string.utf8)
        guard text.count == 71, string.hasPrefix("sha256:") else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        for index in stride(from: 7, to: 71, by: 2) {
            guard let high = Self.value(ofDigit: text[index]), let low = Self.value(ofDigit: text[index + 1]) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        self.bytes = bytes
    }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
