import CPOSIX
public import POSIX

/// Namespaces and mounts: a file tree of its own for this process and its children.
///
/// For processes with one thread, which do nothing else afterwards.
public enum Namespaces {
    /// What is separated from the rest of the system.
    public struct Kinds: OptionSet, Sendable {
        /// The flags of `unshare`.
        public var rawValue: Int32

        /// Wraps flags of `unshare`.
        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// What is mounted where.
        public static let mounts = Kinds(rawValue: CPOSIX_NEW_MOUNTS)
        /// Who is who, and may do what.
        public static let users = Kinds(rawValue: CPOSIX_NEW_USERS)
        /// The processes, from the next child on, which is the first of them: with its end all others end.
        public static let processes = Kinds(rawValue: CPOSIX_NEW_PROCESSES)
    }

    /// Puts this process into new namespaces.
    /// - Parameter kinds: Which ones.
    /// - Throws: `notPermitted` where they are not allowed.
    public static func enter(_ kinds: Kinds) throws(POSIXError) {
        try systemCall("unshare") { cposix_unshare(kinds.rawValue) }
    }

    /// Says who is who in the new user namespace of this process; supplementary groups can't be changed there.
    /// - Parameters:
    ///   - users: A line of first id inside, first id outside, and their number.
    ///   - groups: The same for groups.
    /// - Throws: `notPermitted` for ids that this process may not speak for.
    public static func map(users: String, groups: String) throws(POSIXError) {
        try write("/proc/self/setgroups", "deny")
        try write("/proc/self/gid_map", groups)
        try write("/proc/self/uid_map", users)
    }

    /// Keeps the mounts that this process makes from the rest of the system.
    /// - Throws: Without the privilege.
    public static func makeMountsPrivate() throws(POSIXError) {
        try systemCall("mount", "/") { cposix_make_mounts_private() }
    }

    /// Makes a directory or file appear at a second place, with what is mounted below it.
    /// - Parameters:
    ///   - source: What appears.
    ///   - target: Where; of the same kind, and hidden from now on.
    ///   - isReadOnly: Whether it can't be changed there.
    /// - Throws: Without the privilege, or when one of them is missing.
    public static func bind(_ source: String, to target: String, isReadOnly: Bool) throws(POSIXError) {
        try systemCall("mount", source, to: target) { cposix_bind(source, target, isReadOnly ? 1 : 0) }
    }

    /// Shows the processes of this process's namespace.
    /// - Parameter target: The directory that becomes `/proc`.
    /// - Throws: Also where parts of the system's own `/proc` are hidden.
    public static func mountProcesses(at target: String) throws(POSIXError) {
        try systemCall("mount", target) { cposix_mount_proc(target) }
    }

    /// Mounts an empty file system in memory over a directory.
    /// - Parameters:
    ///   - target: The directory, whose contents are hidden from now on.
    ///   - megabytes: How much may be written.
    /// - Throws: Without the privilege.
    public static func mountMemory(at target: String, megabytes: Int) throws(POSIXError) {
        try systemCall("mount", target) { cposix_mount_memory(target, "mode=0700,size=\(megabytes)m") }
    }

    /// Makes a mount point the root of this process's file tree; the rest of it is gone.
    /// - Parameter root: The directory.
    /// - Throws: When it is no mount point.
    public static func changeRoot(to root: String) throws(POSIXError) {
        try systemCall("pivot_root", root) { cposix_change_root(root) }
    }

    private static func write(_ path: String, _ text: String) throws(POSIXError) {
        // One write: the kernel takes no second one.
        let file = try OwnedDescriptor(opening: path, .write)
        try file.descriptor.writeAll(Array(text.utf8), path: path)
    }
}
