import CPOSIX
import POSIX

/// A program without namespaces, in a root of its own or in the current one; what it leaves behind is ended by hand.
struct PlainSandbox {
    let request: SandboxRequest
    let report: ReportPipe

    private var program: SandboxedProgram { request.program }

    /// Runs the program, and ends what it leaves behind.
    /// - Returns: How the program has ended.
    func run() throws(SetUpFailure) -> ExitStatus {
        let parent = getppid()
        try during(.start) { () throws(POSIXError) in
            try systemCall("prctl") { cposix_adopt_orphans() }
            // A signal that can be held: there is something to clean up.
            try SingleThreadedProcess.tie(to: parent, signal: SIGTERM)
        }
        _ = umask(0o022)
        var place = PlainRoot()
        defer { place.unmount() }
        try place.make(program, request.isolation, isTrial: request.isTrial)
        guard
            let child = try during(.start, { () throws(POSIXError) in try SingleThreadedProcess.fork() })
        else {
            start(in: place.path)
        }
        let status = Supervision(
            child: child,
            recipient: -child,
            graceMilliseconds: program.graceMilliseconds,
            kill: { kill(-child, SIGKILL) },
            isAbandoned: { getppid() != parent }
        ).wait()
        Orphans.end()
        report.send(.ended(status))
        return status
    }

    private func start(in root: String?) -> Never {
        if let root {
            do throws(SetUpFailure) {
                try during(.changeRoot) { () throws(POSIXError) in
                    try systemCall("chroot", root) { cposix_chroot(root) }
                }
            } catch {
                report.send(.failed(error.step, error.error))
                _exit(125)
            }
        }
        ProgramStart(request: request, report: report, processes: "/proc").run()
    }
}
