import Archive
import ImageStores
import OCI
import POSIX
import Synchronization

/// How blobs come into the store.
public struct CopyOptions: Sendable {
    /// How many layers are copied at the same time.
    public var parallel = 4
    /// Whether a file of a layout may become a file of the store, where both are on one disk.
    ///
    /// For layouts that nobody changes afterwards. The file is checked all the same.
    public var links = false
    /// Told how many bytes have come, and how many there will be; by several threads, one at a time.
    public var progress: @Sendable (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
    /// Asked from time to time; `true` ends the copying.
    public var isCancelled: @Sendable () -> Bool = { false }

    public init() {}
}

/// Brings blobs of an image into the store.
struct BlobCopy: Sendable {
    private let image: any StoredImage
    private let store: LocalStore
    private let lease: StoreLease
    private let options: CopyOptions
    private let state: State

    /// What the threads share.
    private final class State: Sendable {
        let done = Mutex<Int64>(0)
        let hasFailed = Atomic(false)
        /// What others fail of is only that they are told to stop.
        let firstFailure = Mutex<LibraryError?>(nil)
    }

    init(_ image: any StoredImage, into store: LocalStore, lease: StoreLease, options: CopyOptions) {
        (self.image, self.store, self.lease, self.options) = (image, store, lease, options)
        state = State()
    }

    /// Copies blobs, some at a time.
    func run(_ blobs: [Descriptor]) throws(LibraryError) {
        guard !blobs.isEmpty else { return }
        let total = blobs.totalSize
        options.progress(0, total)
        try onImage(image.reference) { () throws(OCIError) in try image.prepareToRead(blobs) }
        Threads.parallel(count: blobs.count, limit: options.parallel) { index in
            guard !state.hasFailed.load(ordering: .relaxed) else { return }
            do throws(LibraryError) {
                try copy(blobs[index], total: total)
            } catch {
                state.firstFailure.withLock { $0 = $0 ?? error }
                state.hasFailed.store(true, ordering: .relaxed)
            }
        }
        if let failure = state.firstFailure.withLock({ $0 }) { throw failure }
    }

    private func copy(_ blob: Descriptor, total: Int64) throws(LibraryError) {
        let target = store.layout.blobPath(blob.digest)
        if options.links, try link(blob, to: target, total: total) { return }
        let file = try system { () throws(POSIXError) in try StoreFile(in: lease.temporaryDir) }
        var failure: POSIXError?
        do throws(OCIError) {
            try image.readBlob(blob) { (piece) throws(OCIError) in
                do throws(POSIXError) {
                    try file.write(piece)
                } catch {
                    failure = error
                    throw .store(StoreFailure(kind: .other, message: "\(error)"))
                }
                try advance(piece.count, total)
            }
        } catch {
            file.abandon()
            if let failure { throw .system(failure) }
            throw .image(name: image.reference, error)
        }
        try system { () throws(POSIXError) in try file.finish(as: target) }
    }

    /// Gives a blob of a layout a second name in the store; false where that can't be.
    private func link(_ blob: Descriptor, to target: String, total: Int64) throws(LibraryError) -> Bool {
        guard let source = (image as? BlobImage)?.path(of: blob) else { return false }
        let temporary = Path.join(lease.temporaryDir, "\(RandomBytes.hexadecimal(count: 8)).partial")
        guard (try? FileSystem.createHardLink(temporary, to: source)) != nil else { return false }
        do throws(OCIError) {
            try image.readBlob(blob) { (piece) throws(OCIError) in try advance(piece.count, total) }
        } catch {
            try? FileSystem.removeFile(temporary)
            throw .image(name: image.reference, error)
        }
        try system { () throws(POSIXError) in
            try OwnedDescriptor(opening: temporary).descriptor.sync(path: temporary)
            try FileSystem.rename(temporary, to: target)
        }
        // Two names of one file are not renamed over each other.
        try? FileSystem.removeFile(temporary)
        return true
    }

    private func advance(_ count: Int, _ total: Int64) throws(OCIError) {
        guard !options.isCancelled(), !state.hasFailed.load(ordering: .relaxed) else {
            throw .store(StoreFailure(kind: .other, message: "cancelled"))
        }
        state.done.withLock { done in
            done += Int64(count)
            options.progress(done, total)
        }
    }
}
