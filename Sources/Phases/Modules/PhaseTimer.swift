import Console
import POSIX

/// Says at debug level how long a part of a phase takes.
enum PhaseTimer {
    /// Runs a piece of work and times it.
    ///
    /// - Parameters:
    ///   - name: What messages call the work, such as `Detector`.
    ///   - logger: Is told when the work starts and ends.
    ///   - body: The work.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    static func measure<Result, Failure: Error>(
        _ name: String,
        _ logger: Logger,
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let start = Clock.monotonicNanoseconds
        logger.debug("Timer: \(name) started at \(Clock.now.rfc3339())")
        defer {
            let microseconds = (Clock.monotonicNanoseconds &- start) / 1000
            let duration = "\(Double(microseconds) / 1000)ms"
            logger.debug("Timer: \(name) ran for \(duration) and ended at \(Clock.now.rfc3339())")
        }
        return try body()
    }
}
