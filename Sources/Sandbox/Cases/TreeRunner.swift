public import POSIX

/// Runs programs in the file trees of cases.
public struct TreeRunner: Sendable {
    /// How programs are isolated.
    public let isolation: Isolation
    /// What they see of this machine.
    public let host: HostTree

    /// How long a program may take, in milliseconds.
    public var limitMilliseconds: Int
    /// How much of each output stream of a program is kept, in bytes.
    private static let outputLimit = 4 << 20

    /// Describes a runner.
    /// - Parameters:
    ///   - isolation: How programs are isolated: with namespaces.
    ///   - host: What they see of this machine.
    ///   - limitMilliseconds: How long a program may take.
    public init(isolation: Isolation, host: HostTree, limitMilliseconds: Int = 30_000) {
        (self.isolation, self.host, self.limitMilliseconds) = (isolation, host, limitMilliseconds)
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

    /// Whether programs in trees may make user namespaces of their own.
    /// - Parameter workDir: A directory for the trial.
    /// - Returns: True if they may.
    public func allowsUserNamespaces(_ workDir: String) -> Bool {
        let directory = Path.join(workDir, "trial")
        defer { Leftovers.remove(directory) }
        let program = Program(
            path: "/usr/bin/unshare",
            arguments: ["unshare", "--user", "true"],
            environment: ["PATH=/usr/bin:/bin"],
            workingDirectory: "/",
            owner: .builder
        )
        do throws(POSIXError) {
            try FileSystem.makeDirectory(directory)
            let tree = tree(Path.join(directory, "root"))
            try tree.makeSystem(host)
            let result = try run(program, in: tree.root)
            return result.failure == nil && result.status.isSuccess
        } catch {
            return false
        }
    }

    /// A tree that programs can be run in.
    /// - Parameter root: Its directory.
    /// - Returns: The tree.
    public func tree(_ root: String) -> RootTree { RootTree(root: root, hasMachineUsers: isolation.hasMachineUsers) }

    /// Runs a program.
    /// - Parameters:
    ///   - program: What to run.
    ///   - root: The case's tree.
    /// - Returns: What it did.
    /// - Throws: When not even the runner itself can be started.
    public func run(_ program: Program, in root: String) throws(POSIXError) -> Result {
        let limits = Subprocess.Limits(milliseconds: limitMilliseconds, outputBytes: Self.outputLimit)
        do throws(SandboxError) {
            let result = try SandboxRunner(isolation).capture(sandboxed(program, in: root), limits: limits)
            return Result(
                status: result.capture.status,
                stdout: String(decoding: result.capture.output, as: UTF8.self),
                stderr: String(decoding: result.capture.errors, as: UTF8.self),
                output: String(decoding: result.joined, as: UTF8.self),
                hasTimedOut: result.hasTimedOut,
                isTruncated: result.isTruncated
            )
        } catch {
            switch error {
            case .helper(let cause): throw cause
            case .failed(_, let cause): return Result(failure: "\(cause)")
            case .program, .unavailable: return Result(failure: "\(error)")
            }
        }
    }

    private func sandboxed(_ program: Program, in root: String) -> SandboxedProgram {
        var sandboxed = SandboxedProgram(
            path: program.path,
            environment: program.environment,
            workingDirectory: program.workingDirectory,
            owner: isolation.hasMachineUsers ? program.owner : .builder,
            root: .directory(root, isReadOnly: false),
            mounts: host.mounts
        )
        sandboxed.arguments = program.arguments
        sandboxed.standardInput = program.input.map { .bytes(Array($0.utf8)) } ?? .empty
        // What a lifecycle may do is its own matter, and some test what root can.
        sandboxed.capabilities = .all
        sandboxed.allowsNewPrivileges = true
        return sandboxed
    }
}

extension TreeRunner.Result {
    /// A program that did not start.
    fileprivate init(failure: String) {
        self.init(
            status: .exited(127),
            stdout: "",
            stderr: "",
            output: "",
            hasTimedOut: false,
            isTruncated: false,
            failure: failure
        )
    }
}
