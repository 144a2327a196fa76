public import POSIX

/// A private authority, and certificates signed by it for this machine and for a client.
///
/// Tests that use it are enabled by `Conditions.commandExists("openssl")`.
public struct TestAuthority: Sendable {
    /// Where all the files are.
    public let directory: TemporaryDirectory
    /// The authority's own certificate.
    public var certificatePath: String { directory.path("ca.crt") }
    /// What a server shows.
    public var server: RegistryServer.TLSFiles { files("server") }
    /// What a client shows.
    public var client: RegistryServer.TLSFiles { files("client") }

    private static let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"

    /// Makes all three.
    /// - Parameter names: What the server's certificate is for.
    /// - Throws: When openssl fails.
    public init(names: String = "IP:127.0.0.1,DNS:localhost") throws(POSIXError) {
        directory = try TemporaryDirectory()
        try openssl("req -x509 \(Self.key) -keyout ca.key -out ca.crt -days 2 -subj /CN=test-ca")
        try sign("server", "subjectAltName=\(names)")
        try sign("client", "extendedKeyUsage=clientAuth")
    }

    private func files(_ name: String) -> RegistryServer.TLSFiles {
        RegistryServer.TLSFiles(certificatePath: directory.path("\(name).crt"), keyPath: directory.path("\(name).key"))
    }

    private func sign(_ name: String, _ purpose: String) throws(POSIXError) {
        try openssl("req \(Self.key) -keyout \(name).key -out \(name).csr -subj /CN=test-\(name)")
        try directory.write("ext", "\(purpose)\n")
        try openssl(
            "x509 -req -in \(name).csr -CA ca.crt -CAkey ca.key -CAcreateserial -out \(name).crt -days 2 -extfile ext"
        )
    }

    private func openssl(_ arguments: String) throws(POSIXError) {
        let result = try runCommand(["openssl"] + arguments.split(separator: " ").map(String.init), in: directory.path)
        guard result.status.isSuccess else { throw POSIXError(.inputOutput, "openssl", result.errors) }
    }
}
