import CPOSIX
import POSIX

/// Waits for the end of a child, passes signals on to it, and reaps all others that end before.
///
/// For a process that holds its signals.
struct Supervision {
    /// The child.
    let child: Int32
    /// Who gets the signals: the child itself, or its process group.
    let recipient: Int32
    /// How long the child may take to end after it was asked to, in milliseconds.
    let graceMilliseconds: Int
    /// What ends everything when that time is over.
    let kill: () -> Void
    /// Whether there is nobody left to tell about the child's end.
    var isAbandoned: () -> Bool = { false }

    /// Waits.
    /// - Returns: How the child has ended.
    func wait() -> ExitStatus {
        var deadline: Int64?
        while true {
            let rest = deadline.map { max(0, ($0 &- Clock.monotonicNanoseconds) / 1_000_000) }
            let number = cposix_next_signal(rest.map { Int32(clamping: $0) } ?? -1)
            switch number {
            case SIGCHLD:
                if let status = reap() { return status }
            case 0:
                kill()
                deadline = nil
            default:
                if isAbandoned() { kill() }
                _ = CPOSIX.kill(recipient, number)
                if deadline == nil, [SIGINT, SIGTERM, SIGHUP, SIGQUIT].contains(number) {
                    deadline = Clock.monotonicNanoseconds &+ Int64(graceMilliseconds) &* 1_000_000
                }
            }
        }
    }

    private func reap() -> ExitStatus? {
        var status: Int32 = 0
        var result: ExitStatus?
        while true {
            let ended = waitpid(-1, &status, WNOHANG)
            guard ended > 0 else { return result }
            if ended == child { result = ExitStatus(waitStatus: status) }
        }
    }
}

/// What a program leaves behind where no namespace of processes ends with it.
enum Orphans {
    /// Kills all descendants of this process, which has adopted them.
    static func end() {
        // Those of a killed process become children of this one, until there are none.
        for _ in 0..<10_000 {
            for child in children { _ = kill(child, SIGKILL) }
            var status: Int32 = 0
            if waitpid(-1, &status, 0) < 0 { return }
        }
    }

    private static var children: [Int32] {
        let number = getpid()
        guard let text = try? FileSystem.readText("/proc/\(number)/task/\(number)/children") else { return [] }
        return text.split(whereSeparator: { $0 == " " || $0 == "\n" }).compactMap { Int32($0) }
    }
}
