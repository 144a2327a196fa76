import Glibc

/// A value that one thread at a time may touch, and whose changes others can wait for.
///
/// `@unchecked` because the mutex, which the compiler does not know, orders all accesses to the state.
public final class Condition<State>: @unchecked Sendable {
    private var state: State
    private let mutex: NativeMutex
    private let changed: UnsafeMutablePointer<pthread_cond_t>

    /// Puts a value under the lock.
    /// - Parameter state: The value, not used by anybody else from now on.
    public init(_ state: sending State) {
        self.state = state
        mutex = NativeMutex()
        changed = .allocate(capacity: 1)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        changed.deallocate()
        mutex.destroy()
    }

    /// Works on the value while no other thread can, and wakes all who wait.
    /// - Parameter body: The work; it must not use the same condition again.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    public func update<Result, Failure: Error>(
        _ body: (inout State) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        mutex.lock()
        defer {
            pthread_cond_broadcast(changed)
            mutex.unlock()
        }
        return try body(&state)
    }

    /// Waits until the value is ready, then works on it while no other thread can, and wakes all who wait.
    /// - Parameters:
    ///   - isReady: Whether the wait is over; asked after each change.
    ///   - body: The work; it must not use the same condition again.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    public func wait<Result, Failure: Error>(
        until isReady: (State) -> Bool,
        _ body: (inout State) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        mutex.lock()
        defer {
            pthread_cond_broadcast(changed)
            mutex.unlock()
        }
        while !isReady(state) {
            pthread_cond_wait(changed, mutex.pointer)
        }
        return try body(&state)
    }
}

/// A pthread mutex at an address that does not change.
private struct NativeMutex {
    let pointer: UnsafeMutablePointer<pthread_mutex_t>

    init() {
        pointer = .allocate(capacity: 1)
        pthread_mutex_init(pointer, nil)
    }

    func lock() { pthread_mutex_lock(pointer) }

    func unlock() { pthread_mutex_unlock(pointer) }

    func destroy() {
        pthread_mutex_destroy(pointer)
        pointer.deallocate()
    }
}
