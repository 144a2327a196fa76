import ImageStores
public import OCI
import POSIX

/// How an image leaves.
public struct ExportOptions: Sendable {
    /// Images in registries that may have layers of this one: what is in the target's registry is mounted from there, and
    /// what the image's own store lacks is fetched from there.
    public var layerSources: [ImageReference] = []
    /// Whether files of the store may become files of a layout, where both are on one disk: for layouts that nobody
    /// changes afterwards.
    public var links = false
    /// Whether a layout may lack layers that the image's own store lacks.
    public var isSparse = false

    public init() {}
}

extension LocalStore {
    /// Writes an image to a place outside, or under names in this store.
    ///
    /// The image's manifest, and so its digest, is the same everywhere but in a daemon, which makes its own.
    ///
    /// - Parameters:
    ///   - image: An image of this store or of anywhere else, such as a layout that a lifecycle has written.
    ///   - output: Where it goes.
    ///   - names: The image's references, the main one first. Registries, daemons and the store need at least one.
    ///   - remote: The way there.
    ///   - options: How it leaves.
    /// - Returns: The names that lead to the image now, each with its digest, and for daemons with the image's id.
    /// - Throws: `LibraryError`, which names whoever refuses; files are as before then.
    @discardableResult
    public func export(
        _ image: any StoredImage,
        to output: ImageOutput,
        names: [ImageReference],
        through remote: RemoteImages,
        options: ExportOptions = ExportOptions()
    ) throws(LibraryError) -> [CommittedReference] {
        switch output {
        case .store:
            try requireName(names, output)
            let lease = try lease()
            try add(image, names: names.map(\.original), holding: lease)
            return committed(names.map(StoreName.full), image)
        case .registry:
            try requireName(names, output)
            return try RegistryExport(image: image, remote: remote, options: options).push(names)
        case .daemon:
            try requireName(names, output)
            return try load(image, names, remote)
        case .layout(let directory, let tag):
            let export = LayoutExport(
                image: image,
                layout: LayoutDirectory(path: directory),
                tag: tag ?? names.first?.tag,
                links: options.links,
                isSparse: options.isSparse
            )
            try export.write()
            return committed(["\(output)"], image)
        case .layoutArchive(let path, let tag):
            try ImageArchive(image: image, names: names, tag: tag, isForDocker: false).write(to: path)
            return committed(["\(output)"], image)
        case .dockerArchive(let path):
            try ImageArchive(image: image, names: names, tag: nil, isForDocker: true).write(to: path)
            return committed(["\(output)"], image)
        }
    }

    private func requireName(_ names: [ImageReference], _ output: ImageOutput) throws(LibraryError) {
        guard names.isEmpty else { return }
        throw .invalidName("", expected: "a name for the image that goes to \(output)")
    }

    private func committed(_ names: [String], _ image: any StoredImage) -> [CommittedReference] {
        names.map { name in
            CommittedReference(
                reference: name,
                identifier: "\(name)@\(image.manifestDigest)",
                digest: image.manifestDigest,
                manifestSize: image.manifestSize
            )
        }
    }

    private func load(
        _ image: any StoredImage,
        _ names: [ImageReference],
        _ remote: RemoteImages
    ) throws(LibraryError) -> [CommittedReference] {
        try onImage(names[0].original) { () throws(OCIError) in
            let daemon = try DaemonStore(environment: remote.options.environment)
            let destination = try daemon.destination(for: names[0].original)
            for layer in try image.layers() { try destination.adopt(layer) }
            let config = try configBytes(image)
            let results = try destination.commit(
                manifest: try image.manifestBytes(),
                mediaType: image.manifest.mediaType ?? .ociManifest,
                config: config,
                references: names.map(\.original)
            )
            for result in results { if let error = result.error { throw error } }
            return results
        }
    }
}

/// The config's bytes as the image's store has them.
func configBytes(_ image: any StoredImage) throws(OCIError) -> [UInt8] {
    var bytes: [UInt8] = []
    try image.readBlob(image.manifest.config) { (piece) throws(OCIError) in bytes.append(contentsOf: piece) }
    return bytes
}
