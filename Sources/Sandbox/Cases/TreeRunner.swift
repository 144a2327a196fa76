public import POSIX

/// Runs programs in the file trees of cases.
public struct TreeRunner: Sendable {
    /// How trees get to be roots.
    public let mode: SandboxMode
    /// What they see of this machine.
    public let host: HostTree

    /// How long a program may take, in milliseconds.
    public var limitMilliseconds: Int
    /// How much of each output stream of a program is kept, in bytes.
    private static let outputLimit = 4 << 20

    /// Describes a runner.
    /// - Parameters:
    ///   - mode: How trees get to be roots.
    ///   - host: What they see of this machine.
    ///   - limitMilliseconds: How long a program may take.
    public init(mode: SandboxMode, host: HostTree, limitMilliseconds: Int = 30_000) {
        (self.mode, self.host, self.limitMilliseconds) = (mode, host, limitMilliseconds)
    }

    /// What a program did.
    public struct Result: Sendable {
        /// How it ended.
        public var status: ExitStatus
        /// What it wrote to standard output.
        public var stdout: String
        /// What it wrote to standard error.
        public var stderr: String
        /// Both, in the order in which they arrived.
        public var output: String
        /// Whether it was ended because it took too long.
        public var hasTimedOut: Bool
        /// Whether some of the output is missing.
        public var isTruncated: Bool
        /// Why the program did not start.
        public var failure: String?
    }

    /// What to run.
    public struct Program: Sendable {
        /// The program, as the tree sees it; not looked up in `PATH`.
        public var path: String
        /// All arguments, the program's own name first.
        public var arguments: [String]
        /// The whole environment, as `NAME=value`.
        public var environment: [String]
        /// Where it runs.
        public var workingDirectory: String
        /// Who it runs as; only where there is root.
        public var owner: Owner
        /// What it reads; nil for nothing.
        public var input: String?

        /// Describes a program; the members say what is what.
        public init(
            path: String,
            arguments: [String],
            environment: [String],
            workingDirectory: String,
            owner: Owner,
            input: String? = nil
        ) {
            (self.path, self.arguments, self.environment) = (path, arguments, environment)
            (self.workingDirectory, self.owner, self.input) = (workingDirectory, owner, input)
        }
    }

    /// Runs a program.
    /// - Parameters:
    ///   - program: What to run.
    ///   - root: The case's tree.
    /// - Returns: What it did.
    /// - Throws: When not even the runner itself can be started.
    public func run(_ program: Program, in root: String) throws(POSIXError) -> Result {
        let failurePath = root + ".failure"
        let request = SandboxRequest(
            mode: mode,
            root: root,
            mounts: host.mounts,
            failurePath: failurePath,
            owner: program.owner,
            workingDirectory: program.workingDirectory,
            program: program.path,
            arguments: program.arguments,
            environment: program.environment
        )
        let configuration = SubprocessConfiguration(
            executable: "/proc/self/exe",
            arguments: request.commandLine,
            environment: [],
            standardInput: program.input.map { .bytes(Array($0.utf8)) } ?? .empty
        )
        let result = try Subprocess.capture(
            configuration,
            limits: .init(milliseconds: limitMilliseconds, outputBytes: Self.outputLimit)
        )
        let failure = (try? FileSystem.readText(failurePath)) ?? ""
        try? FileSystem.removeFile(failurePath)
        return Result(
            status: result.capture.status,
            stdout: String(decoding: result.capture.output, as: UTF8.self),
            stderr: String(decoding: result.capture.errors, as: UTF8.self),
            output: String(decoding: result.joined, as: UTF8.self),
            hasTimedOut: result.hasTimedOut,
            isTruncated: result.isTruncated,
            failure: failure.isEmpty ? nil : failure
        )
    }
}
