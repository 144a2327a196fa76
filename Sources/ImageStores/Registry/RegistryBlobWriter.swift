import Archive
import OCI

/// Collects a blob and hands it over to be sent; a large one already while it is collected.
///
/// Used on one thread at a time, as blob writers are.
final class RegistryBlobWriter: BlobWriter {
    /// Takes the bytes.
    private var content: BlobSpool?
    private var stream: BlobStream?
    private var mayStream = true
    /// Begins to send a complete blob.
    private let send: (BlobSpool, Digest) -> Void
    /// Begins to send a blob that is large and not complete, unless there is a reason not to.
    private let startStream: (BlobSpool) -> BlobStream?

    init(
        _ content: BlobSpool,
        send: @escaping (BlobSpool, Digest) -> Void,
        startStream: @escaping (BlobSpool) -> BlobStream?
    ) {
        self.content = content
        self.send = send
        self.startStream = startStream
    }

    deinit { abandon() }

    func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) {
        guard let content else { return }
        try content.add(bytes)
        if let stream {
            stream.advance()
        } else if mayStream, content.hasFile, content.size >= BlobStream.smallestSize {
            mayStream = false
            stream = startStream(content)
        }
    }

    func finish(digest: Digest, size: Int64) throws(OCIError) {
        guard let content else { return }
        self.content = nil
        guard Int64(content.size) == size else {
            throw .sizeMismatch(digest: digest, expected: size, found: Int64(content.size))
        }
        guard let stream, stream.finish(digest) else { return send(content, digest) }
    }

    func abandon() {
        stream?.abandon()
        content = nil
    }
}
