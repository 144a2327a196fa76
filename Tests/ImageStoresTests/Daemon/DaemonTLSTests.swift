import OCI
import POSIX
import TestSupport
import Testing

@testable import ImageStores

private let canRun = DockerDaemon.isAvailable && Conditions.commandExists("openssl")

@Suite("A daemon over TLS", .serialized, .enabled(if: canRun, "\(DockerDaemon.comment), and openssl"))
struct DaemonTLSTests {
    private let authority: TestAuthority
    private let daemon: DockerDaemon
    private let host: String

    init() throws {
        authority = try TestAuthority()
        host = "tcp://127.0.0.1:\(try ListeningSocket().port)"
        daemon = try DockerDaemon(arguments: [
            "--host", host, "--tlsverify", "--tlscacert", authority.certificatePath,
            "--tlscert", authority.server.certificatePath, "--tlskey", authority.server.keyPath,
        ])
        try daemon.makeImage("test/secure:1", files: ["a": "contents"])
    }

    /// The variables for a directory of certificates as Docker's own client wants it.
    private func environment(_ directory: TemporaryDirectory, authority: TestAuthority) throws -> [String: String] {
        for (name, path) in [
            ("ca.pem", authority.certificatePath), ("cert.pem", self.authority.client.certificatePath),
            ("key.pem", self.authority.client.keyPath),
        ] {
            _ = try directory.write(name, FileSystem.readFile(path))
        }
        return ["DOCKER_HOST": host, "DOCKER_CERT_PATH": directory.path, "DOCKER_TLS_VERIFY": "1"]
    }

    @Test("is used by who has a certificate, and by nobody else")
    func certificates() throws {
        let directory = try TemporaryDirectory()
        let trusted = try environment(directory, authority: authority)
        #expect(try DaemonStore(environment: trusted).open("test/secure:1", platform: nil) != nil)

        // The system trusts the authority, but there is nothing to show to the daemon.
        let anonymous = [
            "DOCKER_HOST": host, "DOCKER_TLS_VERIFY": "1", "SSL_CERT_FILE": authority.certificatePath,
        ]
        let refused = try #require(throws: OCIError.self) {
            _ = try DaemonStore(environment: anonymous).open("test/secure:1", platform: nil)
        }
        #expect("\(refused)".contains("certificate required") || "\(refused)".contains("bad certificate"), "\(refused)")
    }

    @Test("is not believed where its authority is another one")
    func otherAuthority() throws {
        let directory = try TemporaryDirectory()
        let environment = try environment(directory, authority: TestAuthority())
        let error = try #require(throws: OCIError.self) {
            _ = try DaemonStore(environment: environment).open("test/secure:1", platform: nil)
        }
        #expect("\(error)".contains("tls handshake with 127.0.0.1: certificate is not trusted"), "\(error)")
    }
}
