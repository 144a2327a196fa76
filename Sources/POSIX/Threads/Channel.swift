/// A queue of limited length between threads.
public final class Channel<Element: Sendable>: Sendable {
    private struct State: Sendable {
        var elements: [Element] = []
        var isClosed = false
    }

    private let state = Condition(State())
    private let capacity: Int

    /// Makes an empty channel.
    /// - Parameter capacity: How many elements may wait, at least 1.
    public init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    /// Appends an element, waiting while the channel is full.
    /// - Parameter element: The element.
    /// - Returns: False if the channel is closed; the element is lost then.
    @discardableResult
    public func send(_ element: Element) -> Bool {
        state.wait(until: { $0.isClosed || $0.elements.count < capacity }) { state in
            guard !state.isClosed else { return false }
            state.elements.append(element)
            return true
        }
    }

    /// Takes the oldest element, waiting while there is none.
    /// - Returns: The element, or nil once the channel is closed and empty.
    public func receive() -> Element? {
        state.wait(until: { $0.isClosed || !$0.elements.isEmpty }) { state in
            state.elements.isEmpty ? nil : state.elements.removeFirst()
        }
    }

    /// Ends the channel: nothing more can be sent, and what is in it can still be received.
    public func close() {
        state.update { $0.isClosed = true }
    }
}

/// A fixed number of threads that run jobs in the order they were submitted.
public final class WorkQueue: Sendable {
    /// A piece of work.
    public typealias Job = @Sendable () -> Void

    private let jobs: Channel<Job>
    private let threads: [Thread]

    /// Starts the threads.
    /// - Parameters:
    ///   - threads: How many; with 0 each job runs in the thread that submits it.
    ///   - capacity: How many jobs may wait before submitting blocks.
    public init(threads: Int, capacity: Int) {
        let jobs = Channel<Job>(capacity: capacity)
        self.jobs = jobs
        self.threads = (0..<max(threads, 0)).compactMap { _ in
            try? Thread { while let job = jobs.receive() { job() } }
        }
    }

    /// Hands a job over, waiting while too many wait already.
    /// - Parameter job: The work.
    public func submit(_ job: @escaping Job) {
        guard !threads.isEmpty else { return job() }
        jobs.send(job)
    }

    /// Waits until all jobs are done; nothing can be submitted afterwards.
    public func finish() {
        jobs.close()
        for thread in threads { thread.join() }
    }
}
