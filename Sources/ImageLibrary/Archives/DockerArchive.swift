import Archive
import JSON
import OCI

/// A tar as `docker save` writes it: a list of images in `manifest.json`, their configs and their layers.
///
/// There is no manifest in OCI's sense, so one is made, which is always the same for the same archive. Archives of newer
/// versions, and ours, are layouts, too, and are read as such.
struct DockerArchive {
    private let archive: ArchiveFile

    init(_ archive: ArchiveFile) { self.archive = archive }

    /// Opens the archive's image.
    ///
    /// - Parameters:
    ///   - name: What messages call it.
    ///   - platform: What it is to be for, where there are several.
    /// - Returns: The image.
    /// - Throws: `LibraryError` when it is broken, or there is none.
    func open(_ name: String, platform: OCIPlatform) throws(LibraryError) -> BlobImage {
        let layout = LayoutArchive(archive)
        if layout.exists { return try layout.open(name, tag: nil, platform: platform) }
        let entry = try entry()
        guard let configName = entry["Config"]?.stringValue, let config = try archive.read(Self.clean(configName))
        else {
            throw .notAnImage(path: archive.path, reason: "the config that manifest.json names is missing")
        }
        let layerNames = (entry["Layers"]?.arrayValue ?? []).compactMap(\.stringValue).map(Self.clean)
        let diffIDs = try onImage(name) { () throws(OCIError) in try ImageConfig(parsing: config, of: name).diffIDs }
        guard layerNames.count == diffIDs.count else {
            throw .notAnImage(
                path: archive.path,
                reason: "\(diffIDs.count) diff IDs in the config for \(layerNames.count) layers in manifest.json"
            )
        }
        var blobs = ArchiveBlobs(archive: archive)
        var layers: [Descriptor] = []
        for (layerName, diffID) in zip(layerNames, diffIDs) {
            layers.append(try layer(layerName, diffID, &blobs.ranges))
        }
        let manifest = ImageManifest(
            mediaType: .dockerManifest,
            config: Descriptor(mediaType: .dockerConfig, digest: .of(config), size: Int64(config.count)),
            layers: layers
        ).bytes
        blobs.documents = [.of(config): config, .of(manifest): manifest]
        let descriptor = Descriptor(mediaType: .dockerManifest, digest: .of(manifest), size: Int64(manifest.count))
        return try onImage(name) { () throws(OCIError) in try BlobImage(name, descriptor, in: blobs) }
    }

    /// What `manifest.json` says of the only image.
    private func entry() throws(LibraryError) -> JSONValue {
        guard let bytes = try archive.read("manifest.json") else {
            throw .notAnImage(path: archive.path, reason: "expected an archive of docker save: no manifest.json")
        }
        let document = try? JSONParser.parse(bytes, source: "", duplicateKeys: .lastWins)
        guard let entries = document?.arrayValue, let first = entries.first else {
            throw .notAnImage(path: archive.path, reason: "manifest.json is no list of images")
        }
        guard entries.count == 1 else {
            throw .notAnImage(path: archive.path, reason: "expected one image, but there are \(entries.count)")
        }
        return first
    }

    /// A layer's descriptor; its digest is the diff ID, unless it is compressed.
    private func layer(
        _ name: String,
        _ diffID: DiffID,
        _ ranges: inout [Digest: Range<Int64>]
    ) throws(LibraryError) -> Descriptor {
        guard let range = archive.range(of: name) else {
            throw .notAnImage(path: archive.path, reason: "the layer \(name) that manifest.json names is missing")
        }
        let isCompressed = try archive.isCompressed(range)
        var digester = SHA256Digester()
        if isCompressed {
            try archive.read(range, failing: { LibraryError.system($0) }) { (piece) throws(LibraryError) in
                digester.update(piece)
            }
        }
        let digest = isCompressed ? digester.finish() : diffID.digest
        ranges[digest] = range
        return Descriptor(
            mediaType: isCompressed ? .dockerLayerGzip : .dockerLayer,
            digest: digest,
            size: Int64(range.count)
        )
    }

    private static func clean(_ name: String) -> String {
        String(name.drop { $0 == "/" || $0 == "." })
    }
}
