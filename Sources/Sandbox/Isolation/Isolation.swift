/// How a program gets a file tree of its own, from the best way to the plainest.
public enum Isolation: String, CaseIterable, Sendable {
    /// As root: namespaces of mounts and processes, and the machine's own users.
    case rootNamespaces = "root-namespaces"
    /// As anybody: two user namespaces, one inside the other, besides those of mounts and processes.
    ///
    /// In the outer one the calling user is root, and so can mount; in the inner one the calling user is whoever the
    /// program is to run as. No other users are needed, so neither are `newuidmap` and `/etc/subuid`.
    case userNamespaces = "user-namespaces"
    /// As root without namespaces: `chroot`.
    ///
    /// The root has to be a directory for this run alone, since what a mount would show is put into it: read-only binds
    /// are copied, devices and directories made. A directory or file that the program changes has to be there already,
    /// so that the path of the bind's source leads to its target. `/proc` stays empty where it can't be mounted. There
    /// is no network ``SandboxedProgram/Network/none`` and no host name. All processes are ended with the program, and
    /// mounts taken off, but not after a `kill -9` of the helper itself.
    case chroot
    /// The current root is the program's already, as in a CI job that runs in a builder image; nothing is separated.
    ///
    /// The source of every bind has to be its target. Without root the program runs as the calling user.
    case inPlace = "in-place"

    /// Whether programs run as users of the machine, and files belong to whom they say.
    public var hasMachineUsers: Bool { self != .userNamespaces }

    /// Whether what the sandbox mounts and starts is gone with it in any case, since the kernel sees to it.
    public var hasNamespaces: Bool { self == .rootNamespaces || self == .userNamespaces }
}

/// Which isolation somebody wants.
public enum IsolationChoice: String, CaseIterable, Sendable {
    /// The first that works.
    case auto
    /// Namespaces, with or without root.
    case namespaces
    /// ``Isolation/chroot``.
    case chroot
    /// ``Isolation/inPlace``.
    case inPlace = "in-place"

    /// What is tried, in order.
    public var ladder: [Isolation] {
        switch self {
        case .auto: Isolation.allCases
        case .namespaces: [.rootNamespaces, .userNamespaces]
        case .chroot: [.chroot]
        case .inPlace: [.inPlace]
        }
    }
}
