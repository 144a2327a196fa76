internal import COpenSSL
public import HTTP

/// TLS over another transport.
///
/// OpenSSL only transforms bytes here: it reads from and writes to memory, and this class moves them over the transport
/// below, whose timeouts and cancellation therefore hold for TLS as well. Used by one thread at a time, like all
/// transports, which makes the unchecked conformance to `Sendable` sound.
public final class TLSTransport: HTTPTransport, @unchecked Sendable {
    private let lower: any HTTPTransport
    private let ssl: OpaquePointer
    /// Encrypted bytes on their way to OpenSSL, and from it; both belong to `ssl`.
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    private let context: TLSContext
    private let host: String
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
    private var isPeerDone = false

    /// Speaks TLS with the server at the other end, and returns when it has proven to be `host`.
    ///
    /// - Parameters:
    ///   - lower: the connection, which belongs to the new transport if there is no error
    ///   - host: the name or address that the certificate must be for
    ///   - context: whom to trust
    /// - Throws: `.handshakeFailed`, `.plainAnswerToTLS`, and what the connection throws
    public init(over lower: any HTTPTransport, host: String, context: TLSContext) throws(HTTPError) {
        guard let ssl = SSL_new(context.pointer) else {
            throw .handshakeFailed(host: host, reason: OpenSSLErrors.take())
        }
        guard let incoming = slipway_bio_new(), let outgoing = slipway_bio_new() else {
            SSL_free(ssl)
            throw .handshakeFailed(host: host, reason: OpenSSLErrors.take())
        }
        SSL_set_bio(ssl, incoming, outgoing)
        (self.lower, self.ssl, self.incoming, self.outgoing) = (lower, ssl, incoming, outgoing)
        (self.context, self.host) = (context, host)

        try expect(host)
        SSL_set_connect_state(ssl)
        try handshake()
    }

    deinit {
        SSL_free(ssl)
        scratch.deallocate()
    }

    /// Makes OpenSSL demand a certificate for a name or address.
    ///
    /// Each result counts: where nothing is set, OpenSSL verifies the chain and takes the certificate of anybody.
    private func expect(_ host: String) throws(HTTPError) {
        let isSet =
            if IPAddress(host) != nil {
                X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1
            } else {
                // An empty name would be set as none.
                !host.isEmpty && slipway_ssl_set_server_name(ssl, host) == 1 && SSL_set1_host(ssl, host) == 1
            }
        guard isSet else {
            throw .handshakeFailed(host: host, reason: "cannot demand a certificate for it: \(OpenSSLErrors.take())")
        }
    }

    // MARK: - Handshake

    private func handshake() throws(HTTPError) {
        var isFirstAnswer = true
        while true {
            ERR_clear_error()
            let result = SSL_do_handshake(ssl)
            let condition = SSL_get_error(ssl, result)
            try flush()
            if result == 1 { return }
            guard condition == SSL_ERROR_WANT_READ else { throw handshakeError() }
            guard let bytes = try receive() else {
                throw .handshakeFailed(host: host, reason: "the server closed the connection")
            }
            if isFirstAnswer, bytes.starts(with: "HTTP/".utf8) { throw .plainAnswerToTLS }
            isFirstAnswer = false
        }
    }

    private func handshakeError() -> HTTPError {
        let reason = OpenSSLErrors.take()
        let verification = SSL_get_verify_result(ssl)
        guard context.verifiesPeer, verification != X509_V_OK else {
            return .handshakeFailed(host: host, reason: reason)
        }
        let text = X509_verify_cert_error_string(verification).map { String(cString: $0) } ?? reason
        return .handshakeFailed(host: host, reason: "certificate is not trusted: \(text)")
    }

    // MARK: - HTTPTransport

    /// Decrypts some bytes.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(HTTPError) -> Int {
        while true {
            ERR_clear_error()
            var count = 0
            let result = SSL_read_ex(ssl, buffer.baseAddress, buffer.count, &count)
            if result == 1 { return count }
            let condition = SSL_get_error(ssl, result)
            try flush()
            switch condition {
            case SSL_ERROR_WANT_READ:
                if !isPeerDone, try receive() != nil { continue }
                // Without the closing alert somebody may have cut the stream, so it must not be taken for complete.
                isPeerDone = true
                throw .connectionLost("unexpected EOF")
            case SSL_ERROR_ZERO_RETURN: return 0
            default: throw .connectionLost("tls: \(OpenSSLErrors.take())")
            }
        }
    }

    /// Encrypts and writes all bytes.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(HTTPError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            // In pieces of a few records, so that the encrypted copy stays small.
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(64 * 1024))
            ERR_clear_error()
            var count = 0
            let result = SSL_write_ex(ssl, piece.baseAddress, piece.count, &count)
            if result == 1 {
                rest = rest.dropFirst(count)
                try flush()
                continue
            }
            let condition = SSL_get_error(ssl, result)
            try flush()
            guard condition == SSL_ERROR_WANT_READ else { throw .connectionLost("tls: \(OpenSSLErrors.take())") }
            guard try receive() != nil else { throw .connectionLost("unexpected EOF") }
        }
    }

    /// Whether the connection below is still quiet and open.
    public var isReadyForReuse: Bool {
        // The session tickets of TLS 1.3 come before the first answer and were taken in with it; what arrives on an
        // idle connection is an alert.
        !isPeerDone && SSL_pending(ssl) == 0 && slipway_bio_pending(incoming) == 0 && lower.isReadyForReuse
    }

    /// Says goodbye if the peer still listens, and closes the connection below.
    public func close() {
        if SSL_is_init_finished(ssl) == 1, !isPeerDone {
            SSL_shutdown(ssl)
            try? flush()
        }
        isPeerDone = true
        ERR_clear_error()
        lower.close()
    }

    // MARK: - Moving encrypted bytes

    /// Hands what OpenSSL wants to send to the connection.
    private func flush() throws(HTTPError) {
        while slipway_bio_pending(outgoing) > 0 {
            let count = BIO_read(outgoing, scratch.baseAddress, Int32(scratch.count))
            guard count > 0 else { return }
            try lower.write(UnsafeRawBufferPointer(rebasing: scratch[..<Int(count)]))
        }
    }

    /// Hands bytes of the connection to OpenSSL; `nil` at the end of the stream.
    private func receive() throws(HTTPError) -> UnsafeRawBufferPointer? {
        let count = try lower.read(into: scratch)
        guard count > 0 else { return nil }
        guard BIO_write(incoming, scratch.baseAddress, Int32(count)) == Int32(count) else {
            throw .connectionLost("tls: \(OpenSSLErrors.take())")
        }
        return UnsafeRawBufferPointer(rebasing: scratch[..<count])
    }
}
