import CPOSIX
import Glibc

/// What happens when somebody asks this process to stop.
///
/// Children that lead process groups do not get a terminal's interrupt, and those of a killed process would go on
/// unwatched. Once installed, SIGINT and SIGTERM therefore first end all of these groups, remove temporary directories,
/// and then end this process.
public enum Interruption {
    private struct State: Sendable {
        var groups: Set<pid_t> = []
        var temporaryPaths: [String] = []
        var isInterrupted = false
    }

    private static let state = Condition(State())

    /// How long children may take to end after SIGTERM, before SIGKILL, in milliseconds.
    private static let graceMilliseconds = 3000

    /// Handles SIGINT and SIGTERM from now on, in a thread of its own; to be called once.
    ///
    /// The process then ends with 128 and the signal's number as its exit code. Signals that the process was started to
    /// ignore stay ignored.
    /// - Throws: When the system has no room for the thread; the signals then end this process alone.
    public static func install() throws(POSIXError) {
        let pipe = try Pipe()
        let writeEnd = pipe.writeEnd.descriptor.rawValue
        let readEnd = pipe.readEnd.descriptor
        let thread = try Thread {
            var number: UInt8 = 0
            let count = try? withUnsafeMutableBytes(of: &number) { buffer throws(POSIXError) in
                try readEnd.read(into: buffer)
            }
            // The other end is never closed, so a read always gives a signal.
            if count == 1 { stop(because: Int32(number)) }
        }
        thread.detach()
        pipe.leave()
        for signal in [Signal.interrupt, .terminate] {
            try systemCall("sigaction") { cposix_forward_signal(signal.rawValue, writeEnd) }
        }
    }

    /// Remembers a directory that is removed if this process is interrupted; one that has gone by then does no harm.
    ///
    /// - Parameter path: The directory.
    public static func addTemporary(_ path: String) {
        state.update { $0.temporaryPaths.append(path) }
    }

    /// Starts a child, and remembers its group for the case that this process is interrupted.
    ///
    /// The lock is held while starting: an interruption comes either before, and there is no child, or after, and the
    /// group is known.
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
    /// Does not return if this process is being interrupted: otherwise it would report a failure of the child that was
    /// killed on purpose.
    static func unregister(group: pid_t) {
        state.update { _ = $0.groups.remove(group) }
        pauseIfInterrupted()
    }

    /// Does not return if this process is being interrupted: what has failed since then has not really failed.
    public static func pauseIfInterrupted() {
        if state.update({ $0.isInterrupted }) { while true { pause() } }
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
        for path in state.update({ $0.temporaryPaths }) { remove(path) }
        _exit(128 + signal)
    }

    /// Removes a directory, even if other threads still write to it for a moment.
    ///
    /// It gets another name first: a thread that has finished something in it, and moves that to its place, then either
    /// was faster, or finds nothing to move. Otherwise it could move what is half removed.
    private static func remove(_ path: String) {
        let doomed = path + ".removed"
        for _ in 0..<50 {
            let isRenamed = (try? FileSystem.rename(path, to: doomed)) != nil
            let isRemoved = (try? FileSystem.removeClosedTree(isRenamed ? doomed : path)) != nil
            if isRemoved, !FileSystem.exists(path), !FileSystem.exists(doomed) { return }
            if !isRenamed { try? FileSystem.removeClosedTree(doomed) }
            Clock.sleep(milliseconds: 10)
        }
    }
}
