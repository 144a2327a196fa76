import Archive
import Console
import LayerCaches
import OCI
import POSIX
import Synchronization

/// A layer that is made in the background: hashed where the previous image may have an equal one, else archived into
/// the destination.
final class LayerTask: Sendable {
    /// What became of a layer.
    struct Outcome: Sendable {
        let content: LayerDigest
        /// The layer as it was archived; `nil` where the previous image has it.
        let archived: ImageLayer?
        /// Why it was archived or not.
        let reason: String
        let milliseconds: Int64
    }

    private enum State: Sendable {
        case waiting
        case running
        case done(Result<Outcome, ExportError>)
    }

    /// What messages call the layer.
    let id: String
    /// Where a cache takes the tar at the same time.
    let staged: StagedLayer?
    private let work: @Sendable () throws(ExportError) -> Outcome
    private let state = Condition(State.waiting)

    init(id: String, staged: StagedLayer?, _ work: @escaping @Sendable () throws(ExportError) -> Outcome) {
        self.id = id
        self.staged = staged
        self.work = work
    }

    /// Does the work unless another thread does or did.
    func runIfWaiting() {
        let isOurs = state.update { state in
            guard case .waiting = state else { return false }
            state = .running
            return true
        }
        guard isOurs else { return }
        let result = Result { () throws(ExportError) in try work() }
        // Otherwise the files of all cached layers would stay open until they are added.
        staged?.close()
        state.update { $0 = .done(result) }
    }

    /// What became of the layer; waits for it, or makes it if nobody has begun.
    func outcome() throws(ExportError) -> Outcome {
        runIfWaiting()
        let result: Result<Outcome, ExportError>? = state.wait(
            until: { if case .done = $0 { true } else { false } },
            { if case .done(let result) = $0 { result } else { nil } }
        )
        guard let result else { throw ExportError("creating layer: nobody made it") }
        return try result.get()
    }
}

/// Threads that make layers in the order in which the image will have them, some at the same time.
///
/// Only the making is parallel. The image is put together from one outcome after the other, so that messages, the image
/// and the first error are the same on any number of threads.
final class LayerTasks: Sendable {
    /// The most threads; small layers are made by one each, large ones keep all cores busy anyway.
    private static let mostThreads = 8

    private struct State: Sendable {
        var waiting: [LayerTask] = []
        var next = 0
        /// All threads that were started; those that found nothing to do have ended.
        var threads: [Thread] = []
        var running = 0
        var isStopped = false
    }

    private let state = Mutex(State())
    private let limit: Int
    private let cancellation: Cancellation

    /// Makes an empty queue.
    ///
    /// - Parameters:
    ///   - threads: How many tasks are worked on at the same time.
    ///   - cancellation: Ends what is going on when the tasks are stopped.
    init(threads: Int = min(Threads.processorCount, mostThreads), cancellation: Cancellation) {
        limit = threads
        self.cancellation = cancellation
    }

    /// Has a task done soon, after those that were submitted before.
    func submit(_ task: LayerTask) {
        state.withLock { state in
            state.waiting.append(task)
            guard state.running < limit else { return }
            // If no thread can be started, the other threads, or the caller of `outcome()`, do the work.
            guard let thread = try? Thread({ [self] in work() }) else { return }
            state.threads.append(thread)
            state.running += 1
        }
    }

    /// Waits for the threads; tasks that nobody has begun stay undone.
    func stop() {
        let threads = state.withLock { state in
            state.isStopped = true
            defer { state.threads = [] }
            return state.threads
        }
        cancellation.cancel()
        for thread in threads { thread.join() }
    }

    private func work() {
        while let task = next() { task.runIfWaiting() }
    }

    private func next() -> LayerTask? {
        state.withLock { state in
            guard !state.isStopped, state.next < state.waiting.count else {
                state.running -= 1
                return nil
            }
            defer { state.next += 1 }
            return state.waiting[state.next]
        }
    }
}
