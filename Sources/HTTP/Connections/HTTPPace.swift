/// How slow a peer may be that does send something, which the limit on silence does not catch.
public struct HTTPPace: Hashable, Sendable {
    /// For an answer's head, and for a whole answer that is read into memory, in seconds from the request's end.
    public var answer: Int
    /// How many bytes must come, or be taken, in each second of waiting, on average over a window.
    public var leastRate: Int
    /// The window's length in seconds of waiting; time in which nobody waits for the peer does not count.
    public var window: Int

    public init(answer: Int = 120, leastRate: Int = 1024, window: Int = 60) {
        self.answer = answer
        self.leastRate = leastRate
        self.window = window
    }
}

/// Measures one direction of a connection against a pace.
struct HTTPPaceMeter {
    private let pace: HTTPPace
    private var waited: Int64 = 0
    private var moved = 0
    /// Whether the peer has begun: how long it thinks before is what the limit on silence is for.
    private var hasBegun: Bool

    init(_ pace: HTTPPace, hasBegun: Bool) {
        self.pace = pace
        self.hasBegun = hasBegun
    }

    /// Adds bytes, and how long somebody has waited for them.
    ///
    /// - Parameters:
    ///   - bytes: how many came or were taken
    ///   - nanoseconds: the time since somebody began to wait for them
    ///   - action: what is being done, for the message
    /// - Throws: `.tooSlow` at the end of a window in which less than the least was moved
    mutating func add(bytes: Int, waited nanoseconds: Int64, action: String) throws(HTTPError) {
        guard hasBegun else {
            hasBegun = bytes > 0
            return
        }
        waited += nanoseconds
        moved += bytes
        guard waited >= Int64(pace.window) * 1_000_000_000 else { return }
        guard moved >= pace.leastRate * pace.window else {
            throw .tooSlow(action: action, bytes: moved, seconds: Int(waited / 1_000_000_000))
        }
        (waited, moved) = (0, 0)
    }
}
