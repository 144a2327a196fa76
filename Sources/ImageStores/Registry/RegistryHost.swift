import HTTP

/// A registry as one store talks to it: its name, and whether it was declared insecure.
struct RegistryHost: Hashable, Sendable {
    /// Host and optional port, as in image names.
    let name: String
    /// Whether neither TLS nor a trusted certificate is asked for.
    let isInsecure: Bool

    /// The schemes that may be tried, in order.
    ///
    /// Plain HTTP is only for registries that were declared insecure, for this machine's own, and for private IPv4
    /// addresses. The machine's own is asked in plain HTTP first where a port is named: what listens there speaks either
    /// the one or the other, and reading the trusted authorities takes longer than the whole exchange.
    var schemes: [HTTPURL.Scheme] {
        let isLocal = isLocal
        if isLocal && hasPort && !isInsecure { return [.http, .https] }
        return isInsecure || isLocal || isPrivateAddress ? [.https, .http] : [.https]
    }

    /// `localhost` with a port, `*.localhost`, 127.0.0.1 and ::1: what the reference takes for the machine's own.
    private var isLocal: Bool {
        let (host, _) = parts
        if host == "localhost" { return hasPort }
        return host.hasSuffix(".localhost") || host == "127.0.0.1" || host == "::1"
    }

    private var isPrivateAddress: Bool {
        IPAddress(parts.host).map { $0.bytes.count == 4 && $0.isPrivate } ?? false
    }
    private var hasPort: Bool { parts.port != nil }

    /// Whether addresses in private networks are to be expected: the registry is insecure, on this machine, or has such
    /// an address itself.
    var isNearby: Bool { isInsecure || isLocal || isPrivateAddress }

    private var parts: (host: String, port: UInt16?) {
        guard let url = try? HTTPURL("https://\(name)/") else { return (name, nil) }
        return (url.host, url.port)
    }
}
