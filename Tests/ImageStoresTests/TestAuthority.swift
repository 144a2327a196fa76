import POSIX
import TestSupport

/// A private authority, and certificates signed by it for this machine and for a client.
struct TestAuthority {
    let directory: TemporaryDirectory
    var certificatePath: String { directory.path("ca.crt") }
    var server: RegistryServer.TLSFiles { files("server") }
    var client: RegistryServer.TLSFiles { files("client") }

    /// Makes all three; the server's certificate is for the given names.
    init(names: String = "IP:127.0.0.1,DNS:localhost") throws {
        directory = try TemporaryDirectory()
        try openssl("req -x509 \(Self.key) -keyout ca.key -out ca.crt -days 2 -subj /CN=test-ca")
        try sign("server", "subjectAltName=\(names)")
        try sign("client", "extendedKeyUsage=clientAuth")
    }

    private static let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"

    private func files(_ name: String) -> RegistryServer.TLSFiles {
        RegistryServer.TLSFiles(certificatePath: directory.path("\(name).crt"), keyPath: directory.path("\(name).key"))
    }

    private func sign(_ name: String, _ purpose: String) throws {
        try openssl("req \(Self.key) -keyout \(name).key -out \(name).csr -subj /CN=test-\(name)")
        try directory.write("ext", "\(purpose)\n")
        try openssl(
            "x509 -req -in \(name).csr -CA ca.crt -CAkey ca.key -CAcreateserial -out \(name).crt -days 2 -extfile ext"
        )
    }

    private func openssl(_ arguments: String) throws {
        let result = try runCommand(["openssl"] + arguments.split(separator: " ").map(String.init), in: directory.path)
        guard result.status.isSuccess else { throw POSIXError(.inputOutput, "openssl", result.errors) }
    }
}
