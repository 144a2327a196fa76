public import POSIX

/// A registry of Debian's `docker-registry` on a free port, with an empty store; stopped when the last reference goes
/// away.
///
/// Tests that use it are enabled by `Conditions.commandExists("docker-registry")`.
public final class RegistryServer: Sendable {
    /// What clients have to show.
    public enum Access: Hashable, Sendable {
        /// Nothing.
        case open
        /// The name and password of ``RegistryServer/userName`` and ``RegistryServer/password``, in a basic
        /// `Authorization` header.
        case basicAuthentication
    }

    /// A certificate and its key, as PEM files.
    public struct TLSFiles: Hashable, Sendable {
        /// The certificate, followed by those that it hangs on.
        public var certificatePath: String
        /// The private key.
        public var keyPath: String

        /// Names the two files.
        public init(certificatePath: String, keyPath: String) {
            self.certificatePath = certificatePath
            self.keyPath = keyPath
        }
    }

    /// The user that ``Access/basicAuthentication`` knows.
    public static let userName = "tester"
    /// That user's password.
    public static let password = "secret"

    /// The port on 127.0.0.1.
    public let port: UInt16
    /// Host and port, as references to images have them.
    public var host: String { "127.0.0.1:\(port)" }
    /// The directory that the registry keeps its blobs in.
    public var storagePath: String { directory.path("storage") }
    /// What the registry has written so far, for messages of failed tests.
    public var log: String { (try? FileSystem.readText(directory.path("log"))) ?? "" }

    private let directory: TemporaryDirectory
    private let process: RunningProcess

    /// Starts a registry and waits until it answers.
    /// - Parameters:
    ///   - access: What clients have to show.
    ///   - tls: The certificate for HTTPS; nil for HTTP.
    /// - Throws: When the program is missing, or does not answer in time.
    public init(access: Access = .open, tls: TLSFiles? = nil) throws(POSIXError) {
        guard let program = Conditions.commandPath("docker-registry") else {
            throw POSIXError(.noSuchFile, "fork/exec", "docker-registry")
        }
        directory = try TemporaryDirectory()
        // Somebody else may take the port before the registry does; it ends then, and another port is tried.
        for _ in 1...5 {
            let port = try ListeningSocket().port
            let configurationPath = try directory.write(
                "config.yml",
                Self.configuration(in: directory, port: port, access: access, tls: tls)
            )
            let process = try RunningProcess(
                SubprocessConfiguration(executable: program, arguments: ["serve", configurationPath]),
                outputPath: directory.path("log")
            )
            guard Self.listens(port: port, process, logPath: directory.path("log")) else { continue }
            self.port = port
            self.process = process
            return
        }
        throw POSIXError(.timedOut, "docker-registry", directory.path)
    }

    /// Ends the registry; connecting fails from now on.
    public func stop() {
        process.stop()
    }

    /// Waits until the registry says that it listens; who answers at the port might be somebody else, who was faster.
    private static func listens(port: UInt16, _ process: RunningProcess, logPath: String) -> Bool {
        for _ in 1...1000 where process.isRunning {
            if (try? FileSystem.readText(logPath))?.contains("listening on 127.0.0.1:\(port)") == true { return true }
            Clock.sleep(milliseconds: 10)
        }
        return false
    }

    private static func configuration(
        in directory: TemporaryDirectory,
        port: UInt16,
        access: Access,
        tls: TLSFiles?
    ) throws(POSIXError) -> String {
        var text = """
            version: 0.1
            log:
              accesslog:
                disabled: false
            storage:
              filesystem:
                rootdirectory: \(directory.path("storage"))
              delete:
                enabled: true
            http:
              addr: 127.0.0.1:\(port)
              secret: not-a-secret

            """
        if let tls {
            text += """
                  tls:
                    certificate: \(tls.certificatePath)
                    key: \(tls.keyPath)

                """
        }
        if access == .basicAuthentication {
            // The bcrypt hash of the password, at the lowest cost.
            let hash = "$2b$04$ZbIjUSQMshvTnV9MW25iYusckp1tsbdmeedTOEgKj.dhYvzx/qCPO"
            text += """
                auth:
                  htpasswd:
                    realm: test
                    path: \(try directory.write("htpasswd", "\(userName):\(hash)\n"))

                """
        }
        return text
    }
}
