import Synchronization

/// A value that one thread at a time may touch, and that several own together; `Mutex` can't be shared by assignment.
public final class Lock<State>: Sendable {
    private let state: Mutex<State>

    /// Puts a value under the lock.
    /// - Parameter state: The value, not used by anybody else from now on.
    public init(_ state: sending State) { self.state = Mutex(state) }

    /// Works on the value while no other thread can.
    /// - Parameter body: The work; it must not take the same lock again.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    public func withLock<Result, Failure: Error>(
        _ body: (inout sending State) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try state.withLock(body)
    }
}
