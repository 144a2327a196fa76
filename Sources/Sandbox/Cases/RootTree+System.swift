public import POSIX

extension RootTree {
    /// The directories that are there in every tree, empty, and belong to the build user.
    private static let userDirectories = [
        "/layers", "/workspace", "/platform", "/platform/env", "/cache", "/home", "/home/cnb",
    ]
    private static let systemDirectories = ["/cnb", "/dev", "/etc", "/proc", "/root", "/tmp", "/var", "/var/tmp"]

    /// Makes the tree with what the machine gives to every case.
    /// - Parameter host: What that is.
    /// - Throws: When the system refuses.
    public func makeSystem(_ host: HostTree) throws(POSIXError) {
        try FileSystem.makeDirectory(root, mode: 0o755)
        try FileSystem.chmod(root, 0o755)
        for path in Self.systemDirectories + host.directories { try FileSystem.makeDirectories(root + path) }
        for path in ["/tmp", "/var/tmp"] { try FileSystem.chmod(root + path, 0o1777) }
        for path in Self.userDirectories {
            try FileSystem.makeDirectory(root + path)
            try give(root + path, to: path == "/home" ? .root : .builder)
        }
        for (path, bytes) in host.texts { try FileSystem.writeFile(root + path, bytes) }
        for (path, target) in host.links { try FileSystem.createSymlink(root + path, target: target) }
    }

    /// Who owns a file, as programs in the tree see it.
    /// - Parameter status: The file as this machine sees it.
    /// - Returns: Its owner.
    public func owner(_ status: FileStatus) -> Owner {
        guard !hasMachineUsers else { return Owner(uid: status.uid, gid: status.gid) }
        return Owner(
            uid: status.uid == Users.effectiveUserID ? Owner.builder.uid : status.uid,
            gid: status.gid == Users.effectiveGroupID ? Owner.builder.gid : status.gid
        )
    }

    /// Gives a file of the tree to a user, where there is more than one.
    /// - Parameters:
    ///   - place: A path of this machine.
    ///   - owner: Who gets it.
    /// - Throws: When the system refuses.
    public func give(_ place: String, to owner: Owner) throws(POSIXError) {
        guard hasMachineUsers, owner != .root else { return }
        try FileSystem.lchown(place, uid: owner.uid, gid: owner.gid)
    }
}
