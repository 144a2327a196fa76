import POSIX
import Synchronization

/// A sink that keeps everything in memory; for what is known to be small.
public final class MemorySink: ByteSink {
    private let collected = Mutex<[UInt8]>([])

    public init() {}

    /// All bytes so far.
    public var bytes: [UInt8] { collected.withLock { $0 } }

    /// Keeps the bytes.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        collected.withLock { $0.append(contentsOf: bytes) }
    }
}
