public import Archive
public import OCI
import POSIX

/// The files of one OCI image layout: `oci-layout`, `index.json` and the blobs.
public struct LayoutDirectory: Sendable {
    /// The name under which an index may say what an image is called.
    static let refNameAnnotation = "org.opencontainers.image.ref.name"

    /// The directory.
    public let path: String

    /// Names a layout; nothing is read or made yet.
    ///
    /// - Parameter path: The directory; it need not exist.
    public init(path: String) { self.path = path }

    var indexPath: String { Path.join(path, "index.json") }
    var blobsPath: String { Path.join(path, "blobs/sha256") }

    /// Where a blob is, or would be.
    ///
    /// - Parameter digest: The blob's digest.
    /// - Returns: The file.
    public func blobPath(_ digest: Digest) -> String { Path.join(blobsPath, digest.hex) }

    // MARK: - Reading

    /// Reads the index.
    ///
    /// - Returns: The images of the layout, `nil` when there is no layout.
    /// - Throws: `OCIError` when it can't be read, or is malformed.
    public func readIndex() throws(OCIError) -> ImageIndex? {
        let bytes: [UInt8]
        do {
            bytes = try FileSystem.readFile(indexPath)
        } catch {
            guard error.errno == .noSuchFile || error.errno == .notDirectory else { throw OCIError(error) }
            return nil
        }
        return try ImageIndex(parsing: bytes, of: path)
    }

    /// Chooses the image that is meant.
    ///
    /// A digest in an identifier is a preference only: a layout that was written anew since has another image.
    func image(in index: ImageIndex, digest: Digest?, platform: OCIPlatform) throws(OCIError) -> Descriptor {
        if let digest, let descriptor = index.manifests.first(where: { $0.digest == digest }) { return descriptor }
        guard !index.manifests.isEmpty else {
            throw .malformed(document: "index of \(path)", reason: "there is no image in it")
        }
        let only = index.manifests.count == 1 ? index.manifests[0] : nil
        guard let descriptor = only ?? index.manifest(for: platform) else {
            throw .platformNotFound(platform: platform, image: path, available: index.platforms)
        }
        guard descriptor.mediaType.isIndex else { return descriptor }
        let inner = try ImageIndex(parsing: try readDocument(descriptor), of: path)
        guard let descriptor = inner.manifest(for: platform), !descriptor.mediaType.isIndex else {
            throw .platformNotFound(platform: platform, image: path, available: inner.platforms)
        }
        return descriptor
    }

    /// Reads a manifest or config whole and verifies it.
    func readDocument(_ descriptor: Descriptor) throws(OCIError) -> [UInt8] {
        // Documents have a size limit, so that no hostile one is read into memory.
        let limit: Int64 = 64 << 20
        guard descriptor.size <= limit else {
            throw .malformed(document: "descriptor of \(descriptor.digest)", reason: "more than \(limit) bytes")
        }
        var bytes: [UInt8] = []
        try readBlob(descriptor) { piece throws(OCIError) in bytes.append(contentsOf: piece) }
        return bytes
    }

    /// Reads a blob in pieces, and verifies its size and digest before returning.
    ///
    /// - Parameters:
    ///   - descriptor: The blob.
    ///   - body: Called with each piece, in order. What it throws ends the reading.
    /// - Throws: `OCIError.blobNotFound`, `.sizeMismatch`, `.digestMismatch`, what `body` throws, or a failure of the
    ///   file system.
    public func readBlob(
        _ descriptor: Descriptor,
        _ body: (UnsafeRawBufferPointer) throws(OCIError) -> Void
    ) throws(OCIError) {
        let file = try openBlob(descriptor.digest)
        let capacity = 1 << 18
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
        defer { buffer.deallocate() }
        var digester = SHA256Digester()
        var size: Int64 = 0
        while true {
            let count: Int
            do {
                count = try file.descriptor.read(into: buffer, path: blobPath(descriptor.digest))
            } catch {
                throw OCIError(error)
            }
            guard count > 0 else { break }
            size += Int64(count)
            guard size <= descriptor.size else { break }
            let piece = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count])
            digester.update(piece)
            try body(piece)
        }
        guard size == descriptor.size else {
            throw .sizeMismatch(digest: descriptor.digest, expected: descriptor.size, found: size)
        }
        let found = digester.finish()
        guard found == descriptor.digest else { throw .digestMismatch(expected: descriptor.digest, found: found) }
    }

    private func openBlob(_ digest: Digest) throws(OCIError) -> OwnedDescriptor {
        do {
            return try OwnedDescriptor(opening: blobPath(digest))
        } catch {
            guard error.errno == .noSuchFile else { throw OCIError(error) }
            throw .blobNotFound(digest: digest, image: path)
        }
    }

    /// Whether a blob is there with the size that it should have.
    ///
    /// - Parameter descriptor: The blob.
    /// - Returns: `false` also where it can't be seen.
    public func hasBlob(_ descriptor: Descriptor) -> Bool {
        guard let status = try? FileSystem.status(blobPath(descriptor.digest)) else { return false }
        return status.isRegular && status.size == descriptor.size
    }

    // MARK: - Writing

    /// Makes the directories of a layout.
    func create() throws(OCIError) {
        do {
            try FileSystem.makeDirectories(blobsPath, mode: 0o777)
        } catch {
            throw OCIError(error)
        }
    }

    /// Writes a manifest or config.
    func writeDocument(_ bytes: [UInt8], digest: Digest) throws(OCIError) {
        do {
            try FileSystem.writeFileAtomically(blobPath(digest), bytes)
        } catch {
            throw OCIError(error)
        }
    }

    /// Gives a blob of another layout a second name in this one, or copies it where that is not possible.
    func link(_ digest: Digest, from other: LayoutDirectory) throws(OCIError) {
        let (source, target) = (other.blobPath(digest), blobPath(digest))
        if FileSystem.exists(target) { return }
        do {
            do {
                try FileSystem.createHardLink(target, to: source)
            } catch {
                try FileSystem.copyFileAtomically(source, to: target)
            }
        } catch {
            throw OCIError(error)
        }
    }

    /// Writes the index, last of all, so that readers see either the old image or the whole new one.
    func writeIndex(_ index: ImageIndex) throws(OCIError) {
        do {
            let marker = "{\n    \"imageLayoutVersion\": \"1.0.0\"\n}"
            // The odd modes are those of layouts that the reference writes.
            try FileSystem.writeFileAtomically(Path.join(path, "oci-layout"), Array(marker.utf8), mode: 0o755)
            try FileSystem.writeFileAtomically(indexPath, index.bytes(indentedBy: "   "), mode: 0o755)
        } catch {
            throw OCIError(error)
        }
    }
}
