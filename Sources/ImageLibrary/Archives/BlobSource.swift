import Archive
import ImageStores
import OCI

/// A place that holds blobs by their digests.
protocol BlobSource: Sendable {
    /// Whether the blob is there with the size that it should have.
    func hasBlob(_ descriptor: Descriptor) -> Bool

    /// Reads a blob in pieces, and verifies its size and digest before it returns.
    func readBlob(
        _ descriptor: Descriptor,
        _ body: (UnsafeRawBufferPointer) throws(OCIError) -> Void
    ) throws(OCIError)
}

extension LayoutDirectory: BlobSource {}

extension BlobSource {
    /// Documents are small; nothing that claims otherwise is read into memory.
    private static var documentLimit: Int64 { 64 << 20 }

    /// Reads a manifest, index or config whole.
    func readDocument(_ descriptor: Descriptor) throws(OCIError) -> [UInt8] {
        guard descriptor.size <= Self.documentLimit else {
            throw .malformed(
                document: "descriptor of \(descriptor.digest)",
                reason: "more than \(Self.documentLimit) bytes"
            )
        }
        var bytes: [UInt8] = []
        try readBlob(descriptor) { piece throws(OCIError) in bytes.append(contentsOf: piece) }
        return bytes
    }

    /// The image for a platform among those of an index, and of indexes in it.
    ///
    /// - Parameters:
    ///   - index: The images to choose from.
    ///   - platform: What is asked for.
    ///   - name: What messages call the place.
    /// - Returns: The manifest's descriptor.
    /// - Throws: `OCIError.platformNotFound` with the platforms that there are, or `.malformed`.
    func choose(from index: ImageIndex, platform: OCIPlatform, of name: String) throws(OCIError) -> Descriptor {
        try choose(from: index, platform: platform, of: name, depth: 0)
    }

    private func choose(
        from index: ImageIndex,
        platform: OCIPlatform,
        of name: String,
        depth: Int
    ) throws(OCIError) -> Descriptor {
        guard !index.manifests.isEmpty else {
            throw .malformed(document: "index of \(name)", reason: "there is no image in it")
        }
        guard depth < 4 else { throw .malformed(document: "index of \(name)", reason: "indexes within indexes") }
        let only = index.manifests.count == 1 ? index.manifests[0] : nil
        guard let descriptor = only ?? index.manifest(for: platform) else {
            throw .platformNotFound(platform: platform, image: name, available: index.platforms)
        }
        guard descriptor.mediaType.isIndex else { return descriptor }
        let inner = try ImageIndex(parsing: try readDocument(descriptor), of: name)
        return try choose(from: inner, platform: platform, of: name, depth: depth + 1)
    }
}

/// An image whose blobs are in such a place.
final class BlobImage: StoredImage {
    let reference: String
    let manifestDigest: Digest
    let manifestSize: Int64
    let manifest: ImageManifest
    let config: ImageConfig
    private let blobs: any BlobSource
    private let bytes: [UInt8]

    /// Reads manifest and config.
    init(_ reference: String, _ descriptor: Descriptor, in blobs: any BlobSource) throws(OCIError) {
        self.reference = reference
        self.blobs = blobs
        manifestDigest = descriptor.digest
        manifestSize = descriptor.size
        bytes = try blobs.readDocument(descriptor)
        var manifest = try ImageManifest(parsing: bytes, of: reference)
        // The index knows the type also where the manifest leaves it out.
        if manifest.mediaType == nil { manifest.mediaType = descriptor.mediaType }
        self.manifest = manifest
        config = try ImageConfig(parsing: try blobs.readDocument(manifest.config), of: reference)
    }

    var identifier: String { "\(reference)@\(manifestDigest)" }

    /// The file that a blob is, where it is one by itself.
    func path(of descriptor: Descriptor) -> String? { (blobs as? LayoutDirectory)?.blobPath(descriptor.digest) }

    func manifestBytes() throws(OCIError) -> [UInt8] { bytes }

    func hasBlob(_ descriptor: Descriptor) throws(OCIError) -> Bool { blobs.hasBlob(descriptor) }

    func readBlob(
        _ descriptor: Descriptor,
        _ body: (UnsafeRawBufferPointer) throws(OCIError) -> Void
    ) throws(OCIError) {
        do throws(OCIError) {
            try blobs.readBlob(descriptor, body)
        } catch {
            guard case .blobNotFound(let digest, _) = error else { throw error }
            throw .blobNotFound(digest: digest, image: reference)
        }
    }
}
