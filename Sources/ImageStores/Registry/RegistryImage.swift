import Archive
import OCI

/// An image in a registry.
final class RegistryImage: StoredImage {
    let reference: String
    let identifier: String
    let manifestDigest: Digest
    let manifestSize: Int64
    let manifest: ImageManifest
    let config: ImageConfig
    private let bytes: [UInt8]

    /// Where the image is, for other images of the same registry that want its layers.
    let repository: String
    let client: RegistryClient

    init(
        reference: ImageReference,
        raw: RegistryClient.RawManifest,
        manifest: ImageManifest,
        config: ImageConfig,
        client: RegistryClient
    ) {
        self.reference = reference.original
        identifier = reference.naming(raw.digest)
        manifestDigest = raw.digest
        manifestSize = Int64(raw.bytes.count)
        bytes = raw.bytes
        self.manifest = manifest
        self.config = config
        repository = reference.repository
        self.client = client
    }

    func manifestBytes() throws(OCIError) -> [UInt8] { bytes }

    func hasBlob(_ descriptor: Descriptor) throws(OCIError) -> Bool {
        do throws(RegistryError) {
            return try client.hasBlob(repository, descriptor.digest)
        } catch {
            throw error.asOCIError
        }
    }

    func readBlob(
        _ descriptor: Descriptor,
        _ body: (UnsafeRawBufferPointer) throws(OCIError) -> Void
    ) throws(OCIError) {
        try client.readBlob(repository, descriptor, body)
    }
}
