import HTTP
import POSIX
import TestSupport
import Testing

@testable import TLS

/// An OpenSSL server that answers every GET with a page.
private final class TLSServer: Sendable {
    let authority: TestAuthority
    let port: UInt16
    private let process: RunningProcess

    init(options: [String] = []) throws {
        authority = try TestAuthority()
        port = try ListeningSocket().port
        process = try RunningProcess(
            SubprocessConfiguration(
                executable: Conditions.commandPath("openssl") ?? "openssl",
                arguments: [
                    "s_server", "-accept", "127.0.0.1:\(port)", "-cert", authority.server.certificatePath,
                    "-key", authority.server.keyPath, "-www",
                ] + options,
                workingDirectory: authority.directory.path
            ),
            outputPath: authority.directory.path("log")
        )
        for _ in 0..<500 {
            if (try? Socket.connectTCP(host: "127.0.0.1", port: port, timeout: 1000)) != nil { return }
            Clock.sleep(milliseconds: 10)
        }
        throw POSIXError(.timedOut, "openssl", "s_server")
    }

    /// Gets the server's page, trusting what a test trusts.
    func get(_ trust: TLSTrust, host: String = "127.0.0.1") throws -> Int {
        let client = HTTPClient(
            .init(
                connect: SocketTransport.tcp(timeouts: HTTPTimeouts(connect: 5, silence: 5)),
                secure: { transport, origin throws(HTTPError) in
                    try TLSTransport(over: transport, host: origin.host, context: TLSContext(trust))
                }
            )
        )
        return try client.send(HTTPRequest(.get, HTTPURL("https://\(host):\(port)/"))).status
    }

    var trust: TLSTrust { TLSTrust(authorities: .init(files: [authority.certificatePath])) }
}

@Suite("TLS", .enabled(if: Conditions.commandExists("openssl"), "needs openssl"))
struct TLSTransportTests {
    @Test("talks to a server that proves its name or address", arguments: ["127.0.0.1", "localhost"])
    func trusted(_ host: String) throws {
        let server = try TLSServer()
        #expect(try server.get(server.trust, host: host) == 200)
    }

    @Test("refuses a server of another authority, and of none")
    func untrusted() throws {
        let server = try TLSServer()
        let other = try TestAuthority()
        for trust in [TLSTrust(authorities: .init(files: [other.certificatePath])), TLSTrust()] {
            let error = #expect(throws: HTTPError.self) { try server.get(trust) }
            #expect(error.map { "\($0)".contains("certificate is not trusted") } == true)
        }
        #expect(try server.get(.anyone) == 200)
    }

    @Test("refuses a trusted server whose name cannot be checked", arguments: ["", "fe80::1%2", "127.0.0.1%2"])
    func uncheckableName(_ host: String) throws {
        let server = try TLSServer()
        let transport = try SocketTransport.tcp()("127.0.0.1", server.port)
        #expect(throws: HTTPError.self) {
            try TLSTransport(over: transport, host: host, context: TLSContext(server.trust))
        }
        // URLs have no such hosts in the first place.
        #expect(throws: HTTPError.self) { try HTTPURL("https://[fe80::1%2]:5000/v2/") }
        #expect(throws: HTTPError.self) { try HTTPURL("https://[fe80::1%25eth0]/v2/") }
    }

    /// The Swift files of a target, in its folder and one below it.
    private func sources(of target: String) throws -> [String] {
        let root = Path.join(Repository.root, "Sources/\(target)")
        let folders = try [root] + FileSystem.list(root).map { Path.join(root, $0.name) }.filter(FileSystem.isDirectory)
        return try folders.flatMap { folder in
            try FileSystem.list(folder).map(\.name).filter { $0.hasSuffix(".swift") }.map { Path.join(folder, $0) }
        }
    }

    @Test("looks at the result of each call of OpenSSL that can fail")
    func results() throws {
        // What returns nothing, or whose failure leaves nothing that could be trusted too much.
        let exempt: Set = [
            "EVP_MD_CTX_free",
            "SSL_CTX_free", "SSL_CTX_set_verify", "SSL_free", "SSL_set_bio", "SSL_set_connect_state", "SSL_shutdown",
        ]
        let prefixes = ["SSL_", "X509_", "BIO_", "EVP_", "slipway_ssl", "slipway_bio"]
        var calls = 0
        for target in ["TLS", "Archive"] {
            for file in try sources(of: target) {
                let text = try FileSystem.readText(file)
                for line in text.split(separator: "\n").map({ $0.drop { $0 == " " } }) {
                    calls += prefixes.contains { line.contains($0) } ? 1 : 0
                    let statement = line.hasPrefix("_ = ") ? line.dropFirst(4) : line
                    let name = String(statement.prefix { $0 != "(" })
                    guard prefixes.contains(where: { name.hasPrefix($0) }), !name.contains(" "), !line.contains(" == 1")
                    else { continue }
                    #expect(exempt.contains(name), "\(file): nobody looks at what \(name) returns")
                }
            }
        }
        #expect(calls > 20)
    }

    @Test("refuses versions before TLS 1.2")
    func oldVersion() throws {
        let server = try TLSServer(options: ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"])
        #expect(throws: HTTPError.self) { try server.get(server.trust) }
    }

    @Test("shows its own certificate to a server that asks")
    func clientCertificate() throws {
        let server = try TLSServer(options: ["-Verify", "1", "-verify_return_error", "-CAfile", "ca.crt", "-tls1_2"])
        #expect(throws: HTTPError.self) { try server.get(server.trust) }
        var trust = server.trust
        trust.identity = .init(
            certificateFile: server.authority.client.certificatePath,
            keyFile: server.authority.client.keyPath
        )
        #expect(try server.get(trust) == 200)
    }

    @Test("names a file of certificates that cannot be used")
    func unusableFiles() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write("ca.crt", "no certificate")
        let error = #expect(throws: HTTPError.self) { try TLSContext(TLSTrust(authorities: .init(files: [file]))) }
        #expect(error.map { "\($0)".contains(file) } == true)
        let identity = TLSTrust.Identity(certificateFile: file, keyFile: file)
        #expect(throws: HTTPError.self) { try TLSContext(TLSTrust(identity: identity)) }
    }

    @Test("says that a server does not speak TLS")
    func plainServer() throws {
        let server = try LoopbackServer { connection, _ in
            _ = try connection.readSome(limit: 10)
            try connection.write("HTTP/1.1 400 Bad Request\r\n\r\n")
        }
        let transport = try SocketTransport.tcp()("127.0.0.1", server.port)
        #expect(throws: HTTPError.plainAnswerToTLS) {
            try TLSTransport(over: transport, host: "127.0.0.1", context: TLSContext(.anyone))
        }
    }

    @Test(
        "survives a server that talks nonsense or hangs up",
        arguments: ["", "\u{15}\u{3}\u{1}", "x", "\u{16}\u{3}\u{3}\u{7f}\u{7f}"]
    )
    func nonsense(_ text: String) throws {
        let server = try LoopbackServer { connection, _ in
            _ = try connection.readSome(limit: 10)
            try connection.write(text)
        }
        let transport = try SocketTransport.tcp()("127.0.0.1", server.port)
        #expect(throws: HTTPError.self) {
            try TLSTransport(over: transport, host: "127.0.0.1", context: TLSContext(.anyone))
        }
    }

    @Test("finds the authorities that the environment names")
    func systemAuthorities() throws {
        let directory = try TemporaryDirectory()
        _ = try directory.write("one", "x")
        let authorities = TLSTrust.Authorities.system(
            environment: ["SSL_CERT_FILE": "/some/file", "SSL_CERT_DIR": "\(directory.path):/none"]
        )
        #expect(authorities.files == ["/some/file", directory.path("one")])
        #expect(authorities.hashedDirectories == [directory.path, "/none"])
    }
}
