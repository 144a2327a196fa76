import CPOSIX
import Glibc

/// Who this process acts for.
public enum Users {
    /// The effective user id.
    public static var effectiveUserID: UInt32 { geteuid() }
    /// The effective group id.
    public static var effectiveGroupID: UInt32 { getegid() }
    /// The real user id.
    public static var userID: UInt32 { getuid() }
    /// The real group id.
    public static var groupID: UInt32 { getgid() }
    /// Whether the process may do everything.
    public static var isRoot: Bool { effectiveUserID == 0 }
}

/// Giving up rights.
public enum Privileges {
    /// Makes the whole process, with all of its threads, run as another user, for good.
    ///
    /// Nothing happens if it runs as that user and group already.
    /// - Parameters:
    ///   - uid: The user.
    ///   - gid: The group; the only one that remains.
    /// - Throws: When the process may not change to that user.
    public static func drop(to uid: UInt32, gid: UInt32) throws(POSIXError) {
        if Users.userID == uid, Users.groupID == gid, Users.effectiveUserID == uid, Users.effectiveGroupID == gid {
            return
        }
        var groups = [gid]
        let error = cposix_drop_privileges(uid, gid, &groups, 1)
        guard error == 0 else { throw POSIXError(Errno(rawValue: error), "setuid", "\(uid):\(gid)") }
    }
}
