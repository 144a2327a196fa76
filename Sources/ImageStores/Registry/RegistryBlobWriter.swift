import OCI

/// Collects a blob and hands it over to be sent.
///
/// Used on one thread at a time, as blob writers are.
final class RegistryBlobWriter: BlobWriter {
    private var content: BlobSpool?
    private let send: (BlobSpool, Digest) -> Void

    init(_ content: BlobSpool, send: @escaping (BlobSpool, Digest) -> Void) {
        self.content = content
        self.send = send
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) {
        try content?.add(bytes)
    }

    func finish(digest: Digest, size: Int64) throws(OCIError) {
        guard let content else { return }
        self.content = nil
        guard Int64(content.size) == size else {
            throw .sizeMismatch(digest: digest, expected: size, found: Int64(content.size))
        }
        send(content, digest)
    }

    func abandon() { content = nil }
}
