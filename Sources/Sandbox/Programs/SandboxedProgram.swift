public import POSIX

/// A program, the file tree that it is to see, and what it may do.
///
/// A value without any effect: ``SandboxRunner`` runs it.
public struct SandboxedProgram: Hashable, Sendable {
    /// Whom a sandbox can talk to.
    public enum Network: String, Sendable {
        /// All whom this machine can.
        case host
        /// Only itself, by way of the loopback interface.
        case none
    }

    /// Which rights of the superuser are left to a program that runs as user 0.
    public enum Capabilities: String, Sendable {
        /// Those that containers usually have: over files, users, processes and ports of the sandbox, not over the
        /// machine.
        case container
        /// All.
        case all
    }

    /// What the program's `/` is.
    public var root: SandboxRoot
    /// What appears in the root, in order.
    public var mounts: [Mount]
    /// The program: an absolute path in the sandbox; not looked up in `PATH`.
    public var path: String
    /// All arguments, the program's own name first.
    public var arguments: [String]
    /// The whole environment, as `NAME=value`; nothing is added to it.
    public var environment: [String]
    /// Where the program runs: an absolute path in the sandbox.
    public var workingDirectory: String
    /// The user and group that the program runs as, and sees itself as.
    ///
    /// With ``Isolation/userNamespaces`` files of the calling user look as if they belonged to this one, and files that the
    /// program makes belong to the calling user outside. All other users look like `nobody`.
    public var owner: Owner
    /// With ``Isolation/userNamespaces``: users and groups that exist in the sandbox besides root, who is the calling user
    /// outside; nil for the owner alone.
    ///
    /// Files of theirs belong outside to users that only the machine's root can act for: it is for trees that are thrown
    /// away.
    public var subordinateIDs: SubordinateIDs?
    /// The name that the sandbox has as a machine; nil for this machine's.
    public var hostName: String?
    /// Whom the program can talk to.
    public var network: Network
    /// Which rights are left to user 0.
    public var capabilities: Capabilities
    /// Whether programs with setuid have their effect.
    public var allowsNewPrivileges: Bool
    /// Limits of the program and its children.
    public var limits: [ResourceLimit]
    /// What the program reads.
    public var standardInput: SubprocessConfiguration.Input
    /// How long the program may take to end after SIGINT or SIGTERM, in milliseconds; then all of the sandbox is killed.
    public var graceMilliseconds: Int

    /// Describes a program that reads nothing and can use the network.
    /// - Parameters:
    ///   - path: The program: an absolute path in the sandbox.
    ///   - arguments: The arguments after the program's name.
    ///   - environment: The whole environment, as `NAME=value`.
    ///   - workingDirectory: Where the program runs: an absolute path in the sandbox.
    ///   - owner: Who the program runs as.
    ///   - root: What the program's `/` is.
    ///   - mounts: What appears in the root, in order.
    public init(
        path: String,
        arguments: [String] = [],
        environment: [String] = [],
        workingDirectory: String = "/",
        owner: Owner,
        root: SandboxRoot,
        mounts: [Mount] = Mount.system
    ) {
        (self.path, self.arguments, self.environment) = (path, [path] + arguments, environment)
        (self.workingDirectory, self.owner, self.root, self.mounts) = (workingDirectory, owner, root, mounts)
        (hostName, network, capabilities, allowsNewPrivileges) = (nil, .host, .container, false)
        subordinateIDs = nil
        (limits, standardInput, graceMilliseconds) = ([.coreFiles(0)], .empty, 2000)
    }
}
