import CPOSIX

extension Privileges {
    /// Keeps other processes of the same user from reading this process's memory and environment, or attaching to it.
    ///
    /// Changing the user undoes it, so it comes after ``drop(to:gid:)``. Children are not protected.
    /// - Throws: When the system refuses.
    public static func hideFromPeers() throws(POSIXError) {
        try systemCall("prctl") { cposix_hide_from_peers() }
    }
}
