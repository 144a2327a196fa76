import HTTP
import POSIX
import Synchronization
import TLS

/// The two HTTP clients of a store: one that verifies certificates, and one for registries that were declared insecure.
final class RegistryConnections: Sendable {
    private struct ContextKey: Hashable {
        let origin: HTTPURL.Origin
        let verifiesPeer: Bool
    }

    private let trust: RegistryTrust
    private let contexts = Mutex<[ContextKey: TLSContext]>([:])
    private let clients = Mutex<[Bool: HTTPClient]>([:])
    private let proxies: ProxySettings
    private let pace: HTTPPace
    private let connector: HTTPClient.Configuration.Connector

    init(
        environment: [String: String],
        pace: HTTPPace,
        connector: @escaping HTTPClient.Configuration.Connector
    ) throws(HTTPError) {
        trust = RegistryTrust(environment: environment)
        proxies = try ProxySettings(environment: environment)
        self.pace = pace
        self.connector = connector
    }

    /// The client for registries of one kind.
    func client(verifiesPeer: Bool) -> HTTPClient {
        clients.withLock { clients in
            if let client = clients[verifiesPeer] { return client }
            let client = HTTPClient(
                HTTPClient.Configuration(
                    connect: connector,
                    secure: { [weak self] transport, origin throws(HTTPError) in
                        guard let self else { throw .cancelled }
                        return try self.secure(transport, origin, verifiesPeer: verifiesPeer)
                    },
                    proxies: proxies,
                    pace: pace,
                    userAgent: "slipway"
                )
            )
            clients[verifiesPeer] = client
            return client
        }
    }

    private func secure(
        _ transport: any HTTPTransport,
        _ origin: HTTPURL.Origin,
        verifiesPeer: Bool
    ) throws(HTTPError) -> any HTTPTransport {
        let key = ContextKey(origin: origin, verifiesPeer: verifiesPeer)
        // Reading the authorities takes some milliseconds, so a context is kept; two threads may make the same one.
        let context: TLSContext
        if let known = contexts.withLock({ $0[key] }) {
            context = known
        } else {
            context = try TLSContext(trust.trust(for: origin, verifiesPeer: verifiesPeer))
            contexts.withLock { $0[key] = context }
        }
        return try TLSTransport(over: transport, host: origin.host, context: context)
    }
}
