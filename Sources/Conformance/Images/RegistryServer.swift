import POSIX
import Sandbox

/// A registry of our own for the length of a run.
final class RegistryServer: Sendable {
    /// The host and port.
    let host: String
    private let process: RunningProcess

    /// Starts `docker-registry` with an empty store.
    /// - Parameter workDir: A directory for its store, configuration and log.
    /// - Throws: When there is none, or it does not come up.
    init(workDir: String) throws(CaseError) {
        let names = ["docker-registry", "registry"]
        let folders = (ProcessEnvironment["PATH"] ?? "").split(separator: ":").map(String.init)
        let candidates = folders.flatMap { folder in names.map { Path.join(folder, $0) } }
        guard let program = candidates.first(where: { FileSystem.isExecutable($0) && !FileSystem.isDirectory($0) })
        else {
            throw .other("no docker-registry on PATH, and no --registry")
        }
        let logPath = Path.join(workDir, "registry.log")
        var failure = CaseError.other("docker-registry does not start")
        // Somebody else may take the port between our looking for one and the registry's opening it.
        for attempt in 0..<3 {
            do throws(POSIXError) {
                let port = try ListeningSocket().port
                let configPath = Path.join(workDir, "registry\(attempt).yml")
                try FileSystem.writeFile(
                    configPath,
                    Self.configuration(port: port, store: Path.join(workDir, "registry"))
                )
                var configuration = SubprocessConfiguration(executable: program, arguments: ["serve", configPath])
                configuration.endsWithParent = true
                let process = try RunningProcess(configuration, outputPath: logPath)
                let host = "127.0.0.1:\(port)"
                if Self.waitUntilReady(process, host) {
                    (self.process, self.host) = (process, host)
                    return
                }
                process.stop()
            } catch {
                failure = .system(error)
            }
        }
        throw failure
    }

    /// Ends the registry.
    func stop() {
        process.stop(signal: .kill)
    }

    private static func waitUntilReady(_ process: RunningProcess, _ host: String) -> Bool {
        let client = RegistryClient()
        for _ in 0..<500 {
            guard process.isRunning else { return false }
            if client.isReady(host) { return true }
            Clock.sleep(milliseconds: 10)
        }
        return false
    }

    private static func configuration(port: UInt16, store: String) -> String {
        """
        version: 0.1
        log:
          level: error
          accesslog:
            disabled: true
        storage:
          filesystem:
            rootdirectory: \(store)
          delete:
            enabled: true
        http:
          addr: 127.0.0.1:\(port)
        """
    }
}
