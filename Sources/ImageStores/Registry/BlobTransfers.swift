import OCI
import POSIX

/// The threads that move the blobs of one destination, each blob once.
final class BlobTransfers: Sendable {
    /// Moves a blob; the closure that it gets says whether it should stop.
    typealias Transfer = @Sendable (_ isCancelled: @escaping @Sendable () -> Bool) throws(OCIError) -> Void

    private struct State {
        var queue: WorkQueue?
        var known: Set<Digest> = []
        var failure: OCIError?
        var isAbandoned = false
    }

    private let state = Lock(State())
    private let threads: Int
    private let isCancelled: @Sendable () -> Bool

    init(threads: Int, isCancelled: @escaping @Sendable () -> Bool) {
        (self.threads, self.isCancelled) = (threads, isCancelled)
    }

    /// Begins to move a blob soon; does nothing if the blob was submitted before, or if another one has failed.
    func submit(_ digest: Digest, _ transfer: @escaping Transfer) {
        let queue = state.withLock { state -> WorkQueue? in
            guard state.failure == nil, !state.isAbandoned, state.known.insert(digest).inserted else { return nil }
            let queue = state.queue ?? WorkQueue(threads: threads, capacity: 1024)
            state.queue = queue
            return queue
        }
        queue?.submit { [self] in
            guard !shouldStop else { return }
            do throws(OCIError) {
                try transfer { self.shouldStop }
            } catch {
                // The first failure is the one to report; others may come from stopping.
                state.withLock { $0.failure = $0.failure ?? error }
            }
        }
    }

    /// Waits for all blobs.
    ///
    /// Blobs may be submitted again afterwards.
    ///
    /// - Returns: the first failure, if there was one
    func finish() -> OCIError? {
        let queue = state.withLock { state in
            defer { state.queue = nil }
            return state.queue
        }
        queue?.finish()
        if isCancelled() { return .store(StoreFailure(kind: .other, message: "cancelled")) }
        return state.withLock { $0.failure }
    }

    /// Stops what is going on and waits for the threads.
    func abandon() {
        state.withLock { $0.isAbandoned = true }
        _ = finish()
    }

    private var shouldStop: Bool {
        isCancelled() || state.withLock { $0.isAbandoned || $0.failure != nil }
    }
}
