import CPOSIX
import POSIX

/// A user namespace with many users, which only programs with the right to do so can fill.
struct RangeMap {
    let ids: SubordinateIDs
    let report: ReportPipe

    /// Puts this process into a new user namespace, in which it is root.
    func enter() throws(POSIXError) {
        // The programs have to run outside of the namespace, and only once there is one.
        let process = getpid()
        let caller = Owner(uid: Users.effectiveUserID, gid: Users.effectiveGroupID)
        let pipe = try Pipe()
        guard let mapper = try SingleThreadedProcess.fork() else {
            let end = pipe.takeReadEnd()
            let isWanted = (try? end.descriptor.readToEnd(limit: 1))?.isEmpty == false
            _exit(isWanted && fill(process, caller) ? 0 : 1)
        }
        let end = pipe.takeWriteEnd()
        try Namespaces.enter(.users)
        try end.descriptor.writeAll([1])
        _ = consume end
        var status: Int32 = 0
        try systemCall("wait") { waitpid(mapper, &status, 0) }
        guard status == 0 else { throw POSIXError(.notPermitted, "newuidmap") }
    }

    /// Fills the namespace of a process; reports why that is impossible.
    private func fill(_ process: Int32, _ caller: Owner) -> Bool {
        let maps = [(ids.programs[0], caller.uid, ids.users), (ids.programs[1], caller.gid, ids.groups)]
        for (program, own, row) in maps {
            let configuration = SubprocessConfiguration(
                executable: program,
                arguments: ["\(process)", "0", "\(own)", "1", "1", "\(row.first)", "\(row.count)"],
                environment: [],
                newProcessGroup: false
            )
            do {
                let capture = try Subprocess.capture(configuration)
                if capture.status.isSuccess { continue }
                let text = String(decoding: capture.errors, as: UTF8.self).split(separator: "\n").last.map(String.init)
                let explanation = text ?? "\(capture.status)"
                report.send(.failed(.users, POSIXError(.notPermitted, "run", program, explanation: explanation)))
            } catch {
                report.send(.failed(.users, error))
            }
            return false
        }
        return true
    }
}
