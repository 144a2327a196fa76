import CPOSIX

/// The words that this process was started with.
public enum ProcessArguments {
    /// All of them, the program's own name first; known also where `/proc` is not mounted, unlike `CommandLine`'s.
    public static var all: [String] {
        (0..<cposix_argument_count()).compactMap { cposix_argument($0).map { String(cString: $0) } }
    }
}
