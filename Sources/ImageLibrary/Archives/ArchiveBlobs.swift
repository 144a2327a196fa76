import Archive
import OCI
import POSIX

/// The blobs of an image in an archive.
struct ArchiveBlobs: BlobSource {
    let archive: ArchiveFile
    /// Where blobs are that aren't called by their digests.
    var ranges: [Digest: Range<Int64>] = [:]
    /// Documents that the archive doesn't have.
    var documents: [Digest: [UInt8]] = [:]

    private func range(_ digest: Digest) -> Range<Int64>? {
        ranges[digest] ?? archive.range(of: "blobs/sha256/\(digest.hex)")
    }

    func hasBlob(_ descriptor: Descriptor) -> Bool {
        if let document = documents[descriptor.digest] { return Int64(document.count) == descriptor.size }
        return range(descriptor.digest).map { Int64($0.count) == descriptor.size } ?? false
    }

    func readBlob(
        _ descriptor: Descriptor,
        _ body: (UnsafeRawBufferPointer) throws(OCIError) -> Void
    ) throws(OCIError) {
        if let document = documents[descriptor.digest] {
            let result = document.withUnsafeBytes { bytes in Result { () throws(OCIError) in try body(bytes) } }
            return try result.get()
        }
        guard let range = range(descriptor.digest) else {
            throw .blobNotFound(digest: descriptor.digest, image: archive.path)
        }
        guard Int64(range.count) == descriptor.size else {
            throw .sizeMismatch(digest: descriptor.digest, expected: descriptor.size, found: Int64(range.count))
        }
        var digester = SHA256Digester()
        try archive.read(range, failing: { OCIError.store(StoreFailure(kind: .other, message: "\($0)")) }) {
            (piece) throws(OCIError) in
            digester.update(piece)
            try body(piece)
        }
        let found = digester.finish()
        guard found == descriptor.digest else { throw .digestMismatch(expected: descriptor.digest, found: found) }
    }
}
