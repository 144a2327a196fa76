import Archive
import ImageStores
import OCI

/// Sends an image to registries.
struct RegistryExport {
    let image: any StoredImage
    let remote: RemoteImages
    let options: ExportOptions

    /// Sends the image under all names: to each registry once, within which layers are mounted from one repository into
    /// the others.
    func push(_ names: [ImageReference]) throws(LibraryError) -> [CommittedReference] {
        var results: [ImageReference: CommittedReference] = [:]
        var left = names[...]
        while let first = left.first {
            let together = left.filter { $0.registry == first.registry }
            left = left.filter { $0.registry != first.registry }[...]
            for (name, result) in zip(together, try push(together, first)) { results[name] = result }
        }
        return names.compactMap { results[$0] }
    }

    private func push(_ names: [ImageReference], _ main: ImageReference) throws(LibraryError) -> [CommittedReference] {
        // Mounting needs the credentials of both repositories.
        let store = try remote.registry(
            for: names + options.layerSources.filter { $0.registry == main.registry }
        )
        let sources = sources(for: main)
        let results = try onImage(main.original) { () throws(OCIError) in
            let destination = try store.destination(for: main.original)
            for layer in image.manifest.layers { try adopt(layer, from: sources, by: destination, main) }
            return try destination.commit(
                manifest: try image.manifestBytes(),
                mediaType: image.manifest.mediaType ?? .ociManifest,
                config: try configBytes(image),
                references: names.map(\.original)
            )
        }
        for result in results {
            if let error = result.error { throw .image(name: result.reference, error) }
        }
        return results
    }

    /// Images that may have layers; one that can't be opened is of no use, and does no harm.
    private func sources(for main: ImageReference) -> [(registry: String, image: any StoredImage)] {
        var sources: [(registry: String, image: any StoredImage)] = []
        for reference in options.layerSources {
            do throws(LibraryError) {
                let opened = try remote.open(.registry(reference), platform: image.platform)
                sources.append((reference.registry, opened))
            } catch {
                remote.options.warn("layers of \(reference) are not reused: \(error)")
            }
        }
        return sources
    }

    /// Mounts a layer where that is possible; else it comes from the image's store, and where that lacks it from
    /// another registry.
    private func adopt(
        _ layer: Descriptor,
        from sources: [(registry: String, image: any StoredImage)],
        by destination: any ImageDestination,
        _ main: ImageReference
    ) throws(OCIError) {
        let having = sources.filter { source in source.image.manifest.layers.contains { $0.digest == layer.digest } }
        if let near = having.first(where: { $0.registry == main.registry }) {
            return try destination.adopt(layer, from: near.image)
        }
        if try !image.hasBlob(layer), let far = having.first { return try destination.adopt(layer, from: far.image) }
        try destination.adopt(layer, from: image)
    }
}
