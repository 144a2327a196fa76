import POSIX

/// Why there is no image: what went wrong, and what the user may do about it.
public struct BuildError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is, which decides on the exit code.
    public enum Kind: Hashable, Sendable {
        /// What was asked for makes no sense.
        case usage
        /// This machine can't do it.
        case machine
        /// Anything else: no such builder, a refusing registry, a full disk.
        case failed
        /// A phase of the lifecycle has ended with this exit code.
        case phase(BuildStep, Int32)
        /// Somebody has asked the build to stop, with this signal.
        case interrupted(Int32)
    }

    /// What kind of failure it is.
    public let kind: Kind
    /// What went wrong, where, and why; in lower case.
    public let description: String
    /// What the user may do; nil where nobody knows.
    public let help: String?

    /// Describes a failure.
    ///
    /// - Parameters:
    ///   - kind: What kind of failure it is.
    ///   - description: What went wrong, where, and why.
    ///   - help: What the user may do.
    public init(_ kind: Kind, _ description: String, help: String? = nil) {
        (self.kind, self.description, self.help) = (kind, description, help)
    }

    /// The exit code of a command that fails with this: the lifecycle's own for a phase, 2 for what makes no sense, 125
    /// for what this machine can't do.
    public var exitCode: Int32 {
        switch kind {
        case .usage: 2
        case .machine: 125
        case .failed: 1
        case .phase(_, let code): code
        case .interrupted(let signal): 128 + signal
        }
    }
}

/// Runs an operation of the system, whose errors become failures of the build.
func system<Value: ~Copyable>(_ body: () throws(POSIXError) -> Value) throws(BuildError) -> Value {
    do throws(POSIXError) {
        return try body()
    } catch {
        throw BuildError(error)
    }
}

extension BuildError {
    /// The failure that an error of the system is.
    init(_ error: POSIXError) {
        let isFull = error.errno == .noSpace || error.errno == .quota
        self.init(.failed, "\(error)", help: isFull ? Self.roomHelp : nil)
    }

    /// What to do about a full disk.
    static var roomHelp: String {
        "make room: `slipway store prune` and `slipway cache prune` remove what no image needs"
    }
}
