import CPOSIX
import POSIX

/// A sandbox of namespaces, which the kernel takes away with its first process.
///
/// Three processes are needed: the first enters the namespaces, the second is the first of the new process namespace,
/// mounts, and takes everything with it when it ends, the third becomes the program.
struct NamespacedSandbox {
    let request: SandboxRequest
    let report: ReportPipe

    private var program: SandboxedProgram { request.program }

    /// Runs the program.
    /// - Returns: How the sandbox's first process has ended.
    func run() throws(SetUpFailure) -> ExitStatus {
        let parent = getppid()
        try enterNamespaces()
        // Not before: entering a user namespace undoes it.
        try during(.start) { () throws(POSIXError) in try SingleThreadedProcess.tie(to: parent) }
        let lifeline = try during(.start) { () throws(POSIXError) in try Pipe() }
        guard
            let first = try during(.start, { () throws(POSIXError) in try SingleThreadedProcess.fork() })
        else {
            runFirst(lifeline.takeReadEnd())
        }
        let held = lifeline.takeWriteEnd()
        let status = Supervision(
            child: first,
            recipient: first,
            graceMilliseconds: program.graceMilliseconds,
            kill: { kill(first, SIGKILL) }
        ).wait()
        _ = consume held
        return status
    }

    private func enterNamespaces() throws(SetUpFailure) {
        if request.isolation == .userNamespaces {
            try during(.users) { () throws(POSIXError) in
                if let ids = program.subordinateIDs { return try RangeMap(ids: ids, report: report).enter() }
                let caller = Owner(uid: Users.effectiveUserID, gid: Users.effectiveGroupID)
                try Namespaces.enter(.users)
                try Namespaces.map(.root, to: caller)
            }
        }
        try during(.namespaces) { () throws(POSIXError) in
            var kinds: Namespaces.Kinds = [.mounts, .processes, .communication]
            if program.hostName != nil { kinds.insert(.hostName) }
            if program.network == .none { kinds.insert(.network) }
            try Namespaces.enter(kinds)
        }
    }

    // MARK: The first process of the namespace

    private func runFirst(_ lifeline: consuming OwnedDescriptor) -> Never {
        do throws(SetUpFailure) {
            try during(.start) { () throws(POSIXError) in
                try systemCall("prctl") { cposix_signal_at_parents_end(SIGKILL) }
            }
            // Its number says nothing about the parent, which is outside of the namespace. From here on the signal comes.
            if lifeline.descriptor.isHungUp { _exit(128 + SIGKILL) }
            report.send(.ended(try makeAndRun()))
            _exit(0)
        } catch {
            report.send(.failed(error.step, error.error))
            _exit(125)
        }
    }

    private func makeAndRun() throws(SetUpFailure) -> ExitStatus {
        _ = setsid()
        // What this process knows of the machine is not for the program to read.
        try during(.start) { () throws(POSIXError) in try Privileges.hideFromPeers() }
        _ = umask(0o022)
        try during(.namespaces) { () throws(POSIXError) in try Namespaces.makeMountsPrivate() }
        // Held before the root changes, for the maps of users.
        let processes = try during(.root) { () throws(POSIXError) in
            try OwnedDescriptor(opening: "/proc", [.pathOnly, .directory]).release()
        }
        var mounter = Mounter(program, request.isolation)
        try mounter.run()
        try during(.network) { () throws(POSIXError) in try prepareNetwork() }
        try during(.changeRoot) { () throws(POSIXError) in try changeRoot(to: mounter.place) }
        guard
            let child = try during(.start, { () throws(POSIXError) in try SingleThreadedProcess.fork() })
        else {
            // The directory that /proc was is a path for this process by way of its own.
            _ = fchdir(processes.rawValue)
            ProgramStart(request: request, report: report, processes: ".").run()
        }
        return Supervision(
            child: child,
            recipient: -child,
            graceMilliseconds: program.graceMilliseconds,
            kill: { kill(-1, SIGKILL) }
        ).wait()
    }

    private func prepareNetwork() throws(POSIXError) {
        if program.network == .none { try systemCall("ioctl", "lo") { cposix_start_loopback() } }
        if let name = program.hostName { try systemCall("sethostname", name) { cposix_set_host_name(name) } }
    }

    private func changeRoot(to place: String) throws(POSIXError) {
        do {
            try systemCall("pivot_root", place) { cposix_change_root(place) }
        } catch {
            // The root of this process is no mount point, as in a chroot or an initial RAM disk.
            guard error.errno == .invalidArgument else { throw error }
            try systemCall("chroot", place) { cposix_chroot(place) }
        }
    }
}
