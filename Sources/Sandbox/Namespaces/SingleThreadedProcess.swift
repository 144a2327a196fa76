import CPOSIX
public import POSIX

/// What a process with one thread can do with itself: split in two, become another program.
public enum SingleThreadedProcess {
    /// Makes the end of the thread that started this process its own end.
    /// - Throws: When the system refuses.
    public static func dieWithParent() throws(POSIXError) {
        try systemCall("prctl") { cposix_die_with_parent() }
    }

    /// Splits this process in two.
    /// - Returns: The child's number, or nil in the child.
    /// - Throws: When the system has no room.
    public static func fork() throws(POSIXError) -> Int32? {
        let identifier = try systemCall("fork") { cposix_fork() }
        return identifier == 0 ? nil : identifier
    }

    /// Waits until a child has ended; reaps all others that end before.
    /// - Parameter child: The child's number.
    /// - Returns: How it ended.
    /// - Throws: When there is no such child.
    public static func wait(for child: Int32) throws(POSIXError) -> ExitStatus {
        var status: Int32 = 0
        while true {
            let ended = try systemCall("wait") { waitpid(-1, &status, 0) }
            if ended == child { return ExitStatus(waitStatus: status) }
        }
    }

    /// Ends this process like another one, with the same code or by the same signal.
    /// - Parameter status: How the other one ended.
    public static func end(like status: ExitStatus) -> Never {
        switch status {
        case .exited(let code):
            _exit(code)
        case .signaled(let number):
            cposix_end_by_signal(number)
            // A signal that doesn't end processes, or is blocked.
            _exit(128 + number)
        }
    }

    /// Sets the limit of the size of core files to nothing, and the mask for the permissions of new files.
    /// - Parameter mask: The bits that new files don't get.
    public static func prepareForPrograms(umask mask: UInt32) {
        cposix_forbid_core_files()
        _ = CPOSIX.umask(mask)
    }

    /// Changes the directory that relative paths start at.
    /// - Parameter path: The directory.
    /// - Throws: When it is missing or may not be entered.
    public static func changeDirectory(to path: String) throws(POSIXError) {
        try systemCall("chdir", path) { chdir(path) }
    }

    /// Becomes another program.
    /// - Parameters:
    ///   - path: The program; not looked up in `PATH`.
    ///   - arguments: All arguments, the program's own name first.
    ///   - environment: The whole environment, as `NAME=value`.
    /// - Returns: Why that was impossible.
    public static func become(_ path: String, arguments: [String], environment: [String]) -> POSIXError {
        let arguments = CStringArray(arguments)
        let environment = CStringArray(environment)
        execve(path, arguments.pointer, environment.pointer)
        return POSIXError(.current, "exec", path)
    }
}

/// Tells a parent how a grandchild has ended, which an exit code alone cannot.
public struct ResultPipe: ~Copyable {
    private let pipe: Pipe

    /// Makes a pipe, before the process splits.
    /// - Throws: When the system has no room.
    public init() throws(POSIXError) {
        pipe = try Pipe()
    }

    /// Sends a result; to be called once.
    /// - Parameter status: How the grandchild ended.
    public func send(_ status: ExitStatus) {
        let numbers: [Int32] =
            switch status {
            case .exited(let code): [0, code]
            case .signaled(let signal): [1, signal]
            }
        let bytes = numbers.flatMap { number in withUnsafeBytes(of: number) { Array($0) } }
        try? pipe.writeEnd.descriptor.writeAll(bytes)
    }

    /// Takes the result; to be called after the child's end.
    /// - Returns: How the grandchild ended, or nil if nobody has said.
    public consuming func receive() -> ExitStatus? {
        let end = pipe.takeReadEnd()
        var numbers: (Int32, Int32) = (0, 0)
        let count = try? withUnsafeMutableBytes(of: &numbers) { buffer throws(POSIXError) in
            try end.descriptor.readFully(into: buffer)
        }
        guard count == 8 else { return nil }
        return numbers.0 == 0 ? .exited(numbers.1) : .signaled(numbers.1)
    }
}
