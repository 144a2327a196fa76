internal import COpenSSL
public import HTTP

/// What all TLS connections with the same trust share: the trusted authorities and our own certificate.
///
/// OpenSSL's context counts its references and has its own locks, so that threads may share it once it is set up.
public final class TLSContext: @unchecked Sendable {
    let pointer: OpaquePointer
    /// Whether the server must prove its name.
    let verifiesPeer: Bool

    /// Sets up a context.
    ///
    /// - Parameter trust: whom to trust, and who we are
    /// - Throws: `.handshakeFailed` if a file of certificates or keys cannot be used
    public init(_ trust: TLSTrust) throws(HTTPError) {
        guard let pointer = SSL_CTX_new(TLS_client_method()) else {
            throw .handshakeFailed(host: "", reason: OpenSSLErrors.take())
        }
        self.pointer = pointer
        verifiesPeer = trust.verifiesPeer
        guard slipway_ssl_ctx_require_tls12(pointer) == 1 else {
            throw .handshakeFailed(host: "", reason: "cannot require TLS 1.2: \(OpenSSLErrors.take())")
        }
        SSL_CTX_set_verify(pointer, trust.verifiesPeer ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nil)
        if trust.verifiesPeer { try load(trust.authorities) }
        if let identity = trust.identity { try load(identity) }
    }

    deinit { SSL_CTX_free(pointer) }

    private func load(_ authorities: TLSTrust.Authorities) throws(HTTPError) {
        for file in authorities.files where SSL_CTX_load_verify_file(pointer, file) != 1 {
            let reason = OpenSSLErrors.take()
            // A bundle of the system that holds no certificate is like none; a file that was asked for must be usable.
            if authorities.isRequired(file) {
                throw .handshakeFailed(host: "", reason: "cannot load certificates of \(file): \(reason)")
            }
        }
        for directory in authorities.hashedDirectories where SSL_CTX_load_verify_dir(pointer, directory) != 1 {
            // OpenSSL reads the directory later and takes one that does not exist; this is about memory.
            throw .handshakeFailed(
                host: "",
                reason: "cannot use certificates in \(directory): \(OpenSSLErrors.take())"
            )
        }
        ERR_clear_error()
    }

    private func load(_ identity: TLSTrust.Identity) throws(HTTPError) {
        guard SSL_CTX_use_certificate_chain_file(pointer, identity.certificateFile) == 1,
            SSL_CTX_use_PrivateKey_file(pointer, identity.keyFile, SSL_FILETYPE_PEM) == 1,
            SSL_CTX_check_private_key(pointer) == 1
        else {
            let reason = OpenSSLErrors.take()
            throw .handshakeFailed(
                host: "",
                reason: "cannot use client certificate \(identity.certificateFile): \(reason)"
            )
        }
    }
}

/// OpenSSL's queue of errors, which belongs to the calling thread.
enum OpenSSLErrors {
    /// Empties the queue into one line; the last error is the most specific one.
    static func take() -> String {
        var reasons: [String] = []
        while true {
            let code = ERR_get_error()
            guard code != 0 else { break }
            if let text = ERR_reason_error_string(code) {
                reasons.append(String(cString: text))
            }
        }
        return reasons.last ?? "unknown error"
    }
}
