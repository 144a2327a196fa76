public import Archive
public import OCI
public import POSIX
import Synchronization

/// A layer of a stored image as a source: stores push bytes, and extractors pull them.
///
/// A thread fetches ahead, by a few pieces at most. The end of the stream is only reported once the store has verified
/// all of it.
public final class LayerStream: ByteSource {
    private let pieces: Channel<[UInt8]>
    private let failure: Failure
    private let thread: Thread
    private var piece: [UInt8] = []
    private var position = 0

    /// Why the store has no more to give, which the thread leaves for the reader.
    private final class Failure: Sendable {
        let error = Mutex<OCIError?>(nil)
    }

    /// Begins to read a layer.
    ///
    /// - Parameters:
    ///   - descriptor: The layer's blob.
    ///   - image: The image that has it.
    /// - Throws: When no thread can be started.
    public init(_ descriptor: Descriptor, of image: any StoredImage) throws(POSIXError) {
        let pieces = Channel<[UInt8]>(capacity: 4)
        let failure = Failure()
        thread = try Thread {
            do throws(OCIError) {
                try image.readBlob(descriptor) { (bytes) throws(OCIError) in
                    guard pieces.send([UInt8](bytes)) else {
                        throw .store(StoreFailure(kind: .other, message: "nobody reads the layer any more"))
                    }
                }
            } catch {
                failure.error.withLock { $0 = error }
            }
            pieces.close()
        }
        self.pieces = pieces
        self.failure = failure
    }

    deinit {
        pieces.close()
        thread.join()
    }

    /// Reads what comes next, as far as there is room; 0 at the end.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        while position == piece.count {
            guard let next = pieces.receive() else {
                if let error = failure.error.withLock({ $0 }) { throw .source(error) }
                return 0
            }
            piece = next
            position = 0
        }
        let count = min(buffer.count, piece.count - position)
        piece.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count]))
        }
        position += count
        return count
    }
}
