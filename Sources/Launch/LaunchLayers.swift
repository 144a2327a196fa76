internal import CNBCore
internal import LaunchModel
internal import LaunchPOSIX

/// The layer directories of an image, buildpack by buildpack in the order of their `bin/build`, then by name.
struct LaunchLayers {
    /// All layers in order.
    private(set) var all: [LayerDirectory] = []

    /// Finds the layers and applies what they contribute to a process: for each buildpack the paths of all its layers, then
    /// their files.
    ///
    /// - Parameters:
    ///   - buildpacks: The buildpacks of the metadata.
    ///   - layersDir: An absolute path.
    ///   - environment: What to apply them to.
    ///   - processType: The type; empty for a user's own command.
    /// - Throws: What listing or reading failed with; a buildpack without a directory has no layers.
    init(
        of buildpacks: [LaunchBuildpack],
        in layersDir: RawPath,
        changing environment: inout LaunchEnvironment,
        processType: String
    ) throws(LaunchModelError) {
        for buildpack in buildpacks {
            let path = layersDir.appending(BuildpackID.directoryName(for: buildpack.id)).cleaned
            guard let directory = try Self.open(path) else { continue }
            let first = all.count
            // A link to a directory is not a layer.
            for entry in try Self.entries(of: directory) where entry.kind == .directory {
                all.append(LayerDirectory(listing: path.appending(entry.name), in: directory))
            }
            for layer in all[first...] { try environment.addPaths(of: layer, scope: .launch) }
            for layer in all[first...] {
                if layer.mayHold(.env) { try environment.applyFiles(in: layer.path(of: .env), below: directory) }
                if layer.mayHold(.envLaunch) {
                    try environment.applyFiles(in: layer.path(of: .envLaunch), below: directory, then: processType)
                }
            }
        }
    }

    /// The files of a layer's directory that are for all processes, then those for one type.
    ///
    /// - Parameters:
    ///   - item: The directory.
    ///   - layer: The layer.
    ///   - processType: The type; empty for a user's own command.
    /// - Returns: The files, sorted bytewise within each of the two directories.
    /// - Throws: What listing failed with; a directory that isn't there has no files.
    static func files(
        in item: LayerItem,
        of layer: LayerDirectory,
        processType: String
    ) throws(LaunchModelError) -> [RawPath] {
        guard layer.mayHold(item) else { return [] }
        let directory = layer.path(of: item)
        guard let entries = try list(directory) else { return [] }
        var files = entries.filter { $0.kind != .directory }.map { directory.appending($0.name) }
        guard entries.contains(where: { $0.mayBeDirectory(named: processType) }) else { return files }
        let ownDirectory = directory.appending(processType)
        for entry in try list(ownDirectory) ?? [] where entry.kind != .directory {
            files.append(ownDirectory.appending(entry.name))
        }
        return files
    }

    private static func list(_ path: RawPath) throws(LaunchModelError) -> [DirectoryEntry]? {
        guard let directory = try open(path) else { return nil }
        return try entries(of: directory)
    }

    private static func open(_ path: RawPath) throws(LaunchModelError) -> OpenDirectory? {
        do {
            return try OpenDirectory.ifThere(path)
        } catch {
            throw .unlistable(directory: path.description, error)
        }
    }

    private static func entries(of directory: borrowing OpenDirectory) throws(LaunchModelError) -> [DirectoryEntry] {
        do {
            return try directory.entries()
        } catch {
            throw .unlistable(directory: directory.path.description, error)
        }
    }
}
