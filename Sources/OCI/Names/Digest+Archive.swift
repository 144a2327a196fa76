public import Archive

extension Digest {
    /// The digest that the archive engine has computed.
    public init(_ digest: SHA256Digest) { self.init(validHex: digest.hex) }

    /// The digest of bytes in memory.
    ///
    /// - Parameter bytes: What to hash.
    /// - Returns: Their SHA-256.
    public static func of(_ bytes: [UInt8]) -> Digest { Digest(SHA256Digest(of: bytes)) }
}

extension DiffID {
    /// The diff id that the archive engine has computed.
    public init(_ digest: SHA256Digest) { self.init(Digest(digest)) }
}
