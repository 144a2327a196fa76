public import POSIX

/// Why a program doesn't run in a sandbox.
public enum SandboxError: Error, Hashable, Sendable {
    /// The sandbox can't be made.
    case failed(SetUpStep, POSIXError)
    /// The sandbox is there, but the program in it can't be run.
    case program(POSIXError)
    /// None of the ways works on this machine; each with what is in its way.
    case unavailable([RefusedIsolation])
    /// Not even the helper can be started.
    case helper(POSIXError)
}

/// A way to isolate programs, and what is in its way.
public struct RefusedIsolation: Hashable, Sendable {
    /// The way.
    public var isolation: Isolation
    /// What is in its way.
    public var obstacle: Obstacle

    /// Names a way and what is in its way.
    public init(_ isolation: Isolation, _ obstacle: Obstacle) {
        (self.isolation, self.obstacle) = (isolation, obstacle)
    }
}

/// A step of making a sandbox.
public enum SetUpStep: String, Sendable {
    /// The helper understands what it is to do, and is tied to its parent.
    case start
    /// Namespaces of users and the ids in them.
    case users
    /// All other namespaces, and making mounts private.
    case namespaces
    /// The new root.
    case root
    /// Mounts and mount points.
    case mounts
    /// The loopback interface, and the host name.
    case network
    /// Making the new root the root.
    case changeRoot = "change-root"
    /// User, groups, capabilities and limits of the program.
    case identity
}

extension SandboxError: CustomStringConvertible {
    /// For instance `make a sandbox (users): unshare: operation not permitted`.
    public var description: String {
        switch self {
        case .failed(let step, let error): "make a sandbox (\(step.rawValue)): \(error)"
        case .program(let error): error.description
        case .unavailable(let refused):
            "no program can be isolated here: "
                + refused.map { "\($0.isolation.rawValue): \($0.obstacle)" }.joined(separator: "; ")
        case .helper(let error): "start the sandbox's helper: \(error)"
        }
    }
}
