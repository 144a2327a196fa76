import OCI
import POSIX
import TestSupport
import Testing

@testable import ImageStores

private let hasTools = hasRegistry && Conditions.commandExists("openssl")

@Suite("Registry over TLS", .enabled(if: hasTools, "needs docker-registry and openssl"))
struct RegistryTLSTests {
    private let authority: TestAuthority
    private let registry: RegistryServer
    private let image = TestImage.random(layers: [3 << 20, 10])

    init() throws {
        authority = try TestAuthority()
        registry = try RegistryServer(tls: authority.server)
    }

    @Test("trusts the authority that SSL_CERT_FILE or SSL_CERT_DIR names")
    func environment() throws {
        let directory = try TemporaryDirectory()
        _ = try directory.write("any-name", FileSystem.readFile(authority.certificatePath))
        for environment in [["SSL_CERT_FILE": authority.certificatePath], ["SSL_CERT_DIR": directory.path]] {
            let store = try makeStore(environment: environment)
            let name = "\(registry.host)/\(uniqueRepository())"
            #expect(try image.push([name], to: store).map(\.error) == [nil])
            #expect(try store.open(name, platform: nil)?.layerBytes(0) == image.layers[0])
        }
    }

    @Test("trusts the authority that is configured for the registry alone", arguments: ["docker", "containers"])
    func perRegistry(_ tool: String) throws {
        let home = try TemporaryDirectory()
        _ = try home.write(
            ".config/\(tool)/certs.d/\(registry.host)/ca.crt",
            FileSystem.readFile(authority.certificatePath)
        )
        let store = try makeStore(environment: ["HOME": home.path])
        #expect(try store.open("\(registry.host)/no/such", platform: nil) == nil)
    }

    @Test("does not talk to a registry that it has no reason to trust")
    func untrusted() throws {
        let error = #expect(throws: OCIError.self) { try makeStore().checkReadAccess("\(registry.host)/aa/bb") }
        #expect(error.map { "\($0)".contains("certificate is not trusted") } == true)
    }

    @Test("does not talk to a registry that shows the certificate of another one")
    func wrongName() throws {
        let other = try TestAuthority(names: "DNS:other.test")
        let registry = try RegistryServer(tls: other.server)
        let store = try makeStore(environment: ["SSL_CERT_FILE": other.certificatePath])
        let error = #expect(throws: OCIError.self) { try store.checkReadAccess("\(registry.host)/aa/bb") }
        #expect(error.map { "\($0)".contains("IP address mismatch") } == true)
    }

    @Test("talks to any registry that is declared insecure, matching the beginning of the name")
    func insecure() throws {
        let name = "\(registry.host)/\(uniqueRepository())"
        for prefix in [registry.host, "127.0.0.1", name] {
            let store = try makeStore(insecure: ["other.test", prefix])
            #expect(try store.open(name, platform: nil) == nil)
        }
        #expect(throws: OCIError.self) { try makeStore(insecure: ["other.test"]).open(name, platform: nil) }
    }

    @Test("goes through a tunnel of a proxy, which sees nothing")
    func tunnel() throws {
        // The registry's name has to be one that is not this machine's, since those never use a proxy.
        let authority = try TestAuthority(names: "DNS:registry.test")
        let registry = try RegistryServer(tls: authority.server)
        let port = registry.port
        let targets = Lock<[String]>([])
        let proxy = try LoopbackServer { connection, _ in
            guard let request = try connection.readRequest(), request.method == "CONNECT" else { return }
            targets.withLock { $0.append(request.target) }
            let upstream = try Socket.connectTCP(host: "127.0.0.1", port: port, timeout: 5000)
            try connection.write("HTTP/1.1 200 Connection established\r\n\r\n")
            let back = try Thread {
                try? pump(from: upstream, to: connection.socket)
                connection.socket.shutDown()
            }
            try? pump(from: connection.socket, to: upstream)
            upstream.shutDown()
            back.join()
        }
        let store = try makeStore(
            environment: ["HTTPS_PROXY": proxy.host, "SSL_CERT_FILE": authority.certificatePath]
        )
        #expect(try store.open("registry.test/no/such", platform: nil) == nil)
        #expect(Set(targets.withLock { $0 }) == ["registry.test:443"])
    }
}

/// Copies bytes until one side ends.
private func pump(from: Socket, to: Socket) throws {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = try buffer.withUnsafeMutableBytes { try from.read(into: $0, timeout: 10_000) }
        if count == 0 { return }
        try buffer.withUnsafeBytes { try to.writeAll(UnsafeRawBufferPointer(rebasing: $0[..<count]), timeout: 10_000) }
    }
}
