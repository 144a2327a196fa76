import HTTP
import OCI
import POSIX
import Synchronization
import TLS

/// Where a Docker daemon listens, as `DOCKER_HOST` and its companions name it.
struct DaemonEndpoint: Sendable {
    /// How to get there.
    enum Route: Sendable {
        /// Through a socket of the file system.
        case unix(path: String)
        /// Over the network, with TLS if there is a context for it.
        case network(tls: TLSContext?)
    }

    /// What Docker's own client connects to when nothing else is said.
    static let defaultHost = "unix:///var/run/docker.sock"

    /// The endpoint as it was given.
    let name: String
    let route: Route
    /// What the paths of requests are added to.
    let baseURL: HTTPURL

    /// Takes the endpoint from the environment; keys and certificates are read now.
    init(environment: [String: String]) throws(OCIError) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        name = value("DOCKER_HOST") ?? Self.defaultHost
        guard let separator = name.firstRange(of: "://") else {
            throw Self.refusal("unable to parse docker host `\(name)`: expected unix://PATH or tcp://HOST:PORT")
        }
        let rest = String(name[separator.upperBound...])
        guard !rest.isEmpty else { throw Self.refusal("unable to parse docker host `\(name)`: nothing after ://") }
        switch name[..<separator.lowerBound] {
        case "unix":
            route = .unix(path: rest)
            baseURL = try Self.url("http://localhost")
        case "tcp", "http", "https":
            let tls = try Self.tls(
                certificateDirectory: value("DOCKER_CERT_PATH"),
                verifies: value("DOCKER_TLS_VERIFY") != nil,
                isRequired: name.hasPrefix("https:"),
                environment: environment
            )
            route = .network(tls: tls)
            var url = try Self.url("\(tls == nil ? "http" : "https")://\(rest)")
            if name.hasPrefix("tcp:"), url.port == nil {
                url = try Self.url("\(url.scheme.rawValue)://\(url.authority):\(tls == nil ? 2375 : 2376)\(url.path)")
            }
            baseURL = url
        case let scheme:
            throw Self.refusal(
                "docker host `\(name)`: \(scheme):// is not supported; mount the daemon's socket and use unix://, or use "
                    + "tcp://"
            )
        }
    }

    /// Makes requests to the endpoint.
    func client(timeouts: HTTPTimeouts, spare: SpareConnections, proxies: ProxySettings) -> HTTPClient {
        switch route {
        case .unix(let path):
            let name = name
            return HTTPClient(
                .init(connect: { _, _ throws(HTTPError) in
                    if let transport = spare.take() { return transport }
                    do throws(POSIXError) {
                        return try SocketTransport.connect(unixPath: path, timeouts: timeouts)
                    } catch {
                        throw .connectionFailed(Self.explanation(of: error, name))
                    }
                })
            )
        case .network(let context):
            var configuration = HTTPClient.Configuration(
                connect: SocketTransport.tcp(timeouts: timeouts),
                proxies: proxies
            )
            if let context {
                configuration.secure = { transport, origin throws(HTTPError) in
                    try TLSTransport(over: transport, host: origin.host, context: context)
                }
            }
            return HTTPClient(configuration)
        }
    }

    /// Why a connection to a socket fails, and what to do about it.
    static func explanation(of error: POSIXError, _ name: String) -> String {
        let advice =
            switch error.errno {
            case .noSuchFile: "mount the daemon's socket into the container, or say with DOCKER_HOST where it is"
            case .permissionDenied, .notPermitted:
                "run as root or as a member of the group that the socket belongs to"
            case .connectionRefused: "is the docker daemon running?"
            default: "DOCKER_HOST says where the daemon is"
            }
        return "cannot connect to the Docker daemon at \(name): \(error); \(advice)"
    }

    // MARK: - TLS

    /// The context for TLS; `nil` where it isn't asked for.
    private static func tls(
        certificateDirectory: String?,
        verifies: Bool,
        isRequired: Bool,
        environment: [String: String]
    ) throws(OCIError) -> TLSContext? {
        guard certificateDirectory != nil || verifies || isRequired else { return nil }
        var trust = TLSTrust(verifiesPeer: verifies || certificateDirectory == nil)
        if let directory = certificateDirectory {
            if verifies { trust.authorities.require(Path.join(directory, "ca.pem")) }
            trust.identity = TLSTrust.Identity(
                certificateFile: Path.join(directory, "cert.pem"),
                keyFile: Path.join(directory, "key.pem")
            )
        } else {
            trust.authorities = .system(environment: environment)
        }
        do {
            return try TLSContext(trust)
        } catch {
            throw refusal("certificates for the docker daemon: \(error)")
        }
    }

    /// A URL whose path other paths can be added to.
    private static func url(_ text: String) throws(OCIError) -> HTTPURL {
        do {
            var url = try HTTPURL(text)
            if url.path.hasSuffix("/") { url.path.removeLast() }
            return url
        } catch {
            throw refusal("unable to parse docker host: \(error)")
        }
    }

    private static func refusal(_ message: String) -> OCIError { .store(StoreFailure(kind: .other, message: message)) }
}

/// Connections that were opened while this process still had the right to.
///
/// A second one is there for the case that the daemon closes the first, as some do after an error.
final class SpareConnections: Sendable {
    private let connections: Mutex<[SocketTransport]>

    init(_ connections: [SocketTransport] = []) { self.connections = Mutex(connections) }

    /// Takes one that the daemon hasn't closed meanwhile.
    func take() -> SocketTransport? {
        connections.withLock { connections in
            while let last = connections.popLast() {
                if last.isReadyForReuse { return last }
            }
            return nil
        }
    }
}
