/// Sends requests over pooled connections, through proxies where they are configured, and follows redirects.
///
/// One client serves any number of threads. Retries after faults are the caller's business, with one exception: a kept
/// connection that turns out to be closed is replaced without a word.
public final class HTTPClient: Sendable {
    /// What a client needs to know.
    public struct Configuration: Sendable {
        /// Opens a connection to a host (a name, or an address without brackets) and port.
        public typealias Connector = @Sendable (_ host: String, _ port: UInt16) throws(HTTPError) -> any HTTPTransport
        /// Speaks TLS over a connection with the server of an origin.
        public typealias Securer =
            @Sendable (_ transport: any HTTPTransport, _ origin: HTTPURL.Origin) throws(HTTPError) -> any HTTPTransport

        /// Opens connections.
        public var connect: Connector
        /// Makes connections secure; without it `https` URLs are an error.
        public var secure: Securer?
        /// Which requests go through a proxy.
        public var proxies: ProxySettings
        /// How long a head, or an answer that is read as a whole, may take; `nil` for any time.
        public var pace: HTTPPace?
        /// The value of the `User-Agent` field.
        public var userAgent: String
        /// How many idle connections are kept to one origin.
        public var maximumIdleConnections: Int

        public init(
            connect: @escaping Connector,
            secure: Securer? = nil,
            proxies: ProxySettings = .none,
            pace: HTTPPace? = nil,
            userAgent: String = "slipway",
            maximumIdleConnections: Int = 8
        ) {
            self.connect = connect
            self.secure = secure
            self.proxies = proxies
            self.pace = pace
            self.userAgent = userAgent
            self.maximumIdleConnections = maximumIdleConnections
        }
    }

    private let configuration: Configuration
    private let pool: HTTPConnectionPool

    /// Makes a client without connections.
    public init(_ configuration: Configuration) {
        self.configuration = configuration
        pool = HTTPConnectionPool(maximumPerRoute: configuration.maximumIdleConnections)
    }

    deinit { pool.closeAll() }

    /// Sends a request and returns when the head of the final response is there.
    ///
    /// Redirects are followed for GET and HEAD, and with 307 and 308 for whatever has a body that can be sent again.
    /// Credentials (`Authorization`, `Cookie`) go to the first origin only.
    ///
    /// - Parameters:
    ///   - request: what to send
    ///   - followsRedirects: `false` to be given the redirect itself
    /// - Returns: the response, whatever its status
    /// - Throws: `HTTPError` when there is no response
    public func send(_ request: HTTPRequest, followsRedirects: Bool = true) throws(HTTPError) -> HTTPResponse {
        var request = request
        request.headers["User-Agent"] = request.headers["User-Agent"] ?? configuration.userAgent
        for _ in 0...10 {
            let response = try exchange(request)
            guard followsRedirects, let next = try redirect(of: request, by: response) else { return response }
            response.discard()
            request = next
        }
        throw .redirectRefused(to: request.url.redacted, reason: "stopped after 10 redirects")
    }

    // MARK: - Redirects

    /// The request that a response redirects to, or `nil` if the response is the answer.
    private func redirect(of request: HTTPRequest, by response: HTTPResponse) throws(HTTPError) -> HTTPRequest? {
        guard [301, 302, 303, 307, 308].contains(response.status), let location = response.head.headers["Location"]
        else { return nil }
        var next = request
        switch response.status {
        case 307, 308: guard request.body.isReplayable else { return nil }
        // With other methods, these statuses are no new place for the request, so callers get the answer itself.
        default: guard request.method == .get || request.method == .head else { return nil }
        }
        next.url = try request.url.resolving(location)
        // Blobs that are read over plain HTTP are verified by their digests; but what is sent could be read by others.
        if next.url.scheme == .http, request.url.scheme == .https, request.method != .get, request.method != .head {
            throw .redirectRefused(to: next.url.redacted, reason: "it leads from https to http")
        }
        if next.url.origin != request.url.origin {
            next.headers.remove("Authorization")
            next.headers.remove("Cookie")
        }
        return next
    }

    // MARK: - One exchange

    private func exchange(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
        let route = HTTPConnectionPool.Route(
            origin: request.url.origin,
            proxy: configuration.proxies.proxy(for: request.url)
        )
        while let connection = pool.take(route) {
            do throws(HTTPError) {
                return try send(request, over: connection, route: route)
            } catch .connectionLost where request.method.isIdempotent && request.body.isReplayable {
                // The server had given up the idle connection when our request arrived.
                connection.close()
            }
        }
        return try send(request, over: open(route), route: route)
    }

    private func send(
        _ request: HTTPRequest,
        over connection: HTTPConnection,
        route: HTTPConnectionPool.Route
    ) throws(HTTPError) -> HTTPResponse {
        var request = request
        var form = HTTPRequestEncoder.TargetForm.origin
        if let proxy = route.proxy, route.origin.scheme == .http {
            form = .absolute
            request.headers["Proxy-Authorization"] = Self.authorization(for: proxy)
        }
        let head = try connection.send(request, form: form)
        return HTTPResponse(head: head, url: request.url, connection: connection) { [pool] connection in
            pool.giveBack(connection, for: route)
        }
    }

    // MARK: - Opening connections

    private func open(_ route: HTTPConnectionPool.Route) throws(HTTPError) -> HTTPConnection {
        let transport: any HTTPTransport
        if let proxy = route.proxy {
            transport = try connect(proxy.origin)
            guard route.origin.scheme == .https else { return connection(over: transport) }
            return try connection(
                over: secure(tunnel(to: route.origin, through: proxy, over: transport), route.origin)
            )
        }
        return try connection(over: connect(route.origin))
    }

    private func connection(over transport: any HTTPTransport) -> HTTPConnection {
        HTTPConnection(transport, answerLimit: configuration.pace?.answer)
    }

    private func connect(_ origin: HTTPURL.Origin) throws(HTTPError) -> any HTTPTransport {
        let transport = try configuration.connect(origin.host, origin.port)
        return origin.scheme == .https ? try secure(transport, origin) : transport
    }

    private func secure(
        _ transport: any HTTPTransport,
        _ origin: HTTPURL.Origin
    ) throws(HTTPError) -> any HTTPTransport {
        guard let secure = configuration.secure else {
            throw .handshakeFailed(host: origin.host, reason: "this client speaks no TLS")
        }
        do throws(HTTPError) {
            return try secure(transport, origin)
        } catch {
            transport.close()
            throw error
        }
    }

    private func tunnel(
        to origin: HTTPURL.Origin,
        through proxy: HTTPURL,
        over transport: any HTTPTransport
    ) throws(HTTPError) -> any HTTPTransport {
        let name = origin.host.contains(":") ? "[\(origin.host)]" : origin.host
        var request = HTTPRequest(.connect, try HTTPURL("https://\(name):\(origin.port)"))
        request.headers["User-Agent"] = configuration.userAgent
        request.headers["Proxy-Authorization"] = Self.authorization(for: proxy)
        let connection = connection(over: transport)
        let head = try connection.send(request, form: .authority)
        guard head.isSuccess else {
            throw .proxyRefused(proxy: proxy.authority, target: "\(name):\(origin.port)", status: head.status)
        }
        return try connection.tunnel()
    }

    private static func authorization(for proxy: HTTPURL) -> String? {
        proxy.userInfo.map { userInfo in
            let parts = userInfo.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let user = PercentEncoding.decode(parts[0])
            let password = parts.count == 2 ? PercentEncoding.decode(parts[1]) : ""
            return "Basic " + Base64.encode(Array("\(user):\(password)".utf8))
        }
    }
}
