import HTTP
import POSIX

/// How often and after how long a failed request is repeated.
public struct RetryPolicy: Sendable {
    /// How many times a request is sent at most.
    public var attempts = 5
    /// The wait after the first failure, in milliseconds.
    public var firstDelay = 250
    /// By how much each wait is longer than the one before.
    public var factor = 3
    /// The longest wait that we choose, in milliseconds.
    public var longestDelay = 15_000
    /// The longest wait that a registry may ask for, in milliseconds; if it asks for more, the request fails.
    public var longestRetryAfter = 120_000
    /// Waits for so many milliseconds.
    public var sleep: @Sendable (Int) -> Void = { Clock.sleep(milliseconds: $0) }

    /// Makes the usual policy: five times, over about ten seconds.
    public init() {}

    /// Whether a status may be another one a moment later: overload and failures behind the registry.
    func isTransient(status: Int) -> Bool {
        // 499 and 522 are what nginx and Cloudflare say about broken connections behind them.
        status == 408 || status == 429 || status == 499
            || ((500..<600).contains(status) && status != 501 && status != 505)
    }

    /// Waits before another attempt.
    ///
    /// - Parameters:
    ///   - attempt: how many attempts were made
    ///   - head: the answer to the last of them, which may say how long to wait
    /// - Returns: `false` if there should be no further attempt
    func wait(after attempt: Int, head: HTTPResponseHead? = nil) -> Bool {
        guard attempt < attempts else { return false }
        if let seconds = head?.headers["Retry-After"].flatMap({ Int($0) }), seconds >= 0 {
            guard seconds <= longestRetryAfter / 1000 else { return false }
            sleep(seconds * 1000)
            return true
        }
        var delay = firstDelay
        for _ in 1..<max(attempt, 1) { delay = min(delay * factor, longestDelay) }
        // Up to a quarter more or less, so that clients that failed together do not come back together.
        sleep(max(0, delay + Int.random(in: -delay / 4...delay / 4)))
        return true
    }
}
