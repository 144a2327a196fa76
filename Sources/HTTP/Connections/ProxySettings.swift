/// Which requests go through a proxy, as Go's programs read it from the environment.
///
/// `HTTPS_PROXY` counts for `https` URLs, `HTTP_PROXY` for `http` ones, and `NO_PROXY` names exceptions: host names with
/// their subdomains, `.suffixes` for subdomains alone, IP addresses, CIDR blocks, each with an optional port, or `*`.
/// The lower-case names are read where the upper-case ones are not set. Loopback hosts never use a proxy.
public struct ProxySettings: Sendable {
    /// Goes directly everywhere.
    public static let none = ProxySettings(http: nil, https: nil, exceptions: [])

    private enum Exception: Equatable {
        case everything
        case address(IPAddress, prefixLength: Int, port: UInt16?)
        /// A name, and whether it stands for the host of that name as well as for its subdomains.
        case domain(suffix: String, includesItself: Bool, port: UInt16?)
    }

    private let http: HTTPURL?
    private let https: HTTPURL?
    private let exceptions: [Exception]

    private init(http: HTTPURL?, https: HTTPURL?, exceptions: [Exception]) {
        (self.http, self.https, self.exceptions) = (http, https, exceptions)
    }

    /// Reads the settings from environment variables.
    ///
    /// - Parameter environment: all variables by name
    /// - Throws: `.invalidURL` for a proxy that is no `http` or `https` URL
    public init(environment: [String: String]) throws(HTTPError) {
        func value(_ name: String) -> String? {
            let value = environment[name] ?? ""
            return value.isEmpty ? environment[name.lowercased()].flatMap { $0.isEmpty ? nil : $0 } : value
        }
        // Within CGI programs a request's `Proxy` field becomes HTTP_PROXY, so it cannot be trusted there.
        let isCGI = environment["REQUEST_METHOD"] != nil
        http = try isCGI ? nil : value("HTTP_PROXY").map(Self.url)
        https = try value("HTTPS_PROXY").map(Self.url)
        exceptions = (value("NO_PROXY") ?? "").split(separator: ",").compactMap(Self.exception)
    }

    /// The proxy for a URL, or `nil` to connect directly.
    public func proxy(for url: HTTPURL) -> HTTPURL? {
        guard let proxy = url.scheme == .https ? https : http else { return nil }
        return isException(host: url.host, port: url.origin.port) ? nil : proxy
    }

    private func isException(host: String, port: UInt16) -> Bool {
        let address = IPAddress(host)
        if host == "localhost" || address?.isLoopback == true { return true }
        return exceptions.contains { exception in
            switch exception {
            case .everything: true
            case .address(let block, let prefixLength, let onlyPort):
                address?.isIn(block, prefixLength: prefixLength) == true && (onlyPort ?? port) == port
            case .domain(let suffix, let includesItself, let onlyPort):
                (host.hasSuffix(suffix) || (includesItself && "." + host == suffix)) && (onlyPort ?? port) == port
            }
        }
    }

    private static func url(_ text: String) throws(HTTPError) -> HTTPURL {
        if let scheme = socksScheme(of: text) {
            throw .invalidURL(
                "\(scheme)://...",
                reason: "SOCKS proxies are not supported; name an HTTP proxy in HTTP_PROXY and HTTPS_PROXY, "
                    + "or except the registry from it with NO_PROXY"
            )
        }
        // A proxy may be given as host and port alone.
        return try HTTPURL(text.contains("://") ? text : "http://\(text)")
    }

    /// The scheme of a SOCKS proxy's URL, as curl and others write it.
    private static func socksScheme(of text: String) -> String? {
        ["socks", "socks4", "socks4a", "socks5", "socks5h"].first { text.lowercased().hasPrefix("\($0)://") }
    }

    private static func exception(_ element: Substring) -> Exception? {
        let text = ASCII.trimmed(element).lowercased()
        if text.isEmpty { return nil }
        if text == "*" { return .everything }
        if let slash = text.firstIndex(of: "/") {
            guard let block = IPAddress(String(text[..<slash])),
                let length = ASCII.decimal(text[text.index(after: slash)...]), length <= block.bitCount
            else { return nil }
            return .address(block, prefixLength: length, port: nil)
        }
        if let address = IPAddress(text) { return .address(address, prefixLength: address.bitCount, port: nil) }
        guard let (host, port) = HTTPURL.splitHostAndPort(text[...]) else { return nil }
        if let address = IPAddress(host) { return .address(address, prefixLength: address.bitCount, port: port) }
        if host.hasPrefix("*.") { return .domain(suffix: String(host.dropFirst()), includesItself: false, port: port) }
        if host.hasPrefix(".") { return .domain(suffix: host, includesItself: false, port: port) }
        return .domain(suffix: "." + host, includesItself: true, port: port)
    }
}
