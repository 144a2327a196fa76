import Synchronization

/// A switch that ends running archive operations soon: they throw `ArchiveError.cancelled`.
public final class Cancellation: Sendable {
    private let flag = Atomic(false)

    /// Makes a switch that is off.
    public init() {}

    /// Whether `cancel()` was called.
    public var isCancelled: Bool { flag.load(ordering: .relaxed) }

    /// Turns the switch on, for good; any thread may call it.
    public func cancel() {
        flag.store(true, ordering: .relaxed)
    }

    func check() throws(ArchiveError) {
        guard !isCancelled else { throw .cancelled }
    }
}
