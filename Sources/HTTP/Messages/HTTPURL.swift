/// An absolute `http` or `https` URL (RFC 3986), percent-encoded as it will be sent.
public struct HTTPURL: Hashable, Sendable, CustomStringConvertible {
    /// How to speak to the host.
    public enum Scheme: String, Hashable, Sendable {
        /// In plain text.
        case http
        /// Over TLS.
        case https

        /// The port when the URL names none.
        public var defaultPort: UInt16 { self == .http ? 80 : 443 }
    }

    /// What a connection can be shared for: requests with equal origins.
    public struct Origin: Hashable, Sendable {
        /// How to speak to the host.
        public let scheme: Scheme
        /// The name or address in lower case, without brackets.
        public let host: String
        /// The port, explicit or the scheme's.
        public let port: UInt16
    }

    /// How to speak to the host.
    public var scheme: Scheme
    /// The name or address in lower case; IPv6 addresses without brackets.
    public let host: String
    /// The port, if the URL names one.
    public let port: UInt16?
    /// `user:password`, percent-encoded; only the URLs of proxies have it.
    public let userInfo: String?
    /// The path, beginning with a slash.
    public var path: String
    /// The part after the question mark.
    public var query: String?

    /// Parses an absolute URL; a fragment is dropped.
    ///
    /// - Throws: `.invalidURL`
    public init(_ text: String) throws(HTTPError) {
        func invalid(_ reason: String) -> HTTPError { .invalidURL(Self.withoutSecrets(text), reason: reason) }

        guard let colon = text.firstIndex(of: ":"), let scheme = Scheme(rawValue: text[..<colon].lowercased()) else {
            throw invalid("not http or https")
        }
        guard text[colon...].hasPrefix("://") else { throw invalid("no host") }
        guard text.utf8.allSatisfy({ $0 > ASCII.space && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else {
            throw invalid("blank, control or non-ASCII character")
        }
        let rest = text[text.index(colon, offsetBy: 3)...]
        let authority = rest.prefix { !"/?#".contains($0) }
        let target = rest[authority.endIndex...].prefix { $0 != "#" }

        self.scheme = scheme
        let at = authority.lastIndex(of: "@")
        userInfo = at.map { String(authority[..<$0]) }
        let hostAndPort = at.map { authority[authority.index(after: $0)...] } ?? authority
        guard let parsed = Self.splitHostAndPort(hostAndPort) else { throw invalid("invalid host or port") }
        (host, port) = parsed

        let path = target.prefix { $0 != "?" }
        self.path = path.isEmpty ? "/" : String(path)
        query = path.endIndex < target.endIndex ? String(target[target.index(after: path.endIndex)...]) : nil
    }

    private init(scheme: Scheme, host: String, port: UInt16?, path: String, query: String?) {
        (self.scheme, self.host, self.port) = (scheme, host, port)
        (self.path, self.query, userInfo) = (path, query, nil)
    }

    /// Where a connection for this URL leads.
    public var origin: Origin { Origin(scheme: scheme, host: host, port: port ?? scheme.defaultPort) }

    /// The host as it stands in URLs, with the port if one was named.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port.map { "\(name):\($0)" } ?? name
    }

    /// The path and query: what follows the method in a request.
    public var target: String { query.map { "\(path)?\($0)" } ?? path }

    /// The whole URL without user and password.
    public var description: String { "\(scheme.rawValue)://\(authority)\(target)" }

    /// The URL without its query, which in presigned URLs holds credentials; for messages.
    public var redacted: String { "\(scheme.rawValue)://\(authority)\(path)" + (query == nil ? "" : "?...") }

    /// The URL with parameters added to its query, percent-encoded.
    public func adding(_ parameters: [(name: String, value: String)]) -> HTTPURL {
        var url = self
        let added = PercentEncoding.form(parameters)
        if let query, !query.isEmpty {
            url.query = added.isEmpty ? query : "\(query)&\(added)"
        } else {
            url.query = added
        }
        return url
    }

    /// The URL that a `Location` field means when it was received from this one (RFC 3986 §5.2).
    ///
    /// - Throws: `.invalidURL`
    public func resolving(_ reference: String) throws(HTTPError) -> HTTPURL {
        let beforePath = reference.prefix { !"/?#".contains($0) }
        if beforePath.contains(":") { return try HTTPURL(reference) }
        if reference.hasPrefix("//") { return try HTTPURL("\(scheme.rawValue):\(reference)") }
        let base = HTTPURL(scheme: scheme, host: host, port: port, path: "/", query: nil).description.dropLast()
        let path: String
        if reference.hasPrefix("/") {
            path = reference
        } else if reference.hasPrefix("?") {
            path = self.path + reference
        } else if let slash = self.path.lastIndex(of: "/") {
            path = self.path[...slash] + reference
        } else {
            path = "/" + reference
        }
        var url = try HTTPURL(base + path)
        url.path = Self.removingDotSegments(url.path)
        return url
    }

    private static func removingDotSegments(_ path: String) -> String {
        guard path.contains("/.") else { return path }
        var kept: [Substring] = []
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            switch segment {
            case ".": if isLast { kept.append("") }
            case "..":
                _ = kept.popLast()
                if isLast { kept.append("") }
            default: kept.append(segment)
            }
        }
        return "/" + kept.joined(separator: "/")
    }

    /// Splits `host`, `host:port`, `[v6]` or `[v6]:port`.
    static func splitHostAndPort(_ text: Substring) -> (host: String, port: UInt16?)? {
        let name: Substring
        let rest: Substring
        if text.hasPrefix("[") {
            guard let bracket = text.firstIndex(of: "]") else { return nil }
            name = text[text.index(after: text.startIndex)..<bracket]
            rest = text[text.index(after: bracket)...]
            guard name.contains(":"), name.utf8.allSatisfy({ ASCII.hexValue($0) != nil || ":.".utf8.contains($0) }),
                IPAddress(String(name)) != nil
            else { return nil }
        } else {
            name = text.prefix { $0 != ":" }
            rest = text[name.endIndex...]
            let isValid = name.utf8.allSatisfy {
                ASCII.isDigit($0) || ASCII.isLetter($0) || "-._~%!$&'()*+,;=".utf8.contains($0)
            }
            guard isValid else { return nil }
        }
        guard !name.isEmpty else { return nil }
        if rest.isEmpty || rest == ":" { return (name.lowercased(), nil) }
        guard rest.first == ":", let number = ASCII.decimal(rest.dropFirst()), let port = UInt16(exactly: number) else {
            return nil
        }
        return (name.lowercased(), port)
    }

    /// A text that failed to parse, without what may be a password or a signature.
    private static func withoutSecrets(_ text: String) -> String {
        let shown = text.prefix { $0 != "?" }
        guard let at = shown.lastIndex(of: "@"), let slashes = shown.firstIndex(of: "/"), slashes < at else {
            return String(shown)
        }
        return "\(shown[..<slashes])//...\(shown[at...])"
    }
}
