import COpenSSL

/// Computes a SHA-256 step by step, with the CPU's own instructions where it has them.
public struct SHA256Digester: ~Copyable {
    private let context: OpaquePointer?

    /// Starts an empty computation.
    public init() {
        context = EVP_MD_CTX_new()
        if let context { EVP_DigestInit_ex(context, EVP_sha256(), nil) }
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    /// Adds bytes.
    ///
    /// - Parameter bytes: what follows the bytes added so far.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        EVP_DigestUpdate(context, base, bytes.count)
    }

    /// The digest of everything added; the computation starts anew.
    public mutating func finish() -> SHA256Digest {
        var bytes = [UInt8](repeating: 0, count: 32)
        EVP_DigestFinal_ex(context, &bytes, nil)
        EVP_DigestInit_ex(context, EVP_sha256(), nil)
        return SHA256Digest(bytes: bytes)
    }
}

extension SHA256Digest {
    /// The digest of bytes in memory.
    ///
    /// - Parameter bytes: the bytes to hash.
    public init(of bytes: [UInt8]) {
        var digester = SHA256Digester()
        bytes.withUnsafeBytes { digester.update($0) }
        self = digester.finish()
    }
}
