public import TOML

/// report.toml: what the exporter or rebaser wrote, for the platform.
public struct Report: Sendable, Equatable {
    /// The names under which the image was stored.
    public var tags: [String]
    /// The image's id, for images in a daemon.
    public var imageID: String?
    /// The manifest's digest, for images in a registry.
    public var digest: String?
    /// The size of the manifest in bytes; 0 when unknown.
    public var manifestSize: Int64
    /// The unstructured bill of materials, one table an entry, for Platform APIs before 0.9.
    public var bom: [TOMLTable]

    public init(
        tags: [String],
        imageID: String? = nil,
        digest: String? = nil,
        manifestSize: Int64 = 0,
        bom: [TOMLTable] = []
    ) {
        self.tags = tags
        self.imageID = imageID
        self.digest = digest
        self.manifestSize = manifestSize
        self.bom = bom
    }
}
