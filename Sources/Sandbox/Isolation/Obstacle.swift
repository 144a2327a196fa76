public import POSIX

/// What keeps this machine from isolating a program, and what somebody can do about it.
public enum Obstacle: Error, Hashable, Sendable {
    /// AppArmor takes all rights from user namespaces of programs without a profile, as Ubuntu has it since 23.10. With
    /// the path of the program that needs one.
    case appArmor(program: String)
    /// The profile of AppArmor that this process is confined by forbids it, as Docker's does with mounts.
    case confined(profile: String)
    /// A setting of the kernel forbids user namespaces to ordinary users (`kernel.unprivileged_userns_clone`).
    case forbiddenToUsers
    /// A setting of the kernel allows no namespaces of this kind, such as `user.max_user_namespaces`.
    case limitIsZero(setting: String)
    /// There are as many namespaces, or as many within each other, as the kernel allows.
    case limitReached
    /// The kernel was built without this kind of namespaces.
    case notInKernel
    /// The container that this process is in forbids the call by a filter.
    case seccomp(call: String)
    /// This process is in a changed root, from which no user namespaces can be made.
    case changedRoot
    /// SELinux forbids it.
    case seLinux
    /// It takes root.
    case notRoot
    /// It takes a right that this process does not have, though it is root.
    case missingCapability(String)
    /// The user or group that the program is to run as does not exist in this process's user namespace.
    case unknownOwner(Owner)
    /// `/etc/subuid` and `/etc/subgid` give no users and groups to the calling user.
    case noSubordinateIDs(user: String)
    /// The program that puts such users into a namespace is missing.
    case noMapper(program: String)
    /// The current root is no builder: this is missing.
    case notBuilder(missing: String)
    /// Parts of `/proc` are hidden, so no new one can be mounted; the existing one is shown instead.
    case hiddenProcesses
    /// An overlay can't be made of a directory's file system.
    case overlay(directory: String, reason: OverlayObstacle)
    /// Something else.
    case other(SetUpStep, POSIXError)
}

/// Why a directory can't be the upper one of an overlay.
public enum OverlayObstacle: String, Sendable {
    /// It lies on an overlay itself, as in a container.
    case onOverlay = "it lies on an overlay itself, as the disks of containers do"
    /// It lies on a network's file system.
    case onNetwork = "it lies on a network's file system"
    /// It lies on a file system of a program.
    case onFuse = "it lies on a file system of a program (FUSE)"
    /// The kernel is too old to let users make overlays.
    case oldKernel = "the kernel lets users make overlays since 5.11 only"
    /// The kernel has no overlays.
    case notInKernel = "the kernel has no overlay file system"
    /// Something else.
    case unsupported = "its file system lacks something that overlays need, such as extended attributes"
}

extension Obstacle: CustomStringConvertible {
    /// What is in the way, such as `user.max_user_namespaces is 0`.
    public var description: String {
        switch self {
        case .appArmor: "AppArmor forbids user namespaces to programs without a profile of their own"
        case .confined(let profile): "AppArmor's profile \(profile), which this process is confined by, forbids it"
        case .forbiddenToUsers: "kernel.unprivileged_userns_clone is 0: user namespaces are for root only"
        case .limitIsZero(let setting): "\(setting) is 0: no such namespaces are allowed"
        case .limitReached: "there are as many namespaces as the kernel allows"
        case .notInKernel: "the kernel has no such namespaces"
        case .seccomp(let call): "the container's seccomp filter forbids \(call)"
        case .changedRoot: "this process is in a chroot, where the kernel allows no user namespaces"
        case .seLinux: "SELinux forbids it"
        case .notRoot: "it takes root"
        case .missingCapability(let name): "it takes the capability \(name), which this root does not have"
        case .unknownOwner(let owner): "there is no user and group \(owner) in this user namespace"
        case .noSubordinateIDs(let user): "/etc/subuid and /etc/subgid give no ids to \(user)"
        case .noMapper(let program): "there is no \(program), which puts subordinate ids into a namespace"
        case .notBuilder(let missing): "the current root is no builder: \(missing) is missing"
        case .hiddenProcesses: "parts of /proc are hidden, so no new one can be mounted"
        case .overlay(let directory, let reason):
            "\(directory) can't be written to by way of an overlay: \(reason.rawValue)"
        case .other(let step, let error): "\(error) (\(step.rawValue))"
        }
    }
}
