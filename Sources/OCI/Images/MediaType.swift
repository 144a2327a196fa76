/// The media type of a manifest, index, config or layer.
public struct MediaType: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    /// The type as it stands in descriptors and HTTP headers.
    public let rawValue: String

    /// Makes a media type from its text; any text is allowed, unknown types are kept as they are.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The type as it stands in descriptors and HTTP headers.
    public var description: String { rawValue }

    /// An OCI image index.
    public static let ociIndex = MediaType(rawValue: "application/vnd.oci.image.index.v1+json")
    /// An OCI image manifest.
    public static let ociManifest = MediaType(rawValue: "application/vnd.oci.image.manifest.v1+json")
    /// An OCI image config.
    public static let ociConfig = MediaType(rawValue: "application/vnd.oci.image.config.v1+json")
    /// An uncompressed OCI layer.
    public static let ociLayer = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar")
    /// An OCI layer compressed with gzip.
    public static let ociLayerGzip = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+gzip")
    /// An OCI layer compressed with zstd.
    public static let ociLayerZstd = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+zstd")
    /// An uncompressed OCI layer that registries must not redistribute.
    public static let ociForeignLayer = MediaType(
        rawValue: "application/vnd.oci.image.layer.nondistributable.v1.tar"
    )
    /// An OCI layer, compressed with gzip, that registries must not redistribute.
    public static let ociForeignLayerGzip = MediaType(
        rawValue: "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"
    )
    /// A Docker manifest list, the counterpart of an OCI index.
    public static let dockerManifestList = MediaType(
        rawValue: "application/vnd.docker.distribution.manifest.list.v2+json"
    )
    /// A Docker image manifest, schema 2.
    public static let dockerManifest = MediaType(rawValue: "application/vnd.docker.distribution.manifest.v2+json")
    /// A Docker image config.
    public static let dockerConfig = MediaType(rawValue: "application/vnd.docker.container.image.v1+json")
    /// An uncompressed Docker layer.
    public static let dockerLayer = MediaType(rawValue: "application/vnd.docker.image.rootfs.diff.tar")
    /// A Docker layer compressed with gzip.
    public static let dockerLayerGzip = MediaType(rawValue: "application/vnd.docker.image.rootfs.diff.tar.gzip")
    /// A Docker layer, compressed with gzip, that registries must not redistribute.
    public static let dockerForeignLayerGzip = MediaType(
        rawValue: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
    )

    /// The manifest types that an image store asks for, in order of preference.
    public static let acceptedManifests: [MediaType] = [.dockerManifest, .ociManifest, .dockerManifestList, .ociIndex]

    /// Whether this is the type of an image index or manifest list.
    public var isIndex: Bool { self == .ociIndex || self == .dockerManifestList }

    /// Whether this is the type of an image manifest.
    public var isManifest: Bool { self == .ociManifest || self == .dockerManifest }

    /// Whether registries may hold blobs of this type.
    public var isDistributable: Bool {
        self != .ociForeignLayer && self != .ociForeignLayerGzip && self != .dockerForeignLayerGzip
    }

    /// The family that the type belongs to, `nil` for types of neither.
    public var family: MediaTypeFamily? {
        if rawValue.hasPrefix("application/vnd.oci.") { return .oci }
        if rawValue.hasPrefix("application/vnd.docker.") { return .docker }
        return nil
    }
}

/// The two families of media types; the parts of one image are all of the same.
public enum MediaTypeFamily: Sendable, Hashable {
    /// `application/vnd.oci.…`
    case oci
    /// `application/vnd.docker.…`
    case docker

    /// The type of an image manifest.
    public var manifest: MediaType { self == .oci ? .ociManifest : .dockerManifest }

    /// The type of an index of images.
    public var index: MediaType { self == .oci ? .ociIndex : .dockerManifestList }

    /// The type of an image config.
    public var config: MediaType { self == .oci ? .ociConfig : .dockerConfig }

    /// The type of a layer that is compressed with gzip.
    public var layer: MediaType { self == .oci ? .ociLayerGzip : .dockerLayerGzip }

    /// The counterpart of a layer's type in this family.
    ///
    /// Layers compressed with zstd have no Docker type, and neither have uncompressed ones that must not be
    /// redistributed; they keep theirs, and an image that has one is an OCI image as a whole.
    ///
    /// - Parameter type: A layer's media type in either family.
    /// - Returns: The type with the same compression in this family, or `type` where there is none.
    public func layerType(matching type: MediaType) -> MediaType {
        switch (self, type) {
        case (.oci, .dockerLayer): .ociLayer
        case (.oci, .dockerLayerGzip): .ociLayerGzip
        case (.oci, .dockerForeignLayerGzip): .ociForeignLayerGzip
        case (.docker, .ociLayer): .dockerLayer
        case (.docker, .ociLayerGzip): .dockerLayerGzip
        case (.docker, .ociForeignLayerGzip): .dockerForeignLayerGzip
        default: type
        }
    }
}
