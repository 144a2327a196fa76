import Archive
import ImageStores
import OCI
import POSIX

/// Writes an image into a directory with an OCI layout, beside those that are there.
struct LayoutExport {
    let image: any StoredImage
    let layout: LayoutDirectory
    /// The image's name in the layout, which no other image has afterwards; nil for an image without a name.
    let tag: String?
    /// Whether files of the store may become files of the layout.
    let links: Bool
    /// Whether layers are left out that the image's store does not have.
    let isSparse: Bool

    func write() throws(LibraryError) {
        let index = try onImage(layout.path) { () throws(OCIError) in try layout.readIndex() }
        if index == nil { try prepare() }
        let manifest = try onImage(image.reference) { () throws(OCIError) in try image.manifestBytes() }
        for blob in image.contentBlobs where !layout.hasBlob(blob) {
            if isSparse, try onImage(image.reference, { () throws(OCIError) in try !image.hasBlob(blob) }) { continue }
            try copy(blob)
        }
        var descriptor = Descriptor(
            mediaType: image.manifest.mediaType ?? .ociManifest,
            digest: image.manifestDigest,
            size: Int64(manifest.count)
        )
        descriptor.platform = image.platform
        if let tag { descriptor.annotations[ImageIndex.refName] = tag }
        var changed = index ?? ImageIndex(manifests: [])
        changed.manifests.removeAll { $0.annotations[ImageIndex.refName] == tag }
        changed.manifests.append(descriptor)
        try system { () throws(POSIXError) in
            try StoreFile.write(manifest, to: layout.blobPath(descriptor.digest))
            // The index comes last, so that who looks sees the old images or the new one whole.
            let marker = Path.join(layout.path, "oci-layout")
            if !FileSystem.exists(marker) {
                try StoreFile.write(Array("{\"imageLayoutVersion\":\"1.0.0\"}".utf8), to: marker)
            }
            try StoreFile.write(changed.bytes, to: Path.join(layout.path, "index.json"))
        }
    }

    private func prepare() throws(LibraryError) {
        let names = (try? FileSystem.list(layout.path).map(\.name)) ?? []
        guard names.isEmpty || names.contains("oci-layout") || names == ["blobs"] else {
            throw .notAnImage(path: layout.path, reason: "expected an OCI layout, or an empty or missing directory")
        }
        try system { () throws(POSIXError) in
            try FileSystem.makeDirectories(Path.join(layout.path, "blobs/sha256"), mode: 0o755)
        }
    }

    private func copy(_ blob: Descriptor) throws(LibraryError) {
        let target = layout.blobPath(blob.digest)
        if links, let source = (image as? BlobImage)?.path(of: blob) {
            // A file of another size is damaged.
            if FileSystem.exists(target) { try system { () throws(POSIXError) in try FileSystem.removeFile(target) } }
            if (try? FileSystem.createHardLink(target, to: source)) != nil { return }
        }
        let file = try system { () throws(POSIXError) in try StoreFile(in: Path.directory(target)) }
        var failure: POSIXError?
        do throws(OCIError) {
            try image.readBlob(blob) { (piece) throws(OCIError) in
                do throws(POSIXError) {
                    try file.write(piece)
                } catch {
                    failure = error
                    throw .store(StoreFailure(kind: .other, message: "\(error)"))
                }
            }
        } catch {
            file.abandon()
            if let failure { throw .system(failure) }
            throw .image(name: image.reference, error)
        }
        try system { () throws(POSIXError) in try file.finish(as: target) }
    }
}
