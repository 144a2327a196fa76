import Glibc
public import POSIX

/// A Docker daemon with an empty store, behind a socket of its own; stopped when the last reference goes away.
///
/// It has no network and runs no containers. Tests that use it are enabled by ``isAvailable``.
public final class DockerDaemon: Sendable {
    /// Whether a daemon can be started here, which some containers forbid; the shared one is started to see that.
    public static let isAvailable =
        Conditions.isRoot && Conditions.commandExists("dockerd") && Conditions.commandExists("docker")
        && (try? sharedDaemon()) != nil
    /// What a skipped test says.
    public static let comment = "needs root, docker, and a machine on which dockerd starts"

    /// The socket.
    public let socketPath: String
    /// The value of `DOCKER_HOST` for this daemon.
    public var host: String { "unix://\(socketPath)" }
    /// What the daemon has written so far, for messages of failed tests.
    public var log: String { (try? FileSystem.readText(directory.path("log"))) ?? "" }

    private let directory: TemporaryDirectory
    private let process: RunningProcess

    private static let shared = Lock<DockerDaemon?>(nil)

    /// One daemon for all tests of a process, as a start takes half a second.
    public static func sharedDaemon() throws -> DockerDaemon {
        try shared.withLock { shared in
            if let shared { return shared }
            let started = try DockerDaemon()
            shared = started
            // Globals are never released, and the daemon must not outlive the tests.
            atexit { DockerDaemon.shared.withLock { $0 = nil } }
            return started
        }
    }

    /// Starts a daemon and waits until it answers.
    /// - Parameter arguments: Further arguments of `dockerd`, for instance where else it listens.
    /// - Throws: When the program is missing, or does not answer in time.
    public init(arguments: [String] = []) throws(POSIXError) {
        guard let program = Conditions.commandPath("dockerd") else {
            throw POSIXError(.noSuchFile, "fork/exec", "dockerd")
        }
        directory = try TemporaryDirectory()
        socketPath = directory.path("docker.sock")
        for driver in ["overlay2", "vfs"] {
            let process = try RunningProcess(
                SubprocessConfiguration(
                    executable: program,
                    arguments: [
                        "--bridge=none", "--iptables=false", "--ip6tables=false", "--storage-driver", driver,
                        "--data-root", directory.path("data"), "--exec-root", directory.path("exec"),
                        "--host", "unix://\(socketPath)", "--pidfile", directory.path("pid"),
                    ] + arguments
                ),
                outputPath: directory.path("log")
            )
            guard Self.answers(socketPath, process) else {
                process.stop()
                continue
            }
            self.process = process
            return
        }
        throw POSIXError(.timedOut, "dockerd", directory.path)
    }

    deinit { stop() }

    /// Ends the daemon; connecting fails from now on.
    public func stop() { process.stop(graceMilliseconds: 10_000) }

    /// Runs Docker's command line program against the daemon.
    /// - Parameter arguments: What to do.
    /// - Returns: What it did; a failure is a result, too.
    /// - Throws: When the program cannot be started.
    public func docker(_ arguments: String...) throws(POSIXError) -> CommandResult {
        // The old builder needs nothing but the daemon.
        try runCommand(
            ["docker", "--host", host] + arguments,
            environment: ["DOCKER_BUILDKIT": "0", "DOCKER_HOST": nil]
        )
    }

    /// Makes an image of one layer.
    /// - Parameters:
    ///   - name: The image's name.
    ///   - files: What the layer's files hold, by their names.
    ///   - changes: Instructions of a Dockerfile for the image's config.
    /// - Throws: When the daemon can't make it.
    public func makeImage(_ name: String, files: [String: String], changes: [String] = []) throws {
        let scratch = try TemporaryDirectory()
        for (path, text) in files { try scratch.write("root/\(path)", text) }
        let archive = scratch.path("root.tar")
        let flags = changes.flatMap { ["--change", $0] }
        for command in [
            ["tar", "--create", "--file", archive, "--directory", scratch.path("root"), "."],
            ["docker", "--host", host, "import"] + flags + [archive, name],
        ] {
            let result = try runCommand(command, environment: ["DOCKER_HOST": nil])
            guard result.status == .exited(0) else {
                throw POSIXError(.inputOutput, command[0], name, explanation: result.output + result.errors)
            }
        }
    }

    /// Builds an image of a Dockerfile that runs nothing; each of its steps takes a moment.
    /// - Parameters:
    ///   - name: The image's name.
    ///   - dockerfile: The Dockerfile; it can copy the files.
    ///   - files: What the files hold, by their names.
    /// - Throws: When the daemon can't build it.
    public func build(_ name: String, _ dockerfile: String, files: [String: String] = [:]) throws {
        let context = try TemporaryDirectory()
        try context.write("Dockerfile", dockerfile)
        for (path, text) in files { try context.write(path, text) }
        let result = try docker("build", "--quiet", "--tag", name, context.path)
        guard result.status == .exited(0) else {
            throw POSIXError(.inputOutput, "docker build", name, explanation: result.output + result.errors)
        }
    }

    private static func answers(_ path: String, _ process: RunningProcess) -> Bool {
        for _ in 1...1500 where process.isRunning {
            if (try? Socket.connectUnix(path: path, timeout: 1000)) != nil { return true }
            Clock.sleep(milliseconds: 10)
        }
        return false
    }
}

/// A socket that passes everything on to another one, and notes what is asked.
public final class SocketRecorder: Sendable {
    /// A request that has passed.
    public struct Request: Sendable {
        /// Method and target.
        public var line: String
        /// How many bytes it had.
        public var size: Int
    }

    /// The socket.
    public let path: String
    /// What has passed so far.
    public var requests: [Request] { recorded.withLock { $0 } }

    private let listening: ListeningSocket
    private let directory: TemporaryDirectory
    private let recorded = Lock<[Request]>([])

    /// Starts to pass connections on.
    /// - Parameter target: The socket that they go to.
    /// - Throws: When the system has no room.
    public init(to target: String) throws(POSIXError) {
        directory = try TemporaryDirectory()
        path = directory.path("recorder.sock")
        let listening = try ListeningSocket(unixPath: path)
        self.listening = listening
        let recorded = recorded
        try Thread {
            while let client = try? listening.accept() {
                guard let server = try? Socket.connectUnix(path: target) else { continue }
                try? Thread {
                    Self.pass(from: client, to: server) { bytes in Self.note(bytes, in: recorded) }
                }.detach()
                try? Thread { Self.pass(from: server, to: client) { _ in } }.detach()
            }
        }.detach()
    }

    deinit { listening.shutDown() }

    private static func pass(from: Socket, to: Socket, _ note: ([UInt8]) -> Void) {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while let count = try? buffer.withUnsafeMutableBytes({ try from.read(into: $0) }), count > 0 {
            let bytes = Array(buffer[..<count])
            note(bytes)
            guard (try? bytes.withUnsafeBytes { try to.writeAll($0) }) != nil else { break }
        }
        to.shutDown()
        from.shutDown()
    }

    /// A request's head comes in a piece of its own, as clients wait for answers before they go on.
    private static func note(_ bytes: [UInt8], in recorded: Lock<[Request]>) {
        let start = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
        let words = start.split(separator: " ")
        recorded.withLock { requests in
            if words.count == 3, words[2] == "HTTP/1.1" {
                requests.append(Request(line: "\(words[0]) \(words[1])", size: bytes.count))
            } else if !requests.isEmpty {
                requests[requests.count - 1].size += bytes.count
            }
        }
    }
}
