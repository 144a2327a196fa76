import CPOSIX
import Glibc

/// What to run as a child process, and in which surroundings.
public struct SubprocessConfiguration: Hashable, Sendable {
    /// What a child reads from its standard input.
    public enum Input: Hashable, Sendable {
        /// Nothing.
        case empty
        /// What this process would read.
        case inherited
        /// These bytes, at most 64 KiB.
        case bytes([UInt8])
        /// What can be read from a descriptor, which the caller keeps open until the child has started.
        case descriptor(FileDescriptor)
    }

    /// The user and groups that a child runs as.
    public struct Identity: Hashable, Sendable {
        /// The user.
        public var uid: UInt32
        /// The group.
        public var gid: UInt32
        /// Further groups; nil leaves those of this process, which takes no privilege.
        public var groups: [UInt32]?

        /// Describes who a child runs as.
        public init(uid: UInt32, gid: UInt32, groups: [UInt32]? = []) {
            self.uid = uid
            self.gid = gid
            self.groups = groups
        }
    }

    /// The program's path; not looked up in `PATH`.
    public var executable: String
    /// The arguments after the program's name.
    public var arguments: [String]
    /// What the program is told that its name is; nil for the executable's path.
    public var name: String?
    /// The whole environment, as `NAME=value`.
    public var environment: [String]
    /// Where the child runs; nil for the directory of this process.
    public var workingDirectory: String?
    /// Who the child runs as; nil for the user of this process.
    public var identity: Identity?
    /// What the child gets as descriptor 3, which the caller keeps open until the child has started; nil for nothing.
    public var thirdDescriptor: FileDescriptor?
    /// Whether the child is killed at the end of the thread that starts it.
    public var endsWithParent: Bool
    /// Whether the child leads a process group of its own, which is killed when this process is interrupted.
    public var newProcessGroup: Bool
    /// What the child reads.
    public var standardInput: Input
    /// Whether standard error goes the way of standard output, so that all that the child writes stays in order.
    public var joinsStreams: Bool
    /// Whether output is read as long as anything has it open, such as a daemon that the child leaves behind.
    ///
    /// Otherwise it is read for two seconds after the child's end at most.
    public var outlastsChild: Bool

    /// Describes a child process.
    /// - Parameters:
    ///   - executable: The program's path; not looked up in `PATH`.
    ///   - arguments: The arguments after the program's name.
    ///   - environment: The whole environment, as `NAME=value`.
    ///   - workingDirectory: Where the child runs; nil for the directory of this process.
    ///   - identity: Who the child runs as; nil for the user of this process.
    ///   - newProcessGroup: Whether the child leads a process group, which is killed when this process is interrupted.
    ///   - standardInput: What the child reads.
    ///   - joinsStreams: Whether standard error goes the way of standard output.
    ///   - outlastsChild: Whether output is read as long as anything has it open.
    public init(
        executable: String,
        arguments: [String] = [],
        environment: [String] = ProcessEnvironment.entries,
        workingDirectory: String? = nil,
        identity: Identity? = nil,
        newProcessGroup: Bool = true,
        standardInput: Input = .empty,
        joinsStreams: Bool = false,
        outlastsChild: Bool = true
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.identity = identity
        thirdDescriptor = nil
        endsWithParent = false
        self.newProcessGroup = newProcessGroup
        self.standardInput = standardInput
        self.joinsStreams = joinsStreams
        self.outlastsChild = outlastsChild
    }
}

/// How a child process ended.
public enum ExitStatus: Hashable, Sendable {
    /// It returned this code.
    case exited(Int32)
    /// This signal killed it.
    case signaled(Int32)

    /// Whether it returned 0.
    public var isSuccess: Bool { self == .exited(0) }

    /// The code, or -1 after a signal, as Go has it.
    public var code: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled: -1
        }
    }
}

extension ExitStatus: CustomStringConvertible {
    /// For instance `exit status 1` or `signal: killed`.
    public var description: String {
        switch self {
        case .exited(let code): "exit status \(code)"
        case .signaled(let signal): "signal: \(Signal(rawValue: signal))"
        }
    }
}

/// A stream that a child process writes to.
public enum OutputStream: Hashable, Sendable {
    /// Descriptor 1.
    case standardOutput
    /// Descriptor 2.
    case standardError
}

/// How the output of a child process is handed over.
public enum OutputUnit: Hashable, Sendable {
    /// Line by line, each with its newline; the last may have none, and very long ones come in parts.
    case lines
    /// As it comes: parts of lines or many lines at once, without waiting for a newline.
    case pieces
}

/// Running child processes.
public enum Subprocess {
    /// What a child has written, and how it ended.
    public struct Capture: Hashable, Sendable {
        /// How the child ended.
        public var status: ExitStatus
        /// All bytes of its standard output.
        public var output: [UInt8]
        /// All bytes of its standard error.
        public var errors: [UInt8]
    }

    /// Runs a child to its end and hands its output over while it runs.
    ///
    /// Joined together, what is handed over is exactly what the child wrote. A child that does not succeed is a result,
    /// not an error. The function returns when the child has ended and, unless the configuration says otherwise, nobody
    /// has its output open any more.
    /// - Parameters:
    ///   - configuration: What to run.
    ///   - unit: What is handed over at a time.
    ///   - output: Receives the output in the calling thread; of one stream in order.
    /// - Returns: How the child ended.
    /// - Throws: When the program cannot be started.
    public static func run(
        _ configuration: SubprocessConfiguration,
        by unit: OutputUnit = .lines,
        output: (OutputStream, ArraySlice<UInt8>) -> Void
    ) throws(POSIXError) -> ExitStatus {
        let child = try Child(starting: configuration)
        child.readOutput(by: unit, output)
        return try child.wait()
    }

    /// Runs a child to its end and keeps its output.
    /// - Parameter configuration: What to run.
    /// - Returns: What the child wrote, and how it ended.
    /// - Throws: When the program cannot be started.
    public static func capture(_ configuration: SubprocessConfiguration) throws(POSIXError) -> Capture {
        var capture = Capture(status: .exited(0), output: [], errors: [])
        capture.status = try run(configuration, by: .pieces) { stream, bytes in
            switch stream {
            case .standardOutput: capture.output += bytes
            case .standardError: capture.errors += bytes
            }
        }
        return capture
    }
}
