import Glibc

/// The end of this process.
public enum ProcessExit {
    /// Ends the process at once with a status, 0 to 255; buffered output of the C library is written first.
    public static func exit(_ status: Int32) -> Never {
        Glibc.exit(status)
    }
}
