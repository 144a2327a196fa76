/// What a sandbox's root is made of.
public enum SandboxRoot: Hashable, Sendable {
    /// A directory of this machine.
    ///
    /// One that is read-only can be shared by sandboxes; in another one missing mount points are made for good.
    case directory(String, isReadOnly: Bool)
    /// Directories over each other.
    case overlay(Overlay)
    /// Nothing but the mounts.
    case empty
}
