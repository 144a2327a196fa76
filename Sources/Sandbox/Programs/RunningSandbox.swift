public import POSIX
import Synchronization

/// A program that runs in a sandbox; killed with all that it has started when its last owner goes away.
public final class RunningSandbox: Sendable {
    private let process: RunningProcess
    private let pipe: OwnedDescriptor
    private let report = Mutex<Report??>(nil)
    private let graceMilliseconds: Int

    init(_ process: RunningProcess, _ pipe: consuming OwnedDescriptor, graceMilliseconds: Int) {
        self.process = process
        self.pipe = pipe
        self.graceMilliseconds = graceMilliseconds
    }

    /// Whether the sandbox has not ended yet.
    public var isRunning: Bool { process.isRunning }

    /// Sends the program and those that it has started a signal; does nothing once they have ended.
    /// - Parameter signal: The signal; after SIGINT, SIGTERM and the like the program has its time of grace to end.
    public func send(_ signal: Signal) { process.send(signal) }

    /// Asks the program to end, and kills all of the sandbox when the time of grace is over.
    public func stop() {
        // The helper kills the sandbox itself, and then ends.
        process.stop(graceMilliseconds: graceMilliseconds + 2000)
    }

    /// Waits until the sandbox has ended.
    /// - Returns: How the program has ended; how the sandbox was ended, if that was sooner.
    /// - Throws: When the sandbox couldn't be made, or the program not be run.
    public func wait() throws(SandboxError) -> ExitStatus {
        let status = process.wait()
        let report = report.withLock { report in
            let known = report ?? (try? pipe.descriptor.readToEnd()).flatMap { Report($0) }
            report = .some(known)
            return known
        }
        return try SandboxRunner.status(status, report)
    }
}
