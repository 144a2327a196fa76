import Archive
import OCI
import POSIX
import Synchronization

/// The threads that move the blobs of one destination, each blob once.
final class BlobTransfers: Sendable {
    /// Moves a blob; the closure that it gets says whether it should stop.
    typealias Transfer = @Sendable (_ isCancelled: @escaping @Sendable () -> Bool) throws(OCIError) -> Void

    private struct State {
        var queue: WorkQueue?
        var known: Set<Digest> = []
        /// The blobs that are sent while they are made.
        var streams: [BlobStream] = []
        var failure: OCIError?
        var isAbandoned = false

        /// Whether more blobs are to be moved: nothing has failed or was stopped.
        var takesMore: Bool { failure == nil && !isAbandoned }
    }

    private let state = Mutex(State())
    private let threads: Int
    private let isCancelled: @Sendable () -> Bool

    init(threads: Int, isCancelled: @escaping @Sendable () -> Bool) {
        (self.threads, self.isCancelled) = (threads, isCancelled)
    }

    /// Begins to move a blob soon; does nothing if the blob was submitted before, or if another one has failed.
    func submit(_ digest: Digest, _ transfer: @escaping Transfer) {
        let queue = state.withLock { state in
            state.takesMore && state.known.insert(digest).inserted ? self.queue(in: &state) : nil
        }
        queue?.submit { [self] in run(transfer) }
    }

    /// Begins to send a blob that is still being made.
    ///
    /// - Parameters:
    ///   - stream: the blob; left alone where as many are being sent as may be, so that there are threads for the others
    ///   - transfer: makes the transfer that sends the blob as any other, where this has not done it
    /// - Returns: whether the blob is taken care of once it is finished
    func follow(
        _ stream: BlobStream,
        otherwise transfer: @escaping @Sendable (BlobSpool, Digest) -> Transfer
    ) -> Bool {
        let queue = state.withLock { state -> WorkQueue? in
            guard state.takesMore, state.streams.count < max(1, threads / 2) else { return nil }
            state.streams.append(stream)
            return self.queue(in: &state)
        }
        guard let queue else { return false }
        queue.submit { [self] in
            let blob = stream.send { self.shouldStop }
            let isNew = state.withLock { state in
                state.streams.removeAll { $0 === stream }
                return blob.map { state.known.insert($0.digest).inserted } ?? false
            }
            guard let blob, isNew, !blob.isSent else { return }
            run(transfer(blob.content, blob.digest))
        }
        return true
    }

    private func queue(in state: inout State) -> WorkQueue {
        let queue = state.queue ?? WorkQueue(threads: threads, capacity: 1024)
        state.queue = queue
        return queue
    }

    private func run(_ transfer: Transfer) {
        guard !shouldStop else { return }
        do throws(OCIError) {
            try transfer { self.shouldStop }
        } catch {
            // The first failure is the one to report; others may come from stopping.
            state.withLock { $0.failure = $0.failure ?? error }
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
        let streams = state.withLock { state in
            state.isAbandoned = true
            return state.streams
        }
        for stream in streams { stream.abandon() }
        _ = finish()
    }

    private var shouldStop: Bool {
        isCancelled() || state.withLock { $0.isAbandoned || $0.failure != nil }
    }
}
