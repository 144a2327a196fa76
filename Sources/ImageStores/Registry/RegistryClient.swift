import HTTP
import OCI
import POSIX

/// The requests of the distribution protocol for the repositories of one registry: authorised, repeated after faults, and
/// with errors that say what was being done.
struct RegistryClient: Sendable {
    /// One request, apart from how it is authorised.
    struct Call {
        var method: HTTPMethod
        var url: HTTPURL
        var headers = HTTPHeaders()
        var body = HTTPBody.empty
        /// What it wants to do.
        var scopes: [RegistryScope]
        /// The statuses that the caller can use; all others are errors.
        var accepted: Set<Int>
        /// What is being done, for messages: `pull manifest registry.example.com/team/app:1`.
        var action: String
        /// Whether faults are met by repeating the request.
        var repeats = true
    }

    let session: RegistrySession

    /// The registry's host and port.
    var registry: String { session.host.name }

    /// The URL of something in a repository.
    func url(_ repository: String, _ path: String) throws(RegistryError) -> HTTPURL {
        var url = try session.endpoint().base
        url.path = "/v2/\(repository)/\(path)"
        url.query = nil
        return url
    }

    /// Sends a request until there is an answer that the caller can use.
    ///
    /// - Throws: for any other status, when there is no answer, and when all repetitions have failed
    func send(_ call: Call) throws(RegistryError) -> HTTPResponse {
        var attempt = 1
        var challenge: AuthenticationChallenge?
        var refused: String?
        while true {
            var request = HTTPRequest(call.method, call.url, headers: call.headers, body: call.body)
            if try belongsToRegistry(call.url) {
                let value = try session.authorization(scopes: call.scopes, answering: challenge, refused: refused)
                request.headers["Authorization"] = value
            }
            let response: HTTPResponse
            do throws(HTTPError) {
                response = try session.http.send(request)
            } catch {
                guard call.repeats, error.isTransient, session.policy.wait(after: attempt) else {
                    throw session.failure(request, error, action: call.action)
                }
                attempt += 1
                continue
            }
            if call.accepted.contains(response.status) { return response }
            // The token may have expired, or the scope that we asked for was not enough: one new try.
            if response.status == 401, challenge == nil, call.body.isReplayable, try belongsToRegistry(response.url),
                let demand = AuthenticationChallenge.preferred(in: response.head), demand.scheme == "bearer"
            {
                response.discard()
                challenge = demand
                refused = request.headers["Authorization"].map { String($0.dropFirst("Bearer ".count)) }
                continue
            }
            let credential = try session.credential(for: call.scopes)
            let error = session.error(of: response, action: call.action, credential: credential)
            guard call.repeats, session.policy.isTransient(status: response.status),
                session.policy.wait(after: attempt, head: response.head)
            else { throw error }
            attempt += 1
        }
    }

    /// Sends a request whose answer's body is of no interest.
    func perform(_ call: Call) throws(RegistryError) -> HTTPResponseHead {
        let response = try send(call)
        defer { response.discard() }
        return response.head
    }

    /// Whether a URL is the registry's own, so that credentials may be shown there.
    func belongsToRegistry(_ url: HTTPURL) throws(RegistryError) -> Bool {
        try url.origin == session.endpoint().base.origin
    }

    /// An error about an answer that makes no sense.
    func unexpected(_ reason: String, action: String) -> RegistryError {
        RegistryError(registry: registry, action: action, cause: .unexpectedAnswer(reason))
    }
}
