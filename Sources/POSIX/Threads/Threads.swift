import Glibc
import Synchronization

/// A running thread that can be waited for.
public struct Thread: Sendable {
    private let handle: pthread_t

    /// Starts a thread.
    /// - Parameter body: What it does; the thread ends when it returns.
    /// - Throws: When the system has no room for another thread.
    public init(_ body: @escaping @Sendable () -> Void) throws(POSIXError) {
        let job = Unmanaged.passRetained(Job(body))
        var handle = pthread_t()
        // The thread ends by returning, never by pthread_exit, whose unwinding costs milliseconds in a static binary.
        let error = pthread_create(
            &handle,
            nil,
            { argument in
                if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            },
            job.toOpaque()
        )
        guard error == 0 else {
            job.release()
            throw POSIXError(Errno(rawValue: error), "pthread_create")
        }
        self.handle = handle
    }

    /// Waits until the thread ends; to be called once, or ``detach()`` instead.
    public func join() {
        pthread_join(handle, nil)
    }

    /// Lets the thread end by itself.
    public func detach() {
        pthread_detach(handle)
    }

    private final class Job: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }
}

/// Work on several threads.
public enum Threads {
    /// How many processors this process may use, at least 1.
    public static var processorCount: Int {
        max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }

    /// Runs a piece of work for each number from 0 up, some at a time, and waits for all.
    ///
    /// Numbers are started in order. Where the system has no room for more threads, the calling thread does the work.
    /// - Parameters:
    ///   - count: How many numbers there are.
    ///   - limit: The largest number of threads; with 1, all is done in order by the calling thread.
    ///   - body: The work for one number.
    public static func parallel(count: Int, limit: Int = processorCount, _ body: @Sendable (Int) -> Void) {
        guard count > 1, limit > 1 else {
            for index in 0..<max(count, 0) { body(index) }
            return
        }
        let next = Mutex(0)
        // The threads are joined before this function returns, so the body does not really escape.
        withoutActuallyEscaping(body) { body in
            let work: @Sendable () -> Void = {
                while true {
                    let index = next.withLock { next in
                        defer { next += 1 }
                        return next
                    }
                    guard index < count else { return }
                    body(index)
                }
            }
            let threads = (1..<min(limit, count)).compactMap { _ in try? Thread(work) }
            work()
            for thread in threads { thread.join() }
        }
    }

    /// Computes a value for each number from 0 up, some at a time.
    /// - Parameters:
    ///   - count: How many numbers there are.
    ///   - limit: The largest number of threads; with 1, all is done in order by the calling thread.
    ///   - body: Computes the value for one number.
    /// - Returns: The values in the order of their numbers.
    /// - Throws: The error of the smallest number that failed; all others are computed nevertheless.
    public static func map<Value: Sendable, Failure: Error>(
        count: Int,
        limit: Int = processorCount,
        _ body: @Sendable (Int) throws(Failure) -> Value
    ) throws(Failure) -> [Value] {
        let results = Mutex([Result<Value, Failure>?](repeating: nil, count: max(count, 0)))
        withoutActuallyEscaping(body) { body in
            parallel(count: count, limit: limit) { index in
                let result = Result { () throws(Failure) in try body(index) }
                results.withLock { $0[index] = result }
            }
        }
        var values: [Value] = []
        values.reserveCapacity(max(count, 0))
        for result in results.withLock({ $0 }) {
            if let result { values.append(try result.get()) }
        }
        return values
    }
}
