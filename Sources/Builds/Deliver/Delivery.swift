import Archive
import BuildpackModel
import ImageLibrary
import ImageStores
import JSON
import OCI
import POSIX
import PlatformModel
import Sandbox

/// Brings a finished image to where it is wanted.
struct Delivery {
    private let ground: BuildGround
    private let record: PhaseRecord
    private let layout: LayoutStore

    init(_ ground: BuildGround, _ record: PhaseRecord) {
        (self.ground, self.record) = (ground, record)
        layout = LayoutStore(layoutDir: ground.directory.place("/layout"))
    }

    /// Brings the image to all places.
    func deliver() throws(BuildError) -> BuildResult {
        if ground.isolation == .chroot { try keepCache() }
        let made = try finished()
        let image = try deliver(made)
        if let directory = ground.request.sbomDir { try copySBOM(to: directory) }
        return result(image)
    }

    /// The image that the exporter has written, with the user's labels and annotations.
    private func finished() throws(BuildError) -> any StoredImage {
        let request = ground.request
        do throws(OCIError) {
            guard let image = try layout.open(ground.image, platform: nil) else {
                throw .invalidReference(ground.image, reason: "the exporter has written no such image")
            }
            guard !request.labels.isEmpty || !request.annotations.isEmpty else { return image }
            var config = image.config
            for label in request.labels { config.container.labels[label.name] = label.value }
            var annotations = image.manifest.annotations
            for annotation in request.annotations { annotations[annotation.name] = annotation.value }
            let layers = try image.layers().map { ImageLayer(descriptor: $0.descriptor, diffID: $0.diffID) }
            let changed = FinishedImage(family: image.family, config: config, layers: layers, annotations: annotations)
            _ = try changed.write(to: layout.destination(for: ground.image), references: [ground.image])
            return try layout.open(ground.image, platform: nil) ?? image
        } catch {
            throw BuildError(.failed, "the finished image: \(error)")
        }
    }

    /// Writes the image to its places: to the store first, from where it can go elsewhere again.
    private func deliver(_ made: any StoredImage) throws(BuildError) -> any StoredImage {
        let store = ground.images.store
        let names = ground.names.references
        var options = ExportOptions()
        options.layerSources = [ground.runImage.name, ground.previousImage ?? ground.image]
            .compactMap { try? ImageReference($0) }
            .filter { $0.registry != "slipway.local" }
        do throws(LibraryError) {
            var image = made
            if ground.names.needsAllLayers {
                var copy = CopyOptions()
                copy.links = !Users.isRoot
                let stored = ground.names.outputs.contains(.store) ? names.map(\.original) : []
                image = try store.add(made, names: stored, holding: ground.images.lease, options: copy)
            }
            for output in ground.names.outputs where output != .store {
                try store.export(image, to: output, names: names, through: ground.images.remote, options: options)
            }
            return image
        } catch {
            throw BuildError(error)
        }
    }

    /// A cache that had to be copied for a build without mounts takes its old place.
    private func keepCache() throws(BuildError) {
        let path = ground.cache.path
        try system { () throws(POSIXError) in
            try FileSystem.removeTree(path)
            try FileSystem.copyTree(ground.directory.place("/cache"), to: path)
        }
    }

    private func copySBOM(to directory: String) throws(BuildError) {
        let layers = ground.isolation == .inPlace ? "/layers" : ground.directory.place("/layers")
        let source = Path.join(layers, "sbom")
        try system { () throws(POSIXError) in
            try FileSystem.makeDirectories(directory)
            guard FileSystem.isDirectory(source) else { return }
            for entry in try FileSystem.list(source) {
                try FileSystem.copyTree(Path.join(source, entry.name), to: Path.join(directory, entry.name))
            }
        }
    }

    // MARK: - Result

    private func result(_ image: any StoredImage) -> BuildResult {
        let metadata = BuildLabel(image)
        return BuildResult(
            tags: ground.names.references.map(\.original),
            digest: "\(image.manifestDigest)",
            size: image.manifest.layers.reduce(image.manifestSize + image.manifest.config.size) { $0 + $1.size },
            outputs: ground.names.outputs.map(\.description),
            builder: ground.builder.name,
            runImage: ground.runImage.name,
            buildpacks: metadata.buildpacks,
            processes: metadata.processes,
            reusedLayers: record.reusedLayers,
            newLayers: record.newLayers,
            restoredLayers: record.restoredLayers,
            isolation: ground.isolation.rawValue,
            nanoseconds: 0
        )
    }
}

/// What the label about the build says to people.
private struct BuildLabel {
    var buildpacks: [String] = []
    var processes: [String] = []

    init(_ image: any StoredImage) {
        let text = image.config.container.labels["io.buildpacks.build.metadata"] ?? ""
        guard let json = try? JSONParser.parse(Array(text.utf8), source: "label") else { return }
        buildpacks = (json["buildpacks"]?.arrayValue ?? []).compactMap { entry in
            guard let id = entry["id"]?.stringValue, let version = entry["version"]?.stringValue else { return nil }
            return "\(id)@\(version)"
        }
        let types = (json["processes"]?.arrayValue ?? []).compactMap { $0["type"]?.stringValue }
        let entrypoint = image.config.container.entrypoint.first.map { Path.base($0) }
        processes = types.filter { $0 == entrypoint } + types.filter { $0 != entrypoint }
    }
}
