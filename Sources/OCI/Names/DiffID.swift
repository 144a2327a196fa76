public import Archive

/// The digest of a layer's uncompressed tar bytes, which names the layer independently of its compression.
public struct DiffID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The digest of the uncompressed bytes.
    public let digest: Digest

    /// Makes a diff id from the digest of a layer's uncompressed bytes.
    public init(_ digest: Digest) { self.digest = digest }

    /// Makes a diff id from its text.
    ///
    /// - Parameter text: Algorithm and digits, `sha256:…`.
    /// - Throws: `OCIError.invalidDigest` when the text is no SHA-256 digest.
    public init(_ text: String) throws(OCIError) { digest = try Digest(text) }

    /// The diff id as it stands in image configs: `sha256:…`.
    public var description: String { digest.description }

    /// Orders diff ids by their digits.
    public static func < (left: Self, right: Self) -> Bool { left.digest < right.digest }
}
