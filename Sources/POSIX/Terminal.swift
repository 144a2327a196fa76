import Glibc

/// What can be known about the terminal that a descriptor may lead to.
public enum Terminal {
    /// Whether a descriptor leads to a terminal.
    public static func isTerminal(_ descriptor: FileDescriptor) -> Bool {
        isatty(descriptor.rawValue) == 1
    }
}
