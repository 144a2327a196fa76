internal import CPOSIX

/// What signals are called in messages; our own table for the same reasons as that of errors.
enum SignalName {
    /// The usual words for a signal, or its number.
    static func of(_ signal: Int32) -> String {
        switch signal {
        case SIGHUP: "hangup"
        case SIGINT: "interrupt"
        case SIGQUIT: "quit"
        case SIGILL: "illegal instruction"
        case SIGTRAP: "trace/breakpoint trap"
        case SIGABRT: "aborted"
        case SIGBUS: "bus error"
        case SIGFPE: "floating point exception"
        case SIGKILL: "killed"
        case SIGSEGV: "segmentation fault"
        case SIGPIPE: "broken pipe"
        case SIGALRM: "alarm clock"
        case SIGTERM: "terminated"
        default: "signal \(signal)"
        }
    }
}
