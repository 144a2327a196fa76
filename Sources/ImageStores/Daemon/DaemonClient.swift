import HTTP
import JSON
import OCI
import POSIX
import Synchronization

/// Sends requests to a Docker daemon, in the newest version of its API that both sides know.
final class DaemonClient: Sendable {
    private let http: HTTPClient
    private let baseURL: HTTPURL
    private let version: Mutex<DaemonAPIVersion?>

    init(_ http: HTTPClient, baseURL: HTTPURL, version: DaemonAPIVersion?) {
        (self.http, self.baseURL) = (http, baseURL)
        self.version = Mutex(version)
    }

    /// The longest document that is taken into memory.
    static let documentLimit = 64 << 20

    // MARK: - Requests

    /// Sends a request and gives the answer, whatever its status is.
    ///
    /// - Parameters:
    ///   - method: what to do
    ///   - path: the path after the version, with a slash before it
    ///   - query: parameters
    ///   - body: what is sent, of the type `application/x-tar`
    ///   - action: what is being done and to what, for messages
    /// - Returns: the answer
    /// - Throws: `StoreFailure` of kind `unreachable` when there is no answer
    func send(
        _ method: HTTPMethod,
        _ path: String,
        query: [(name: String, value: String)] = [],
        body: HTTPBody? = nil,
        action: String
    ) throws(OCIError) -> HTTPResponse {
        let version = try negotiatedVersion()
        return try exchange(method, "/v\(version)\(path)", query, body, action)
    }

    /// Sends a request that is answered by a JSON document; `nil` if there is no such thing.
    func document(
        _ path: String,
        query: [(name: String, value: String)] = [],
        action: String
    ) throws(OCIError) -> JSONValue? {
        let response = try send(.get, path, query: query, action: action)
        let bytes = try Self.read(response, limit: Self.documentLimit, action)
        guard response.status != 404 else { return nil }
        guard response.head.isSuccess else { throw Self.refusal(response.status, bytes, action) }
        do {
            return try JSONParser.parse(bytes, source: "", duplicateKeys: .lastWins)
        } catch {
            throw Self.failure(action, "malformed answer: \(error)")
        }
    }

    /// Looks whether the daemon answers, which keeps the connection from being closed for idleness.
    func ping() throws(OCIError) {
        let response = try exchange(.get, "/_ping", [], nil, "ping the docker daemon")
        response.discard()
    }

    private func exchange(
        _ method: HTTPMethod,
        _ path: String,
        _ query: [(name: String, value: String)],
        _ body: HTTPBody?,
        _ action: String
    ) throws(OCIError) -> HTTPResponse {
        var url = baseURL
        url.path += path
        if !query.isEmpty { url = url.adding(query) }
        var request = HTTPRequest(method, url)
        if let body {
            request.body = body
            request.headers.append("Content-Type", "application/x-tar")
            request.acceptsEarlyAnswer = true
        }
        do throws(HTTPError) {
            return try http.send(request, followsRedirects: false)
        } catch {
            throw Self.unreachable(action, error)
        }
    }

    // MARK: - Versions

    /// The version that both sides know; asked for once.
    func negotiatedVersion() throws(OCIError) -> DaemonAPIVersion {
        if let known = version.withLock({ $0 }) { return known }
        let action = "ask the docker daemon for its version"
        let response = try exchange(.get, "/_ping", [], nil, action)
        let offered = response.head.headers["Api-Version"].flatMap { DaemonAPIVersion($0) }
        let bytes = try Self.read(response, limit: 1 << 20, action)
        // A daemon with a problem may still name its version; the problem is reported by the next request.
        guard response.head.isSuccess || offered != nil else { throw Self.refusal(response.status, bytes, action) }
        let chosen = min(offered ?? .fallback, .newest)
        version.withLock { $0 = chosen }
        return chosen
    }

    // MARK: - Failures

    static func read(_ response: HTTPResponse, limit: Int, _ action: String) throws(OCIError) -> [UInt8] {
        do throws(HTTPError) {
            return try response.readAll(limit: limit)
        } catch {
            throw unreachable(action, error)
        }
    }

    /// The failure of an exchange that brought no answer.
    static func unreachable(_ action: String, _ error: HTTPError) -> OCIError {
        .store(StoreFailure(kind: .unreachable, message: "\(action): \(error)"))
    }

    /// The failure that the daemon reports in its answer.
    static func refusal(_ status: Int, _ body: [UInt8], _ action: String) -> OCIError {
        let document = try? JSONParser.parse(body, source: "", duplicateKeys: .lastWins)
        let text = document?["message"]?.stringValue ?? String(decoding: body.prefix(512), as: UTF8.self)
        let kind: StoreFailure.Kind =
            switch status {
            case 401, 403: .denied
            case 404: .notFound
            default: .other
            }
        let message = "\(action): error response from daemon: \(text) (status \(status))"
        return .store(StoreFailure(kind: kind, message: message))
    }

    /// Any other failure.
    static func failure(_ action: String, _ reason: String) -> OCIError {
        .store(StoreFailure(kind: .other, message: "\(action): \(reason)"))
    }
}
