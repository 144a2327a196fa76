import HTTP
import JSON
import OCI
import POSIX
import Synchronization

/// A bearer token for some scopes.
struct RegistryToken: Sendable {
    let value: String
    /// When to ask for a new one, by the monotonic clock, in nanoseconds.
    let refreshTime: Int64

    var isFresh: Bool { Clock.monotonicNanoseconds < refreshTime }
}

/// What a request wants to do in a repository: a scope of the token protocol.
struct RegistryScope: Hashable, Sendable, CustomStringConvertible {
    let repository: String
    let actions: String

    static func pull(_ repository: String) -> RegistryScope { RegistryScope(repository: repository, actions: "pull") }
    static func push(_ repository: String) -> RegistryScope {
        RegistryScope(repository: repository, actions: "push,pull")
    }

    var description: String { "repository:\(repository):\(actions)" }
}

extension RegistrySession {
    /// The value of `Authorization` for a request, `nil` to send none.
    ///
    /// - Parameters:
    ///   - scopes: what the request wants to do; the first one chooses the credential
    ///   - challenge: what a refused request was answered, to be met now; `nil` before the first attempt
    ///   - refused: the token that the refused request showed
    /// - Returns: scheme and credential
    /// - Throws: when the registry or its token server cannot be reached or refuses
    func authorization(
        scopes: [RegistryScope],
        answering challenge: AuthenticationChallenge? = nil,
        refused: String? = nil
    ) throws(RegistryError) -> String? {
        let endpoint = try endpoint()
        let credential = try credential(for: scopes)
        if case .registryToken(let token) = credential?.credential { return "Bearer \(token)" }
        guard let demand = challenge ?? endpoint.challenge, demand.scheme == "bearer" else {
            guard case .basic(let pair) = credential?.credential else { return nil }
            return "Basic \(pair)"
        }
        var names = scopes.map(\.description)
        // Some registries look at the first scope only, so what was missing goes to the front.
        if let missing = challenge?.parameters["scope"], !names.contains(missing) { names.insert(missing, at: 0) }
        let key = names.joined(separator: " ")
        // The lock is held while a token is fetched: threads that want the same one wait for it.
        return try tokens.withLock { tokens throws(RegistryError) in
            if let token = tokens[key], token.isFresh, token.value != refused { return "Bearer \(token.value)" }
            let token = try fetchToken(demand, scopes: names, credential: credential)
            tokens[key] = token
            // The next request for the same scopes asks under their own name.
            tokens[scopes.map(\.description).joined(separator: " ")] = token
            return "Bearer \(token.value)"
        }
    }

    /// The credential for the repository that the first scope is about.
    func credential(for scopes: [RegistryScope]) throws(RegistryError) -> SourcedCredential? {
        do throws(KeychainError) {
            return try keychain.credential(registry: host.name, repository: scopes.first?.repository ?? "")
        } catch {
            throw RegistryError(
                registry: host.name,
                action: "find credentials for \(host.name)",
                cause: .local(error.description)
            )
        }
    }

    // MARK: - Token servers

    private func fetchToken(
        _ challenge: AuthenticationChallenge,
        scopes: [String],
        credential: SourcedCredential?
    ) throws(RegistryError) -> RegistryToken {
        let action = "get token for \(scopes.joined(separator: " ")) of \(host.name)"
        let realm = try realm(of: challenge, action: action)
        var response: HTTPResponse
        if case .identityToken(let token) = credential?.credential {
            response = try exchange(
                refreshRequest(realm, challenge: challenge, scopes: scopes, refreshToken: token),
                action: action
            )
            // Not all token servers have the newer protocol; the older one does without the credential then.
            if response.status == 404 || response.status == 405 {
                response.discard()
                response = try exchange(tokenRequest(realm, challenge: challenge, scopes: scopes, nil), action: action)
            }
        } else {
            let request = tokenRequest(realm, challenge: challenge, scopes: scopes, credential?.credential)
            response = try exchange(request, action: action)
        }
        guard response.status == 200 else { throw error(of: response, action: action, credential: credential) }
        return try token(in: response, action: action)
    }

    /// Where tokens are to be had; refuses places to which a hostile registry could lead our credentials or us.
    private func realm(of challenge: AuthenticationChallenge, action: String) throws(RegistryError) -> HTTPURL {
        func refuse(_ reason: String) -> RegistryError {
            RegistryError(registry: host.name, action: action, cause: .unexpectedAnswer(reason))
        }
        guard let text = challenge.parameters["realm"] else { throw refuse("the registry's challenge has no realm") }
        guard let url = try? HTTPURL(text) else { throw refuse("the token server's URL is invalid") }
        let base = try endpoint().base
        if url.scheme == .http, base.scheme == .https {
            throw refuse("the token server \(url.authority) is not secure, while the registry is")
        }
        if url.host != base.host, let address = IPAddress(url.host), !host.isNearby,
            address.isLoopback || address.isPrivate || address.isLinkLocal
        {
            throw refuse("the token server \(url.authority) is a private address, while the registry is not")
        }
        return url
    }

    private func tokenRequest(
        _ realm: HTTPURL,
        challenge: AuthenticationChallenge,
        scopes: [String],
        _ credential: Credential?
    ) -> HTTPRequest {
        var parameters: [(name: String, value: String)] = []
        if let service = challenge.parameters["service"] { parameters.append(("service", service)) }
        parameters += scopes.map { ("scope", $0) }
        var request = HTTPRequest(.get, realm.adding(parameters))
        if case .basic(let pair) = credential { request.headers["Authorization"] = "Basic \(pair)" }
        return request
    }

    /// The OAuth2 form of asking, which identity tokens need.
    private func refreshRequest(
        _ realm: HTTPURL,
        challenge: AuthenticationChallenge,
        scopes: [String],
        refreshToken: String
    ) -> HTTPRequest {
        var parameters: [(name: String, value: String)] = [
            ("grant_type", "refresh_token"),
            ("client_id", "slipway"),
            ("refresh_token", refreshToken),
            ("scope", scopes.joined(separator: " ")),
        ]
        if let service = challenge.parameters["service"] { parameters.append(("service", service)) }
        return HTTPRequest(
            .post,
            realm,
            headers: HTTPHeaders([("Content-Type", "application/x-www-form-urlencoded")]),
            body: .bytes(Array(PercentEncoding.form(parameters).utf8))
        )
    }

    private func exchange(_ request: HTTPRequest, action: String) throws(RegistryError) -> HTTPResponse {
        var attempt = 1
        while true {
            do throws(HTTPError) {
                // A redirect could take the credential elsewhere, so an answer must come from the realm itself.
                let isAnonymous = request.method == .get && request.headers["Authorization"] == nil
                let response = try http.send(request, followsRedirects: isAnonymous)
                let isTransient = policy.isTransient(status: response.status)
                guard isTransient, policy.wait(after: attempt, head: response.head) else { return response }
                response.discard()
            } catch {
                guard error.isTransient, policy.wait(after: attempt) else {
                    throw failure(request, error, action: action)
                }
            }
            attempt += 1
        }
    }

    /// The error for a request that got no answer.
    func failure(_ request: HTTPRequest, _ error: HTTPError, action: String) -> RegistryError {
        let exchange = RegistryError.FailedExchange(method: request.method, url: request.url.redacted, error: error)
        return RegistryError(registry: host.name, action: action, cause: .transport([exchange]))
    }

    private func token(in response: HTTPResponse, action: String) throws(RegistryError) -> RegistryToken {
        let body: [UInt8]
        do throws(HTTPError) {
            body = try response.readAll(limit: 64 * 1024)
        } catch {
            throw RegistryError(registry: host.name, action: action, cause: .unexpectedAnswer("\(error)"))
        }
        // The answer holds a secret, so no message quotes it.
        guard let answer = try? JSONParser.parse(body, source: "token", duplicateKeys: .lastWins),
            let value = [answer["token"], answer["access_token"]].compactMap({ $0?.stringValue }).first(where: {
                !$0.isEmpty
            })
        else {
            throw RegistryError(
                registry: host.name,
                action: action,
                cause: .unexpectedAnswer("the token server's answer has no token")
            )
        }
        // Sixty seconds is what the protocol says if the server says nothing; a fifth of it is kept as a reserve.
        let lifetime = min(max(answer["expires_in"]?.integerValue ?? 60, 5), 3600)
        return RegistryToken(
            value: value,
            refreshTime: Clock.monotonicNanoseconds &+ lifetime * 800_000_000
        )
    }
}
