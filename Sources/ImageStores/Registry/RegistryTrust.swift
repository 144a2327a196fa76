import HTTP
import POSIX
import TLS

/// Whom to trust as which registry: the system's authorities, and those that Docker's and containers' tools are given
/// for single hosts, in directories `certs.d/<host>[:<port>]` with authorities in `*.crt` and a certificate of our own in
/// `<name>.cert` and `<name>.key`.
struct RegistryTrust: Sendable {
    private let directories: [String]
    private let environment: [String: String]

    init(environment: [String: String]) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let configurationHome = value("XDG_CONFIG_HOME") ?? value("HOME").map { Path.join($0, ".config") }
        var directories = ["/etc/docker/certs.d", "/etc/containers/certs.d"]
        if let configurationHome {
            directories += ["docker", "containers"].map { Path.join(configurationHome, $0, "certs.d") }
        }
        self.directories = directories
        self.environment = environment
    }

    /// The trust for connections to an origin; looks through directories, so it is only asked when TLS is spoken.
    ///
    /// - Parameters:
    ///   - origin: where the connection leads
    ///   - verifiesPeer: `false` for registries that were declared insecure
    /// - Returns: authorities and our own certificate
    func trust(for origin: HTTPURL.Origin, verifiesPeer: Bool) -> TLSTrust {
        var trust = verifiesPeer ? TLSTrust(authorities: .system(environment: environment)) : .anyone
        let host = origin.host.contains(":") ? "[\(origin.host)]" : origin.host
        for directory in directories {
            for name in ["\(host):\(origin.port)", host] {
                read(Path.join(directory, name), into: &trust)
            }
        }
        return trust
    }

    private func read(_ directory: String, into trust: inout TLSTrust) {
        guard let entries = try? FileSystem.list(directory) else { return }
        for name in entries.map(\.name) {
            let path = Path.join(directory, name)
            if name.hasSuffix(".crt") {
                trust.authorities.require(path)
            } else if name.hasSuffix(".cert"), trust.identity == nil {
                let key = Path.join(directory, name.dropLast(5) + ".key")
                if FileSystem.isRegularFile(key) {
                    trust.identity = TLSTrust.Identity(certificateFile: path, keyFile: key)
                }
            }
        }
    }
}
