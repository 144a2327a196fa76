import Archive
import OCI
import POSIX

/// Writes an image into the layout at its path, and names of it into layouts at theirs.
///
/// Blobs of earlier images in the same layout stay, as with the reference implementation: another process may still be
/// reading the old image.
final class LayoutDestination: ImageDestination {
    private let store: LayoutStore
    private let layout: LayoutDirectory

    init(store: LayoutStore, path: String) {
        self.store = store
        layout = LayoutDirectory(path: path)
    }

    var reference: String { layout.path }

    func contains(_ descriptor: Descriptor) throws(OCIError) -> Bool { layout.hasBlob(descriptor) }

    func newBlob() throws(OCIError) -> any BlobWriter {
        try layout.create()
        return try LayoutBlobWriter(layout: layout)
    }

    func adopt(_ descriptor: Descriptor, from image: any StoredImage) throws(OCIError) {
        guard !layout.hasBlob(descriptor), try image.hasBlob(descriptor) else { return }
        let writer = try newBlob()
        do {
            try image.readBlob(descriptor) { bytes throws(OCIError) in try writer.write(bytes) }
            try writer.finish(digest: descriptor.digest, size: descriptor.size)
        } catch {
            writer.abandon()
            throw error
        }
    }

    func commit(
        manifest: [UInt8],
        mediaType: MediaType,
        config: [UInt8],
        references: [String]
    ) throws(OCIError) -> [CommittedReference] {
        let parsed = try ImageManifest(parsing: manifest, of: layout.path)
        let descriptor = Descriptor(
            mediaType: mediaType,
            digest: Digest.of(manifest),
            size: Int64(manifest.count)
        )
        try layout.create()
        try layout.writeDocument(config, digest: parsed.config.digest)
        try layout.writeDocument(manifest, digest: descriptor.digest)
        var results: [CommittedReference] = []
        for reference in references {
            let path = try store.path(for: reference)
            var result = CommittedReference(
                reference: path,
                identifier: "\(path)@\(descriptor.digest)",
                manifestSize: descriptor.size
            )
            do throws(OCIError) {
                try point(LayoutDirectory(path: path), at: descriptor, of: parsed)
            } catch {
                result.error = error
            }
            results.append(result)
        }
        return results
    }

    /// Makes a layout have the image, and no other one.
    private func point(
        _ target: LayoutDirectory,
        at descriptor: Descriptor,
        of manifest: ImageManifest
    ) throws(OCIError) {
        if target.path != layout.path {
            try target.create()
            for blob in [manifest.config, descriptor] + manifest.layers where layout.hasBlob(blob) {
                try target.link(blob.digest, from: layout)
            }
        }
        var descriptor = descriptor
        if manifest.annotations[LayoutDirectory.refNameAnnotation] != nil {
            descriptor.annotations[LayoutDirectory.refNameAnnotation] = Self.refName(of: target.path)
        }
        try target.writeIndex(ImageIndex(manifests: [descriptor]))
    }

    /// The tag or digest that the end of a layout's path stands for.
    private static func refName(of path: String) -> String {
        let (parent, last) = (Path.base(Path.directory(path)), Path.base(path))
        return parent == "sha256" ? "sha256:\(last)" : last
    }
}

/// Writes a blob under a temporary name until its digest is known.
private final class LayoutBlobWriter: BlobWriter {
    private let layout: LayoutDirectory
    private let temporaryPath: String
    private var file: FileDescriptor?

    init(layout: LayoutDirectory) throws(OCIError) {
        self.layout = layout
        temporaryPath = Path.join(layout.blobsPath, ".\(RandomBytes.hexadecimal(count: 8)).partial")
        do {
            file = try OwnedDescriptor(opening: temporaryPath, [.write, .create, .exclusive], mode: 0o600).release()
        } catch {
            throw OCIError(error)
        }
    }

    deinit { abandon() }

    func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) {
        do {
            try file?.writeAll(bytes, path: temporaryPath)
        } catch {
            throw OCIError(error)
        }
    }

    func finish(digest: Digest, size: Int64) throws(OCIError) {
        guard let file else { return }
        let found: Int64
        do {
            found = try file.status(path: temporaryPath).size
            if found == size { try FileSystem.rename(temporaryPath, to: layout.blobPath(digest)) }
        } catch {
            throw OCIError(error)
        }
        guard found == size else { throw .sizeMismatch(digest: digest, expected: size, found: found) }
        file.close()
        self.file = nil
    }

    func abandon() {
        guard let file else { return }
        file.close()
        self.file = nil
        try? FileSystem.removeFile(temporaryPath)
    }
}
