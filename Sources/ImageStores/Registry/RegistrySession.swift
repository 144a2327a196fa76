import HTTP
import OCI
import POSIX
import Synchronization

/// What is known about one registry: how to speak to it and how it wants to be shown credentials.
///
/// The first request finds that out with a ping; all threads share it.
final class RegistrySession: Sendable {
    /// How the registry answered the ping.
    struct Endpoint: Sendable {
        /// The URL below which the API is, without `/v2/`.
        let base: HTTPURL
        /// What it asks for; `nil` if it asks for nothing.
        let challenge: AuthenticationChallenge?
    }

    private enum State {
        case unknown
        case known(Endpoint)
        /// The time is that of the monotonic clock, in nanoseconds.
        case failed(RegistryError, at: Int64)
    }

    let host: RegistryHost
    let http: HTTPClient
    let keychain: Keychain
    let policy: RetryPolicy
    /// What needs not be asked for.
    let known = KnownBlobs()
    private let state = Mutex(State.unknown)
    let tokens = Mutex<[String: RegistryToken]>([:])

    init(host: RegistryHost, http: HTTPClient, keychain: Keychain, policy: RetryPolicy) {
        (self.host, self.http, self.keychain, self.policy) = (host, http, keychain, policy)
    }

    /// The endpoint, found out if it is not known yet.
    func endpoint() throws(RegistryError) -> Endpoint {
        // The lock is held during the ping on purpose: other threads wait for its result instead of pinging themselves.
        try state.withLock { state throws(RegistryError) in
            switch state {
            case .known(let endpoint): return endpoint
            // They share a failure, too, or each would wait for its own.
            case .failed(let error, let time) where Clock.monotonicNanoseconds - time < 1_000_000_000: throw error
            case .unknown, .failed: break
            }
            do throws(RegistryError) {
                let endpoint = try ping()
                state = .known(endpoint)
                return endpoint
            } catch {
                state = .failed(error, at: Clock.monotonicNanoseconds)
                throw error
            }
        }
    }

    private func ping() throws(RegistryError) -> Endpoint {
        let action = "ping registry \(host.name)"
        var attempt = 1
        while true {
            var failures: [RegistryError.FailedExchange] = []
            var refusal: (error: RegistryError, head: HTTPResponseHead)?
            for scheme in host.schemes {
                let text = "\(scheme.rawValue)://\(host.name)/v2/"
                do throws(HTTPError) {
                    let url = try HTTPURL(text)
                    let response = try http.send(HTTPRequest(.get, url))
                    if response.status == 200 || response.status == 401 {
                        response.discard()
                        return Endpoint(
                            // A registry may redirect plain HTTP to HTTPS on the same host, which is then used;
                            // redirects to other hosts are followed anew by each request.
                            base: response.url.host == url.host ? response.url : url,
                            challenge: AuthenticationChallenge.preferred(in: response.head)
                        )
                    }
                    // What answers one scheme with an error may be a registry that speaks the other.
                    refusal = (error(of: response, action: action), response.head)
                } catch {
                    failures.append(RegistryError.FailedExchange(method: .get, url: text, error: error))
                }
            }
            let isTransient =
                refusal.map { policy.isTransient(status: $0.error.status ?? 0) }
                ?? failures.contains { $0.error.isTransient }
            // Where nothing answers at all, two more attempts, about a second, are enough.
            guard isTransient, refusal != nil || attempt < 3, policy.wait(after: attempt, head: refusal?.head) else {
                // HTTPS servers answer plain HTTP with 400; then the failure of HTTPS is the one to report.
                let speaksTLS = failures.contains { $0.error != .plainAnswerToTLS } && refusal?.error.status == 400
                if let refusal, !speaksTLS { throw refusal.error }
                let httpsFirst = failures.sorted { $0.url.hasPrefix("https:") && !$1.url.hasPrefix("https:") }
                throw RegistryError(registry: host.name, action: action, cause: .transport(httpsFirst))
            }
            attempt += 1
        }
    }

    /// The error that an answer stands for; reads the answer's body.
    func error(of response: HTTPResponse, action: String, credential: SourcedCredential? = nil) -> RegistryError {
        let body = (try? response.readAll(limit: 64 * 1024)) ?? []
        let diagnostics = RegistryError.Diagnostic.parse(body)
        // Proxies and load balancers answer with pages; those are not for error messages.
        let isText = response.head.contentType?.hasPrefix("text/plain") ?? false
        let text = diagnostics.isEmpty && isText ? String(decoding: body.prefix(300), as: UTF8.self) : ""
        var error = RegistryError(
            registry: host.name,
            action: action,
            cause: .status(
                response.status,
                diagnostics: diagnostics,
                text: RegistryError.Diagnostic.printable(text).trimmingBlanks
            )
        )
        error.credentialSource = credential?.source
        error.hint = hint(status: response.status, credential: credential)
        return error
    }

    private func hint(status: Int, credential: SourcedCredential?) -> String? {
        switch (status, credential) {
        case (401, nil), (403, nil):
            let places = keychain.places.joined(separator: " or ")
            let problems = keychain.problems.map { "; \($0)" }.joined()
            return "no credentials found for \(host.name)" + (places.isEmpty ? "" : " in \(places)") + problems
        case (401, .some): return "the registry does not accept these credentials"
        case (403, .some): return "these credentials do not allow it"
        case (429, _): return "the registry's rate limit is exhausted"
        default: return nil
        }
    }
}

extension String {
    /// The text without blanks at its ends.
    fileprivate var trimmingBlanks: String {
        var text = Substring(self)
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
