import CPOSIX
import POSIX

/// What a process with one thread can do with itself: split in two, become another program.
enum SingleThreadedProcess {
    /// Has this process sent a signal at the end of the thread that started it.
    ///
    /// Changing users and namespaces of users undoes it.
    /// - Parameters:
    ///   - parent: The process that has started this one; if it has ended already, this process ends.
    ///   - signal: The signal.
    /// - Throws: When the system refuses.
    static func tie(to parent: Int32, signal: Int32 = SIGKILL) throws(POSIXError) {
        try systemCall("prctl") { cposix_signal_at_parents_end(signal) }
        if getppid() != parent { _exit(128 + SIGKILL) }
    }

    /// Splits this process in two.
    /// - Returns: The child's number, or nil in the child.
    static func fork() throws(POSIXError) -> Int32? {
        let identifier = try systemCall("fork") { cposix_fork() }
        return identifier == 0 ? nil : identifier
    }

    /// Ends this process like another one, with the same code or by the same signal.
    static func end(like status: ExitStatus) -> Never {
        switch status {
        case .exited(let code):
            _exit(code)
        case .signaled(let number):
            cposix_end_by_signal(number)
            // A signal that doesn't end processes.
            _exit(128 + number)
        }
    }

    /// Becomes another program.
    /// - Returns: Why that was impossible.
    static func become(_ path: String, arguments: [String], environment: [String]) -> POSIXError {
        let arguments = CStringArray(arguments)
        let environment = CStringArray(environment)
        execve(path, arguments.pointer, environment.pointer)
        let errno = Errno.current
        let cause = ProgramDiagnosis.cause(of: errno, running: path).map { "\(errno): \($0)" }
        return POSIXError(errno, "exec", path, explanation: cause)
    }
}
