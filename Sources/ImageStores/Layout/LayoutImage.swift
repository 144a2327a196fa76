import Archive
import OCI
import POSIX

/// An image in an OCI layout, which may be sparse: layers of a base image that nobody needs here may be missing.
final class LayoutImage: StoredImage {
    let layout: LayoutDirectory
    let manifestDigest: Digest
    let manifestSize: Int64
    let manifest: ImageManifest
    let config: ImageConfig
    private let bytes: [UInt8]

    init(layout: LayoutDirectory, descriptor: Descriptor) throws(OCIError) {
        self.layout = layout
        manifestDigest = descriptor.digest
        manifestSize = descriptor.size
        bytes = try layout.readDocument(descriptor)
        var manifest = try ImageManifest(parsing: bytes, of: layout.path)
        // The index knows the type also where the manifest leaves it out.
        if manifest.mediaType == nil { manifest.mediaType = descriptor.mediaType }
        self.manifest = manifest
        config = try ImageConfig(parsing: try layout.readDocument(manifest.config), of: layout.path)
    }

    var reference: String { layout.path }
    var identifier: String { "\(layout.path)@\(manifestDigest)" }

    /// The reference implementation writes path and digest of an empty image, whatever the run image is; platforms that
    /// compare labels see no change.
    var labelReference: String {
        let platform = OCIPlatform(os: "linux", architecture: "amd64")
        let empty = FinishedImage(family: .oci, config: ImageConfig(platform: platform), layers: [])
        return "\(layout.path)@\(empty.manifestDigest)"
    }

    func manifestBytes() throws(OCIError) -> [UInt8] { bytes }

    func hasBlob(_ descriptor: Descriptor) throws(OCIError) -> Bool { layout.hasBlob(descriptor) }

    func readBlob(
        _ descriptor: Descriptor,
        _ body: (UnsafeRawBufferPointer) throws(OCIError) -> Void
    ) throws(OCIError) {
        try layout.readBlob(descriptor, body)
    }
}
