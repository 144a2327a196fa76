import POSIX

/// Threads and blocks that layers share while they are archived.
///
/// Threads start when there is work for them, so that a pool which only sees small layers never starts one. Memory is
/// bounded: a few blocks of 1 MiB for each thread, however many layers use the pool.
public final class CompressionPool: Sendable {
    /// The most threads that a pool has by default: their blocks take some 40 MB, and together they compress two
    /// gigabytes a second, which no sink takes.
    private static let mostThreads = 8

    /// How many threads help; callers of the engine work, too.
    public let threads: Int

    let exchange: BlockExchange

    /// Makes a pool.
    ///
    /// - Parameter threads: how many threads help the callers; 0 leaves all work to them, nil means one for each core,
    ///   up to 8.
    public init(threads: Int? = nil) {
        self.threads = max(0, threads ?? min(Threads.processorCount, Self.mostThreads))
        exchange = BlockExchange(threads: self.threads)
    }

    deinit {
        exchange.shutDown()
    }
}

/// What the threads of a pool have to do for a layer.
enum BlockTask: Sendable {
    /// Hash the layer's waiting blocks in order.
    case hash(LayerPipeline)
    /// Compress one block, and write all whose turn it is.
    case compress(LayerPipeline, LayerBlock)

    func run() {
        switch self {
        case .hash(let pipeline): pipeline.hashWaiting()
        case .compress(let pipeline, let block): pipeline.compress(block)
        }
    }
}

/// Passes blocks and tasks between the threads.
///
/// No task ever waits for another one, and a producer that finds no free block works on tasks itself. So the exchange
/// can't lock up, whatever the number of threads and layers.
final class BlockExchange: Sendable {
    private struct State {
        var free: [LayerBlock] = []
        var made = 0
        var tasks: [BlockTask] = []
        var threads = 0
        var idleThreads = 0
        var isShutDown = false
    }

    /// What a producer does that wants a block.
    private enum Supply {
        case use(LayerBlock)
        case make
        case help(BlockTask)
    }

    private let state = Condition(State())
    private let threads: Int
    private let blocks: Int

    init(threads: Int) {
        self.threads = threads
        // One block is filled, one waits and one is worked on for each thread, and one more hides the changes of hands.
        blocks = 2 * threads + 2
    }

    /// Takes a block to fill; works on others' tasks as long as there is none.
    func acquire() -> LayerBlock {
        while true {
            let supply: Supply = state.wait(
                until: { !$0.free.isEmpty || $0.made < blocks || !$0.tasks.isEmpty },
                { state in
                    if let block = state.free.popLast() { return .use(block) }
                    guard state.made >= blocks else {
                        state.made += 1
                        return .make
                    }
                    return .help(state.tasks.removeFirst())
                }
            )
            switch supply {
            case .use(let block): return block
            case .make: return LayerBlock()
            case .help(let task): task.run()
            }
        }
    }

    /// Hands tasks to the threads; starts a thread if all are busy and there may be more.
    func submit(_ tasks: [BlockTask]) {
        let startsThread = state.update { state in
            state.tasks += tasks
            guard state.idleThreads < state.tasks.count, state.threads < threads else { return false }
            state.threads += 1
            return true
        }
        guard startsThread else { return }
        do throws(POSIXError) {
            try Thread { [self] in work() }.detach()
        } catch {
            // If no thread can be started, the producers do the work.
            state.update { $0.threads -= 1 }
        }
    }

    /// Marks one of the works on a block as done, and takes the block back after the last.
    func finishPart(of block: LayerBlock, in pipeline: LayerPipeline) {
        state.update { state in
            block.pendingParts -= 1
            guard block.pendingParts == 0 else { return }
            pipeline.blocksInFlight -= 1
            state.free.append(block)
        }
    }

    /// Counts a block in that will be worked on.
    func begin(_ block: LayerBlock, parts: Int, in pipeline: LayerPipeline) {
        state.update { _ in
            block.pendingParts = parts
            pipeline.blocksInFlight += 1
        }
    }

    /// Takes a block back that nothing was done with.
    func giveBack(_ block: LayerBlock) {
        state.update { $0.free.append(block) }
    }

    /// Works on tasks until all blocks of a layer are done.
    func waitForBlocks(of pipeline: LayerPipeline) {
        while true {
            let task: BlockTask? = state.wait(
                until: { pipeline.blocksInFlight == 0 || !$0.tasks.isEmpty },
                { pipeline.blocksInFlight == 0 ? nil : $0.tasks.removeFirst() }
            )
            guard let task else { return }
            task.run()
        }
    }

    func shutDown() {
        state.update { state in
            state.isShutDown = true
            state.free = []
        }
    }

    private func work() {
        state.update { $0.idleThreads += 1 }
        while true {
            let task: BlockTask? = state.wait(
                until: { $0.isShutDown || !$0.tasks.isEmpty },
                { state in
                    guard !state.tasks.isEmpty else { return nil }
                    state.idleThreads -= 1
                    return state.tasks.removeFirst()
                }
            )
            guard let task else { return }
            task.run()
            state.update { $0.idleThreads += 1 }
        }
    }
}
