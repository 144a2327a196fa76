import POSIX
import Synchronization

/// One layer's way through the pool: blocks are hashed in order, compressed in any order, and written in order.
///
/// `@unchecked` because of the digesters, which only the thread touches that has set `isHashing` or `isWriting`, and
/// because of `blocksInFlight`, which only changes under the exchange's lock.
final class LayerPipeline: @unchecked Sendable {
    private struct State {
        var toHash: [LayerBlock] = []
        var isHashing = false
        var compressed: [Int: LayerBlock] = [:]
        var nextToWrite = 0
        var isWriting = false
        var failure: ArchiveError?
    }

    private let state = Mutex(State())
    private let exchange: BlockExchange
    private let compression: LayerCompression
    private let sink: (any ByteSink)?
    private let copy: (any ByteSink)?
    private let cancellation: Cancellation?
    private let progress: (@Sendable (Int) -> Void)?

    private var contentDigester = SHA256Digester()
    private var contentSize: Int64 = 0
    private var outputDigester = SHA256Digester()
    private var outputSize: Int64 = 0
    private var submitted = 0
    /// How many blocks of this layer the exchange's threads have; guarded by the exchange.
    var blocksInFlight = 0

    /// Starts a layer.
    ///
    /// - Parameters:
    ///   - exchange: where blocks come from.
    ///   - compression: of what goes to `sink`.
    ///   - sink: takes the compressed bytes; without one, the content is only hashed.
    ///   - copy: takes the uncompressed bytes.
    ///   - cancellation: makes `acquire` throw.
    ///   - progress: told the size of each block.
    init(
        exchange: BlockExchange,
        compression: LayerCompression,
        sink: (any ByteSink)?,
        copy: (any ByteSink)?,
        cancellation: Cancellation?,
        progress: (@Sendable (Int) -> Void)?
    ) {
        self.exchange = exchange
        self.compression = sink == nil ? .none : compression
        self.sink = sink
        self.copy = copy
        self.cancellation = cancellation
        self.progress = progress
    }

    private var compresses: Bool { compression != .none }

    // MARK: - The producer's side

    /// Takes a block to fill.
    func acquire() throws(ArchiveError) -> LayerBlock {
        try cancellation?.check()
        if let failure = state.withLock({ $0.failure }) { throw failure }
        let block = exchange.acquire()
        block.count = 0
        return block
    }

    /// Passes a full block on.
    func submit(_ block: LayerBlock) {
        var tasks = prepare(block)
        if compresses { tasks.append(.compress(self, block)) }
        exchange.submit(tasks)
    }

    /// Passes the last block on and waits until all is written.
    ///
    /// - Parameter block: may be partly filled, or empty.
    /// - Returns: the layer as it was written.
    /// - Throws: the first error of a sink or a library.
    func finish(_ block: LayerBlock) throws(ArchiveError) -> ArchivedLayer {
        if submitted == 0 {
            // A layer of one block is done sooner than another thread wakes up.
            _ = prepare(block)
            hashWaiting()
            if compresses { compress(block) }
        } else if block.count == 0 {
            exchange.giveBack(block)
        } else {
            submit(block)
        }
        exchange.waitForBlocks(of: self)
        if let failure = state.withLock({ $0.failure }) { throw failure }
        let content = LayerDigest(diffID: contentDigester.finish(), size: contentSize)
        guard compresses else {
            return ArchivedLayer(content: content, compression: .none, digest: content.diffID, size: contentSize)
        }
        return ArchivedLayer(
            content: content,
            compression: compression,
            digest: outputDigester.finish(),
            size: outputSize
        )
    }

    /// Gives up: takes a block back that was not passed on, and waits for the others.
    func abandon(_ block: LayerBlock?, _ error: ArchiveError) {
        fail(error)
        if let block { exchange.giveBack(block) }
        exchange.waitForBlocks(of: self)
    }

    private func prepare(_ block: LayerBlock) -> [BlockTask] {
        block.index = submitted
        submitted += 1
        exchange.begin(block, parts: compresses ? 2 : 1, in: self)
        progress?(block.count)
        let startsHashing = state.withLock { state in
            state.toHash.append(block)
            defer { state.isHashing = true }
            return !state.isHashing
        }
        return startsHashing ? [.hash(self)] : []
    }

    // MARK: - The threads' side

    /// Hashes and copies blocks in order until none waits.
    func hashWaiting() {
        while true {
            let block: LayerBlock? = state.withLock { state in
                guard !state.toHash.isEmpty else {
                    state.isHashing = false
                    return nil
                }
                return state.toHash.removeFirst()
            }
            guard let block else { return }
            attempt { () throws(ArchiveError) in
                contentDigester.update(block.content)
                contentSize += Int64(block.count)
                try copy?.write(block.content)
                if !compresses { try sink?.write(block.content) }
            }
            exchange.finishPart(of: block, in: self)
        }
    }

    /// Compresses a block, then writes the blocks whose turn it is, unless another thread is at it.
    func compress(_ block: LayerBlock) {
        attempt { () throws(ArchiveError) in try block.compress(compression) }
        let startsWriting = state.withLock { state in
            state.compressed[block.index] = block
            defer { state.isWriting = true }
            return !state.isWriting
        }
        guard startsWriting else { return }
        while let next = nextToWrite() {
            attempt { () throws(ArchiveError) in
                outputDigester.update(next.compressed)
                outputSize += Int64(next.compressed.count)
                try sink?.write(next.compressed)
            }
            exchange.finishPart(of: next, in: self)
        }
    }

    private func nextToWrite() -> LayerBlock? {
        state.withLock { state in
            guard let block = state.compressed.removeValue(forKey: state.nextToWrite) else {
                state.isWriting = false
                return nil
            }
            state.nextToWrite += 1
            return block
        }
    }

    /// Does a piece of work unless the layer has failed before.
    private func attempt(_ work: () throws(ArchiveError) -> Void) {
        guard state.withLock({ $0.failure == nil }) else { return }
        do throws(ArchiveError) {
            try work()
        } catch {
            fail(error)
        }
    }

    private func fail(_ error: ArchiveError) {
        state.withLock { state in
            if state.failure == nil { state.failure = error }
        }
    }
}
