import CPOSIX
import Glibc
import Synchronization

/// A child process that runs while this one goes on; killed with its process group when its last owner goes away.
public final class RunningProcess: Sendable {
    /// The child's process number.
    public let identifier: Int32

    private let status = Mutex<ExitStatus?>(nil)

    /// Starts a child that leads a process group of its own, whatever the configuration says.
    /// - Parameters:
    ///   - configuration: What to run.
    ///   - outputPath: The file that gets both of the child's output streams; made or replaced.
    /// - Throws: When the program cannot be started, or the file not be made.
    public convenience init(_ configuration: SubprocessConfiguration, outputPath: String) throws(POSIXError) {
        let output = try OwnedDescriptor(opening: outputPath, [.replace, .append])
        try self.init(configuration, output: output.descriptor, errors: output.descriptor)
    }

    /// Starts a child that leads a process group of its own, whatever the configuration says.
    /// - Parameters:
    ///   - configuration: What to run.
    ///   - output: What the child gets as its standard output; the caller's copy may be closed afterwards.
    ///   - errors: What the child gets as its standard error.
    /// - Throws: When the program cannot be started.
    public init(
        _ configuration: SubprocessConfiguration,
        output: FileDescriptor,
        errors: FileDescriptor
    ) throws(POSIXError) {
        var configuration = configuration
        configuration.newProcessGroup = true
        let input = try ChildInput(configuration.standardInput)
        identifier = try Interruption.registering(group: true) { () throws(POSIXError) in
            try spawn(configuration, input: input.descriptor, output: output, errors: errors)
        }
    }

    deinit {
        stop()
    }

    /// Whether the child has not ended yet.
    public var isRunning: Bool {
        status.withLock { status in
            if status == nil { status = reap(WNOHANG) }
            return status == nil
        }
    }

    /// Asks the child to end, and waits until it has; after some time it is killed.
    /// - Parameters:
    ///   - signal: What to ask with.
    ///   - graceMilliseconds: How long the child may take.
    /// - Returns: How the child ended.
    @discardableResult
    public func stop(signal: Signal = .terminate, graceMilliseconds: Int = 3000) -> ExitStatus {
        guard isRunning else { return wait() }
        kill(-identifier, signal.rawValue)
        let deadline = Clock.monotonicNanoseconds &+ Int64(graceMilliseconds) &* 1_000_000
        while isRunning, Clock.monotonicNanoseconds < deadline {
            Clock.sleep(milliseconds: 5)
        }
        if isRunning { kill(-identifier, SIGKILL) }
        return wait()
    }

    /// Sends the child's process group a signal; does nothing once the child has ended.
    /// - Parameter signal: The signal.
    public func send(_ signal: Signal) {
        status.withLock { status in
            if status == nil { kill(-identifier, signal.rawValue) }
        }
    }

    /// Waits until the child has ended.
    /// - Returns: How it ended.
    public func wait() -> ExitStatus {
        // Without the lock, so that another thread can stop the child meanwhile.
        var information = siginfo_t()
        _ = try? retrying { waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) }
        return status.withLock { status in
            let result = status ?? reap(0) ?? .exited(-1)
            status = result
            return result
        }
    }

    /// Takes the child's status; nil if it still runs.
    private func reap(_ options: Int32) -> ExitStatus? {
        var raw: Int32 = 0
        guard let reaped = try? retrying({ waitpid(identifier, &raw, options) }) else { return .exited(-1) }
        guard reaped == identifier else { return nil }
        Interruption.unregister(group: identifier)
        return ExitStatus(waitStatus: raw)
    }
}
