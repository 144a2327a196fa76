import POSIX

/// Runs programs in the file trees of cases.
struct Sandbox {
    let mode: SandboxMode
    let host: HostTree

    /// How long a step may take, in milliseconds.
    var limitMilliseconds = 30_000
    /// How much of each output stream of a step is kept, in bytes.
    private static let outputLimit = 4 << 20

    /// What a program did.
    struct Result {
        var status: ExitStatus
        var stdout: String
        var stderr: String
        /// Both, in the order in which they arrived.
        var output: String
        var hasTimedOut: Bool
        var isTruncated: Bool
        /// Why the program did not start.
        var failure: String?
    }

    /// What to run.
    struct Program {
        var path: String
        /// All arguments, the program's own name first.
        var arguments: [String]
        var environment: [String]
        var workingDirectory: String
        var owner: Owner
        var input: String?
    }

    /// Runs a program.
    /// - Parameters:
    ///   - program: What to run.
    ///   - root: The case's tree.
    /// - Returns: What it did.
    /// - Throws: When not even the runner itself can be started.
    func run(_ program: Program, in root: String) throws(POSIXError) -> Result {
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
