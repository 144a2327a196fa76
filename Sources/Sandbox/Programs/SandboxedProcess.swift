import POSIX

/// The runner's own program as the child that makes a sandbox and becomes a step's program in it.
///
/// Three processes are needed: the first enters the namespaces, the second is the first of the new process namespace,
/// mounts, and takes everything with it when it ends, the third becomes the program.
public enum SandboxedProcess {
    /// The hidden first argument of the runner.
    public static let command = "__sandbox"

    /// Runs a step's program.
    /// - Parameter words: What the runner said, without the hidden argument.
    /// - Returns: Never, but for a failure before there is a program.
    public static func run(_ words: [String]) -> Int32 {
        guard let request = SandboxRequest(words) else { return 2 }
        do {
            // Opened first: the path means nothing within the new root.
            let failures = try OwnedDescriptor(opening: request.failurePath, .replace)
            do {
                SingleThreadedProcess.end(like: try enter(request, failures.descriptor))
            } catch {
                report(error, to: failures.descriptor)
            }
        } catch {
            FileDescriptor.standardError.report("\(error)\n")
        }
        return 125
    }

    private static func enter(_ request: SandboxRequest, _ failures: FileDescriptor) throws(POSIXError) -> ExitStatus {
        try request.mode.enter()
        // Not before: entering a user namespace may undo it.
        try SingleThreadedProcess.dieWithParent()
        let result = try ResultPipe()
        guard let first = try SingleThreadedProcess.fork() else {
            let status = runFirst(request, failures)
            result.send(status)
            SingleThreadedProcess.end(like: .exited(0))
        }
        let ended = try SingleThreadedProcess.wait(for: first)
        return result.receive() ?? ended
    }

    /// The first process of the new namespace.
    private static func runFirst(_ request: SandboxRequest, _ failures: FileDescriptor) -> ExitStatus {
        do throws(POSIXError) {
            try SingleThreadedProcess.dieWithParent()
            try mount(request)
            SingleThreadedProcess.prepareForPrograms(umask: 0o022)
            guard let program = try SingleThreadedProcess.fork() else {
                report(become(request), to: failures)
                SingleThreadedProcess.end(like: .exited(127))
            }
            return try SingleThreadedProcess.wait(for: program)
        } catch {
            report(error, to: failures)
            return .exited(125)
        }
    }

    private static func mount(_ request: SandboxRequest) throws(POSIXError) {
        try Namespaces.makeMountsPrivate()
        try Namespaces.bind(request.root, to: request.root, isReadOnly: false)
        for mount in request.mounts {
            try Namespaces.bind(mount.source, to: request.root + mount.target, isReadOnly: mount.isReadOnly)
        }
        do {
            try Namespaces.mountProcesses(at: request.root + "/proc")
        } catch {
            // Where some of /proc is hidden, as in many containers, only the same can be shown.
            try Namespaces.bind("/proc", to: request.root + "/proc", isReadOnly: false)
        }
        try Namespaces.changeRoot(to: request.root)
    }

    /// Becomes the program, or says why not.
    private static func become(_ request: SandboxRequest) -> POSIXError {
        do {
            if request.mode.hasRoot { try Privileges.drop(to: request.owner.uid, gid: request.owner.gid) }
            try SingleThreadedProcess.changeDirectory(to: request.workingDirectory)
        } catch {
            return error
        }
        return SingleThreadedProcess.become(
            request.program,
            arguments: request.arguments,
            environment: request.environment
        )
    }

    private static func report(_ error: POSIXError, to descriptor: FileDescriptor) {
        descriptor.report("\(error)")
    }
}
