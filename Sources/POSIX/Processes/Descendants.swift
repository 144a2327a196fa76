import CPOSIX
import Glibc

/// Processes that children of this one leave behind.
public enum Descendants {
    /// A process that somebody left behind.
    public struct Leftover: Hashable, Sendable {
        /// The process's number.
        public var identifier: Int32
        /// The start of its command line.
        public var command: String
    }

    /// Makes this process the parent of what its children leave behind, so that ``end()`` finds it.
    /// - Throws: When the kernel is too old.
    public static func adopt() throws(POSIXError) {
        try systemCall("prctl") { cposix_adopt_orphans() }
    }

    /// Kills all children of this process, and the children that they leave behind in turn, and waits for their ends.
    ///
    /// To be called when this process waits for no child on purpose. Needs `/proc` to find children that still run.
    /// - Returns: The processes that still ran.
    /// - Throws: When some can't be found: `/proc` is not mounted, or not that of this process's namespace.
    public static func end() throws(POSIXError) -> [Leftover] {
        var ended: [Leftover] = []
        while reapEnded() {
            let children = try children(of: getpid()).filter { child in !ended.contains { $0.identifier == child } }
            for child in children {
                ended.append(Leftover(identifier: child, command: command(of: child)))
                kill(child, SIGKILL)
            }
            guard !children.isEmpty else {
                // All of them have been killed, and end sooner or later.
                Clock.sleep(milliseconds: 1)
                continue
            }
        }
        return ended
    }

    /// Takes the status of all children that have ended.
    /// - Returns: Whether there are others.
    private static func reapEnded() -> Bool {
        while true {
            var status: Int32 = 0
            let child = waitpid(-1, &status, WNOHANG)
            if child == 0 { return true }
            if child < 0, Errno.current != .interrupted { return false }
        }
    }

    private static func children(of parent: pid_t) throws(POSIXError) -> [pid_t] {
        var children: [pid_t] = []
        let processes = try FileSystem.list("/proc").compactMap { pid_t($0.name) }
        guard processes.contains(parent) else {
            let reason = "it does not show this process; it has to be mounted to find processes left behind"
            throw POSIXError(.noSuchFile, "read", "/proc", explanation: reason)
        }
        for process in processes {
            guard let text = try? FileSystem.readText("/proc/\(process)/stat"),
                // The name of the program may have blanks and brackets of its own.
                let fields = text.lastIndex(of: ")").map({ text[$0...].split(separator: " ") }), fields.count > 2
            else { continue }
            if pid_t(fields[2]) == parent { children.append(process) }
        }
        return children
    }

    private static func command(of process: pid_t) -> String {
        let bytes = (try? FileSystem.readFile("/proc/\(process)/cmdline")) ?? []
        let words = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        return String(words.joined(separator: " ").prefix(80))
    }
}
