import POSIX

extension Logger {
    /// Says at debug level that a piece of work starts.
    /// - Parameter name: The work's name, such as `Detector`.
    /// - Returns: The running measurement, to be finished by ``LogTimer/finish()``.
    public func startTimer(_ name: String) -> LogTimer {
        debug("Timer: \(name) started at \(Clock.now.rfc3339())")
        return LogTimer(name: name, logger: self, start: Clock.monotonicNanoseconds)
    }

    /// Says at debug level when a piece of work starts, and how long it took.
    /// - Parameters:
    ///   - name: The work's name, such as `Detector`.
    ///   - body: The work.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws; the time is logged then too.
    public func timed<Result, Failure: Error>(
        _ name: String,
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let timer = startTimer(name)
        defer { timer.finish() }
        return try body()
    }
}

/// A measurement that is running.
public struct LogTimer: Sendable {
    let name: String
    let logger: Logger
    let start: Int64

    /// Says at debug level how long the work took.
    public func finish() {
        let duration = DurationText.string(nanoseconds: Clock.monotonicNanoseconds - start)
        logger.debug("Timer: \(name) ran for \(duration) and ended at \(Clock.now.rfc3339())")
    }
}
