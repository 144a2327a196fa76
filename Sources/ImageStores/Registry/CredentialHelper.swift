import HTTP
import JSON
import POSIX

/// A program `docker-credential-<name>` that keeps credentials, spoken to by Docker's helper protocol: the server's name
/// on standard input, a JSON object on standard output.
struct CredentialHelper {
    private let name: String
    private let environment: [String: String]

    init(name: String, environment: [String: String]) {
        self.name = name
        // The helper must not see the credentials in our environment.
        self.environment = environment.filter { $0.key != EnvironmentCredentials.variable }
    }

    private var program: String { "docker-credential-\(name)" }

    /// Asks for the credential of a server.
    ///
    /// - Returns: the credential, `nil` if the helper has none
    func get(_ server: String) throws(KeychainError) -> SourcedCredential? {
        guard !name.contains("/"), let path = find() else {
            throw KeychainError("credential helper \(program) is not in PATH")
        }
        let result: Subprocess.Capture
        do throws(POSIXError) {
            result = try Subprocess.capture(
                SubprocessConfiguration(
                    executable: path,
                    arguments: ["get"],
                    environment: environment.map { "\($0.key)=\($0.value)" },
                    standardInput: .bytes(Array(server.utf8))
                )
            )
        } catch {
            throw KeychainError("credential helper \(program): \(error)")
        }
        guard result.status.isSuccess else {
            let message = Self.line(result.output) ?? "no message"
            if message.lowercased().contains("credentials not found") { return nil }
            throw KeychainError("credential helper \(program) failed for \(server): \(message)")
        }
        // What a helper printed may be a secret, so errors do not show it.
        guard let answer = try? JSONParser.parse(result.output, source: program, duplicateKeys: .lastWins),
            let user = answer["Username"]?.stringValue, let secret = answer["Secret"]?.stringValue
        else { throw KeychainError("credential helper \(program) gave a malformed answer for \(server)") }
        if user.isEmpty && secret.isEmpty { return nil }
        let credential: Credential =
            user == "<token>" ? .identityToken(secret) : .basic(Base64.encode(Array("\(user):\(secret)".utf8)))
        return SourcedCredential(credential: credential, source: program)
    }

    private func find() -> String? {
        let directories = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return directories.map { Path.join($0, program) }.first { FileSystem.isExecutable($0) }
    }

    /// A short first line that can be shown.
    private static func line(_ output: [UInt8]) -> String? {
        let line = output.prefix(200).prefix { $0 >= 0x20 }
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }
}
