public import Archive

extension Digest {
    /// Makes a digest from its text.
    ///
    /// - Parameter text: Algorithm and digits, `sha256:…`.
    /// - Throws: `OCIError.invalidDigest` when the algorithm, the length or a digit is wrong.
    public init(_ text: String) throws(OCIError) {
        guard let digest = Digest(parsing: text) else { throw .invalidDigest(text) }
        self = digest
    }
}
