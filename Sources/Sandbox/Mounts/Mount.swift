/// Something that appears at a path in a sandbox.
///
/// Mounts are made in the order of their list, so that a later one can lie in or over an earlier one. Where nothing is at
/// the path, a mount point is made; in a root that must not be changed, its directory is first covered by one in memory
/// that shows the same.
public struct Mount: Hashable, Sendable {
    /// What appears.
    public enum Content: Hashable, Sendable {
        /// A directory or file of this machine, by its path, with all that is mounted below it.
        case bind(source: String, isReadOnly: Bool)
        /// Directories over each other.
        case overlay(Overlay)
        /// An empty directory in memory with these permissions, which can take this many megabytes; nil for half of the
        /// machine's memory.
        case memory(mode: UInt32, megabytes: Int?)
        /// The processes of the sandbox (`/proc`).
        ///
        /// Where parts of this machine's own `/proc` are hidden, as in many containers, only that one can be shown; it is,
        /// unless the sandbox's own is required.
        case processes(isOwnRequired: Bool)
        /// The devices that every program may expect (`/dev`): null, zero, full, random, urandom, tty, links to the
        /// standard streams, `shm`, and pseudo-terminals where the kernel gives them.
        case devices
        /// A symbolic link, made unless something is there.
        case link(target: String)
    }

    /// What appears.
    public var content: Content
    /// Where it appears: an absolute path in the sandbox, whose symbolic links lead to places in the sandbox.
    public var target: String

    /// Describes a mount.
    /// - Parameters:
    ///   - content: What appears.
    ///   - target: Where it appears.
    public init(_ content: Content, at target: String) {
        (self.content, self.target) = (content, target)
    }

    /// A directory or file of this machine.
    /// - Parameters:
    ///   - source: Its path on this machine.
    ///   - target: Where it appears; nil for the same path.
    ///   - isReadOnly: Whether it can't be changed in the sandbox, nor what is mounted below it.
    /// - Returns: The mount.
    public static func bind(_ source: String, at target: String? = nil, isReadOnly: Bool = true) -> Mount {
        Mount(.bind(source: source, isReadOnly: isReadOnly), at: target ?? source)
    }

    /// What nearly every program needs of the system: `/proc`, `/dev`, and a `/tmp` in memory.
    public static let system = [
        Mount(.processes(isOwnRequired: false), at: "/proc"), Mount(.devices, at: "/dev"),
        Mount(.memory(mode: 0o1777, megabytes: nil), at: "/tmp"),
    ]
}

/// Directories that lie over each other and look like one, as the kernel's overlay file system has it.
public struct Overlay: Hashable, Sendable {
    /// The directories that stay as they are, the topmost first.
    public var lower: [String]
    /// Where changes go; nil for an overlay that can't be changed.
    public var upper: String?
    /// An empty directory on the file system of ``upper``, for the kernel; it leaves a directory in it that only
    /// ``Leftovers`` may be able to remove.
    public var work: String?

    /// Describes an overlay that takes changes.
    /// - Parameters:
    ///   - lower: The directories that stay as they are, the topmost first.
    ///   - upper: Where changes go.
    ///   - work: An empty directory on the same file system.
    public init(lower: [String], upper: String, work: String) {
        (self.lower, self.upper, self.work) = (lower, upper, work)
    }

    /// Describes an overlay that can't be changed.
    /// - Parameter lower: The directories, the topmost first; two at least.
    public init(lower: [String]) {
        self.lower = lower
    }
}
