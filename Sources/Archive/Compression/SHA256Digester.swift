import COpenSSL

/// Computes a SHA-256 step by step, with the CPU's own instructions where it has them.
public struct SHA256Digester: ~Copyable {
    private let context: OpaquePointer

    /// Starts an empty computation.
    public init() {
        guard let context = EVP_MD_CTX_new() else { preconditionFailure("no memory for a digest") }
        self.context = context
        Self.check(EVP_DigestInit_ex(context, EVP_sha256(), nil))
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    /// Adds bytes.
    ///
    /// - Parameter bytes: what follows the bytes added so far.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        Self.check(EVP_DigestUpdate(context, base, bytes.count))
    }

    /// The digest of everything added; the computation starts anew.
    public mutating func finish() -> Digest {
        var bytes = [UInt8](repeating: 0, count: 32)
        Self.check(EVP_DigestFinal_ex(context, &bytes, nil))
        Self.check(EVP_DigestInit_ex(context, EVP_sha256(), nil))
        return Digest(bytes: bytes)
    }

    /// Stops the program if the library fails, which it only can if it was built wrongly: no input leads here, and a
    /// wrong digest must never leave this type.
    private static func check(_ result: Int32) {
        precondition(result == 1, "the crypto library has no SHA-256")
    }
}
