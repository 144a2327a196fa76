/// Why an exchange over HTTP did not take place or did not end well.
///
/// A response with an error status is not an error here: callers know which statuses they can use.
public enum HTTPError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A text that should be an absolute `http` or `https` URL is none.
    case invalidURL(String, reason: String)
    /// A request that we were about to send would not be well-formed.
    case invalidRequest(String)
    /// The peer's bytes are not a response, or break the limits that protect us.
    case malformedResponse(String)
    /// No connection came about; the text says to where, and why.
    case connectionFailed(String)
    /// An established connection broke before the exchange was complete.
    case connectionLost(String)
    /// Nothing happened for `seconds` while we were waiting for `action`.
    case timedOut(action: String, seconds: Int)
    /// The peer sent or took no more than `bytes` in the `seconds` that we waited for `action`.
    case tooSlow(action: String, bytes: Int, seconds: Int)
    /// The TLS handshake with `host` failed, most often because its certificate is not trusted.
    case handshakeFailed(host: String, reason: String)
    /// A server that should speak TLS answered in plain HTTP.
    case plainAnswerToTLS
    /// The proxy did not open a tunnel to `target`.
    case proxyRefused(proxy: String, target: String, status: Int)
    /// A redirect leads somewhere we do not follow.
    case redirectRefused(to: String, reason: String)
    /// A body is longer than its reader is willing to hold.
    case bodyTooLarge(limit: Int)
    /// The request's own body could not be produced.
    case bodyUnavailable(String)
    /// The exchange was cancelled by its owner.
    case cancelled

    /// Whether the same request may well succeed a moment later.
    ///
    /// True for faults of connections; false for what a repetition cannot change, like an untrusted certificate.
    public var isTransient: Bool {
        switch self {
        case .connectionFailed, .connectionLost, .timedOut: true
        case .malformedResponse, .proxyRefused, .plainAnswerToTLS, .handshakeFailed: false
        case .invalidURL, .invalidRequest, .redirectRefused, .bodyTooLarge, .bodyUnavailable, .cancelled: false
        // Not repeated: a peer that was too slow is likely to be so again, and each attempt takes minutes.
        case .tooSlow: false
        }
    }

    /// Whether the peer was slower than our pace allows.
    public var isTooSlow: Bool {
        guard case .tooSlow = self else { return false }
        return true
    }

    /// The message, in one line and without anything secret.
    public var description: String {
        switch self {
        case .invalidURL(let text, let reason): "invalid URL '\(text)': \(reason)"
        case .invalidRequest(let reason): "cannot send request: \(reason)"
        case .malformedResponse(let reason): "malformed HTTP response: \(reason)"
        case .connectionFailed(let reason): reason
        case .connectionLost(let reason): "connection lost: \(reason)"
        case .timedOut(let action, let seconds): "timeout: no progress in \(seconds)s while \(action)"
        case .tooSlow(let action, let bytes, let seconds):
            "too slow: no more than \(bytes) bytes in \(seconds)s while \(action)"
        case .handshakeFailed(let host, let reason): "tls handshake with \(host): \(reason)"
        case .plainAnswerToTLS: "http: server gave HTTP response to HTTPS client"
        case .proxyRefused(let proxy, let target, let status):
            "proxy \(proxy) refused to connect to \(target) with status \(status)"
        case .redirectRefused(let target, let reason): "refusing redirect to \(target): \(reason)"
        case .bodyTooLarge(let limit): "response body is larger than \(limit) bytes"
        case .bodyUnavailable(let reason): "cannot read request body: \(reason)"
        case .cancelled: "cancelled"
        }
    }
}
