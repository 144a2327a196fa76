import Archive
import POSIX

/// A layer's tar on its way into a cache directory, while the layer is archived for the app image.
///
/// That it cannot be written must not harm the image, so failures are kept until somebody asks.
final class StagedLayer: ByteSink {
    /// Where the tar is until its digest is known.
    let path: String
    private let file: CacheFile
    private let failure = Lock<ArchiveError?>(nil)

    init(_ path: String) throws(POSIXError) {
        self.path = path
        file = try CacheFile(writing: path)
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        guard !hasFailed else { return }
        do {
            try file.write(bytes)
        } catch {
            failure.withLock { $0 = error }
        }
    }

    /// Whether bytes were lost, which makes the tar useless.
    var hasFailed: Bool { failure.withLock { $0 != nil } }
}
