/// Threads and blocks that layers share while they are archived.
///
/// Threads start when there is work for them, so that a pool which only sees small layers never starts one. Memory is
/// bounded: a few blocks of 1 MiB for each thread, however many layers use the pool.
public final class CompressionPool: Sendable {
    /// How many threads help; callers of the engine work, too.
    public let threads: Int

    /// Makes a pool.
    ///
    /// - Parameter threads: how many threads help the callers; 0 leaves all work to them, nil means one for each core.
    public init(threads: Int? = nil) {
        self.threads = threads ?? 2
    }
}
