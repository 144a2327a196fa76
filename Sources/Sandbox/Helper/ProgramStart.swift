import CPOSIX
import POSIX

/// The last steps of the process that becomes the program.
struct ProgramStart {
    let request: SandboxRequest
    let report: ReportPipe
    /// Where the system's processes are shown, whatever the root is by now.
    let processes: String

    private var program: SandboxedProgram { request.program }

    /// What containers usually leave to root: chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap,
    /// net_bind_service, net_raw, sys_chroot, mknod, audit_write and setfcap.
    private static let containerCapabilities: UInt64 = 0xa804_25fb

    /// Becomes the program, or reports why not.
    func run() -> Never {
        // A session of its own: no terminal, and signals for the program reach its children too.
        _ = setsid()
        do throws(SetUpFailure) {
            try during(.identity) { () throws(POSIXError) in try assumeIdentity() }
        } catch {
            report.send(.failed(error.step, error.error))
            _exit(125)
        }
        if request.isTrial { _exit(0) }
        report.send(.program(become()))
        _exit(127)
    }

    private func assumeIdentity() throws(POSIXError) {
        for limit in program.limits {
            try systemCall("setrlimit") { cposix_set_limit(limit.resource, limit.value, limit.value) }
        }
        switch request.isolation {
        case .userNamespaces where program.subordinateIDs == nil:
            // The maps in /proc of a process that hides belong to the machine's root.
            try systemCall("prctl") { cposix_show_to_peers() }
            try Namespaces.enter(.users)
            try Namespaces.map(program.owner, to: .root, processes: processes)
        case .rootNamespaces, .userNamespaces, .chroot:
            if program.capabilities == .container {
                try systemCall("prctl") { cposix_limit_capabilities(Self.containerCapabilities) }
            }
            try Privileges.drop(to: program.owner.uid, gid: program.owner.gid)
        case .inPlace:
            if Users.isRoot { try Privileges.drop(to: program.owner.uid, gid: program.owner.gid) }
        }
        if !program.allowsNewPrivileges { try systemCall("prctl") { cposix_forbid_new_privileges() } }
        // Changing the user has undone it. Where there is a namespace of processes it ends with its first process anyway.
        if !request.isolation.hasNamespaces {
            try systemCall("prctl") { cposix_signal_at_parents_end(SIGKILL) }
        }
    }

    private func become() -> POSIXError {
        _ = umask(0o022)
        let directory = program.workingDirectory
        guard chdir(directory) == 0 else { return POSIXError(.current, "chdir", directory) }
        cposix_release_signals()
        return SingleThreadedProcess.become(
            program.path,
            arguments: program.arguments,
            environment: program.environment
        )
    }
}
