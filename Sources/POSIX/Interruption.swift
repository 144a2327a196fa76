import CPOSIX
import Glibc

/// What happens when somebody asks this process to stop.
///
/// Children that lead process groups do not get a terminal's interrupt, and those of a killed process would go on unwatched. Once installed, SIGINT
/// and SIGTERM therefore first end all of these groups, then this process.
public enum Interruption {
    private struct State: Sendable {
        var groups: Set<pid_t> = []
        var cleanups: [@Sendable () -> Void] = []
        var isInterrupted = false
    }

    private static let state = Condition(State())

    /// How long children may take to end after SIGTERM, before SIGKILL, in milliseconds.
    private static let graceMilliseconds = 3000

    /// Handles SIGINT and SIGTERM from now on, in a thread of its own; to be called before there are other threads, and once.
    ///
    /// The process then ends with 128 and the signal's number as its exit code.
    public static func install() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        // Threads that are started later inherit the mask, so only the waiting thread ever sees the signals.
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let waited = signals
        let thread = try? Thread {
            var signals = waited
            var signal: Int32 = 0
            while sigwait(&signals, &signal) != 0 {}
            stop(because: signal)
        }
        guard let thread else {
            pthread_sigmask(SIG_UNBLOCK, &signals, nil)
            return
        }
        thread.detach()
    }

    /// Adds work that is done before an interrupted process ends, such as removing temporary files; the last added is done first.
    /// - Parameter body: The work; it must not run long.
    public static func addCleanup(_ body: @escaping @Sendable () -> Void) {
        state.update { $0.cleanups.append(body) }
    }

    /// Starts a child, and remembers its group for the case that this process is interrupted.
    ///
    /// The lock is held while starting: an interruption comes either before, and there is no child, or after, and the group is known.
    static func registering(
        group isGroup: Bool,
        _ start: () throws(POSIXError) -> pid_t
    ) throws(POSIXError) -> pid_t {
        guard isGroup else { return try start() }
        return try state.wait(until: { !$0.isInterrupted }) { state throws(POSIXError) in
            let identifier = try start()
            state.groups.insert(identifier)
            return identifier
        }
    }

    /// Forgets a group whose leader has ended.
    ///
    /// Does not return if this process is being interrupted: otherwise it would report a failure of the child that was killed on purpose.
    static func unregister(group: pid_t) {
        let isInterrupted = state.update { state in
            state.groups.remove(group)
            return state.isInterrupted
        }
        if isInterrupted { while true { pause() } }
    }

    private static func stop(because signal: Int32) {
        let groups = state.update { state in
            state.isInterrupted = true
            return state.groups
        }
        for group in groups { kill(-group, SIGTERM) }
        let deadline = Clock.monotonicNanoseconds + Int64(graceMilliseconds) * 1_000_000
        while Clock.monotonicNanoseconds < deadline, groups.contains(where: { kill(-$0, 0) == 0 }) {
            Clock.sleep(milliseconds: 10)
        }
        for group in groups { kill(-group, SIGKILL) }
        for cleanup in state.update({ $0.cleanups }).reversed() { cleanup() }
        _exit(128 + signal)
    }
}
