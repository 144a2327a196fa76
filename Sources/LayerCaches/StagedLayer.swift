public import Archive
import POSIX
import Synchronization

/// A layer's tar on its way into a cache directory, while the layer is archived for the app image.
///
/// A cache that can't be written must not fail the image, so failures are only noted: see ``hasFailed``.
public final class StagedLayer: ByteSink {
    /// Where the tar is until its digest is known.
    let path: String
    private let state = Mutex(State.new)

    private enum State: Sendable {
        case new
        case open(CacheFile)
        case closed
        case failed
    }

    /// Begins a tar; its file is made with the first bytes.
    init(_ path: String) { self.path = path }

    /// Writes bytes of the tar; a failure only shows in ``hasFailed``.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        state.withLock { state in
            do {
                switch state {
                case .new:
                    let file = try CacheFile(writing: path)
                    state = .open(file)
                    try file.write(bytes)
                case .open(let file): try file.write(bytes)
                case .closed, .failed: state = .failed
                }
            } catch {
                state = .failed
            }
        }
    }

    /// Closes the file after the last byte.
    public func close() {
        state.withLock { if case .open = $0 { $0 = .closed } }
    }

    /// Whether bytes were lost, which makes the tar useless.
    public var hasFailed: Bool {
        state.withLock { if case .failed = $0 { true } else { false } }
    }
}
