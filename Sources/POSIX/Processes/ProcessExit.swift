import Glibc

/// The end of this process.
public enum ProcessExit {
    /// Ends the process at once with a status, 0 to 255; buffered output of the C library is written first.
    ///
    /// A process that is being interrupted ends with that, when it has cleared away what is temporary.
    public static func exit(_ status: Int32) -> Never {
        Interruption.pauseIfInterrupted()
        Glibc.exit(status)
    }
}
