public import POSIX

/// How cases get a file tree of their own.
public enum SandboxMode: String, Sendable {
    /// As root, with namespaces of mounts and processes.
    case root
    /// As anybody else, or as a root that may not mount, in a user namespace where this user is 1000:1000.
    case user

    /// Whether a step can run as any user.
    public var hasRoot: Bool { self != .user }

    /// Who owns a file in the case, as the case sees it.
    /// - Parameter status: The file as this machine sees it.
    /// - Returns: Its owner.
    public func owner(_ status: FileStatus) -> Owner {
        guard self == .user else { return Owner(uid: status.uid, gid: status.gid) }
        return Owner(
            uid: status.uid == Users.effectiveUserID ? Owner.builder.uid : status.uid,
            gid: status.gid == Users.effectiveGroupID ? Owner.builder.gid : status.gid
        )
    }

    /// Puts this process into namespaces of its own.
    /// - Throws: Where they are not allowed.
    func enter() throws(POSIXError) {
        switch self {
        case .root:
            try Namespaces.enter([.mounts, .processes])
        case .user:
            let (uid, gid) = (Users.effectiveUserID, Users.effectiveGroupID)
            try Namespaces.enter([.users, .mounts, .processes])
            try Namespaces.map(
                users: "\(Owner.builder.uid) \(uid) 1",
                groups: "\(Owner.builder.gid) \(gid) 1"
            )
        }
    }
}
