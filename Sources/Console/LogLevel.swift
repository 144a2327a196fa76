/// How much a message matters, and the least that a logger shows.
public enum LogLevel: Int, Comparable, Sendable, CaseIterable {
    /// For finding faults.
    case debug
    /// What a user wants to know of each build.
    case info
    /// Something may be wrong.
    case warn
    /// Something is wrong.
    case error
    /// No message has this level, so a logger with it is silent.
    case fatal

    /// Reads a level; capital and small letters are the same, and `warning` is `warn`.
    /// - Parameter name: The level's name.
    /// - Throws: When there is no such level.
    public init(_ name: String) throws(LogLevelError) {
        switch name.lowercased() {
        case "debug": self = .debug
        case "info": self = .info
        case "warn", "warning": self = .warn
        case "error": self = .error
        case "fatal": self = .fatal
        default: throw LogLevelError(name: name)
        }
    }

    /// The level's name in small letters.
    public var name: String {
        switch self {
        case .debug: "debug"
        case .info: "info"
        case .warn: "warn"
        case .error: "error"
        case .fatal: "fatal"
        }
    }

    /// Orders levels from `debug` up to `fatal`.
    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// A text that names no log level.
public struct LogLevelError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text.
    public var name: String

    /// The wording that scripts may look for, and the levels.
    public var description: String {
        let levels = LogLevel.allCases.map(\.name).joined(separator: ", ")
        return "failed to parse log level: invalid level '\(name)'; the levels are \(levels)"
    }
}
