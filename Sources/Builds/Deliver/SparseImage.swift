import ImageStores
import JSON
import OCI

/// Puts images into the layout directory by manifest and config alone: the phases need no more of run image and previous
/// image, and their layers are in the store or a registry.
struct SparseImage {
    let layout: LayoutStore

    /// Makes an image known under a name.
    ///
    /// - Parameters:
    ///   - image: The image, wherever it is.
    ///   - name: A reference.
    ///   - hasSBOM: Whether the layer with the image's SBOM is needed as well, if it has one.
    /// - Throws: `OCIError` when the image can't be read, or the layout not be written.
    func add(_ image: any StoredImage, as name: String, hasSBOM: Bool = false) throws(OCIError) {
        // Both as they are: written anew, they might have other digests.
        var config: [UInt8] = []
        try image.readBlob(image.manifest.config) { piece throws(OCIError) in config.append(contentsOf: piece) }
        let destination = try layout.destination(for: name)
        if hasSBOM, let layer = Self.sbomLayer(of: image) { try destination.adopt(layer, from: image) }
        _ = try destination.commit(
            manifest: try image.manifestBytes(),
            mediaType: image.manifest.mediaType ?? .ociManifest,
            config: config,
            references: [name]
        )
    }

    /// The layer that the analyzer takes SBOM files from.
    private static func sbomLayer(of image: any StoredImage) -> Descriptor? {
        let label = image.config.container.labels["io.buildpacks.lifecycle.metadata"] ?? ""
        guard let json = try? JSONParser.parse(Array(label.utf8), source: "label"),
            let text = json["sbom"]?["sha"]?.stringValue, let diffID = try? DiffID(text)
        else { return nil }
        return image.layer(diffID)
    }
}
