import POSIX
import Phases
import PlatformModel

/// Makes volumes belong to the user of the build, and becomes that user.
struct BuildUser {
    let uid: UInt32
    let gid: UInt32

    init(_ inputs: ResolvedInputs) throws(PhaseError) {
        guard let uid = UInt32(exactly: inputs.uid), let gid = UInt32(exactly: inputs.gid) else {
            throw PhaseError(
                .failed,
                failedTo: "exec as user \(inputs.uid):\(inputs.gid)",
                "user and group ids are numbers from 0 to \(UInt32.max)"
            )
        }
        self.uid = uid
        self.gid = gid
    }

    /// Gives volumes to the user unless it can write to them already.
    ///
    /// Does nothing unless the process is root: others can't give files away, and platforms that don't start as root
    /// have set up the volumes.
    ///
    /// - Parameter paths: Directories; missing and unnamed ones are left out.
    /// - Throws: A `PhaseError` of kind `failed` when a volume can't be given away.
    func own(_ paths: [String]) throws(PhaseError) {
        guard Users.isRoot else { return }
        try wrapping(.failed, failedTo: "chown volumes") {
            for path in paths where !path.isEmpty && FileSystem.exists(path) {
                // If the user can write to the directory, the same is assumed of everything in it: looking at every
                // file takes too long.
                guard !canWrite(try FileSystem.status(path)) else { continue }
                try FileSystem.changeOwnerOfTree(path, uid: uid, gid: gid)
            }
        }
    }

    private func canWrite(_ status: FileStatus) -> Bool {
        status.uid == uid || (status.gid == gid && status.mode.rawValue & 0o020 != 0)
            || status.mode.rawValue & 0o002 != 0
    }

    /// Becomes the user, for good; does nothing unless the process is root.
    func become() throws(PhaseError) {
        guard Users.isRoot else { return }
        try wrapping(.failed, failedTo: "exec as user \(uid):\(gid)") { try Privileges.drop(to: uid, gid: gid) }
    }

    /// The user's name and home directory from `/etc/passwd`.
    ///
    /// Read here, as the C library's `getpwuid` loads name services from shared libraries, which a static program can't.
    ///
    /// The file is read here, since `getpwuid` loads modules of the C library, which a static program can't.
    func account() throws(PhaseError) -> (name: String, home: String) {
        let text = (try? FileSystem.readText("/etc/passwd")) ?? ""
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count >= 6, fields[2] == "\(uid)" else { continue }
            return (String(fields[0]), String(fields[5]))
        }
        throw PhaseError(.failed, failedTo: "set environment for user \(uid)", "user: unknown userid \(uid)")
    }
}
