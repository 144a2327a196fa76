/// The digest of a blob, `sha256:` and 64 lowercase hexadecimal digits.
///
/// Other algorithms are refused: registries and image tools in the field use SHA-256 alone.
public struct Digest: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The 64 hexadecimal digits after the algorithm.
    public let hex: String

    /// Makes a digest from its text.
    ///
    /// - Parameter text: Algorithm and digits, `sha256:…`.
    /// - Throws: `OCIError.invalidDigest` when the algorithm, the length or a digit is wrong.
    public init(_ text: String) throws(OCIError) {
        let prefix = "sha256:"
        guard text.hasPrefix(prefix) else { throw .invalidDigest(text) }
        let digits = text.utf8.dropFirst(prefix.utf8.count)
        guard digits.count == 64, digits.allSatisfy(Self.isLowercaseHexDigit) else { throw .invalidDigest(text) }
        hex = String(Substring(digits))
    }

    /// Makes a digest of digits that come from a hash function.
    init(validHex hex: String) { self.hex = hex }

    /// The hash algorithm, always `sha256`.
    public var algorithm: String { "sha256" }

    /// The digest as it stands in manifests: `sha256:…`.
    public var description: String { "sha256:\(hex)" }

    /// Orders digests by their digits.
    public static func < (left: Self, right: Self) -> Bool { left.hex < right.hex }

    private static func isLowercaseHexDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
