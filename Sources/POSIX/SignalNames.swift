import Glibc

/// What signals are called.
enum SignalNames {
    /// The system's description of a signal in small letters, such as `killed`.
    static func text(_ signal: Int32) -> String {
        guard let text = strsignal(signal) else { return "signal \(signal)" }
        return String(cString: text).lowercased()
    }
}
