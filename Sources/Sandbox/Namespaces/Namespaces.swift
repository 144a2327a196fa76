import CPOSIX
public import POSIX

/// Namespaces: what this process and its children see apart from the rest of the system.
///
/// For processes with one thread.
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
        /// Shared memory, semaphores and queues of System V.
        public static let communication = Kinds(rawValue: CPOSIX_NEW_IPC)
        /// The machine's name.
        public static let hostName = Kinds(rawValue: CPOSIX_NEW_HOST_NAME)
        /// Network interfaces, of which there is only the loopback one at first, and that is down.
        public static let network = Kinds(rawValue: CPOSIX_NEW_NETWORK)
    }

    /// Puts this process into new namespaces.
    /// - Parameter kinds: Which ones.
    /// - Throws: `notPermitted` where they are not allowed.
    public static func enter(_ kinds: Kinds) throws(POSIXError) {
        try systemCall("unshare") { cposix_unshare(kinds.rawValue) }
    }

    /// Says who is who in the new user namespace of this process.
    ///
    /// There is one user with one group in it; supplementary groups can't be changed.
    /// - Parameters:
    ///   - inside: The ids in the namespace.
    ///   - outside: The ids that this process has outside.
    ///   - processes: Where the system's processes are shown, without a slash at its end.
    /// - Throws: `notPermitted` for ids that this process may not speak for.
    public static func map(
        _ inside: Owner,
        to outside: Owner,
        processes: String = "/proc"
    ) throws(POSIXError) {
        try write("\(processes)/self/setgroups", "deny")
        try write("\(processes)/self/gid_map", "\(inside.gid) \(outside.gid) 1")
        try write("\(processes)/self/uid_map", "\(inside.uid) \(outside.uid) 1")
    }

    /// Keeps the mounts that this process makes from the rest of the system.
    /// - Throws: Without the privilege.
    public static func makeMountsPrivate() throws(POSIXError) {
        try systemCall("mount", "/") { cposix_make_mounts_private() }
    }

    private static func write(_ path: String, _ text: String) throws(POSIXError) {
        // One write: the kernel takes no second one.
        let file = try OwnedDescriptor(opening: path, .write)
        try file.descriptor.writeAll(Array(text.utf8), path: path)
    }
}
