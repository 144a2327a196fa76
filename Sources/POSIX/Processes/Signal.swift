import Glibc

/// A signal that processes send each other.
public struct Signal: RawRepresentable, Hashable, Sendable {
    /// The signal's number.
    public var rawValue: Int32

    /// Wraps a number.
    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// The terminal has gone.
    public static let hangup = Signal(rawValue: SIGHUP)
    /// Somebody pressed Control-C.
    public static let interrupt = Signal(rawValue: SIGINT)
    /// End at once; cannot be handled.
    public static let kill = Signal(rawValue: SIGKILL)
    /// Please end.
    public static let terminate = Signal(rawValue: SIGTERM)

    /// Makes writing to a closed pipe or socket an error in this process instead of ending it.
    public static func ignoreBrokenPipe() {
        signal(SIGPIPE, SIG_IGN)
    }
}

extension Signal: CustomStringConvertible {
    /// The system's description in small letters, such as `killed`.
    public var description: String {
        guard let text = strsignal(rawValue) else { return "signal \(rawValue)" }
        return String(cString: text).lowercased()
    }
}
