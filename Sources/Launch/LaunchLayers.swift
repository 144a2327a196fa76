internal import CNBCore
internal import LaunchModel

/// The layer directories of an image, buildpack by buildpack in the order of their `bin/build`, then by name.
struct LaunchLayers {
    /// One array for each buildpack that has a directory.
    private(set) var byBuildpack: [[LayerDirectory]] = []

    /// Lists the directories.
    ///
    /// - Parameters:
    ///   - buildpacks: The buildpacks of the metadata.
    ///   - layersDir: An absolute path.
    /// - Throws: What listing failed with; a buildpack without a directory has no layers.
    init(of buildpacks: [LaunchBuildpack], in layersDir: RawPath) throws(LaunchModelError) {
        for buildpack in buildpacks {
            let directory = layersDir.appending(BuildpackID.directoryName(for: buildpack.id)).cleaned
            guard let entries = try Self.list(directory) else { continue }
            // A link to a directory is not a layer.
            byBuildpack.append(
                entries.filter { $0.kind == .directory }.map { LayerDirectory(listing: directory.appending($0.name)) }
            )
        }
    }

    /// All layers in order.
    var all: [LayerDirectory] { [LayerDirectory](byBuildpack.joined()) }

    /// The files of a layer's directory that are for all processes, then those for one type.
    ///
    /// - Parameters:
    ///   - name: The directory: `exec.d` or `profile.d`.
    ///   - layer: The layer.
    ///   - processType: The type; empty for a user's own command.
    /// - Returns: The files, sorted bytewise within each of the two directories.
    /// - Throws: What listing failed with; a directory that isn't there has no files.
    static func files(
        in name: String,
        of layer: LayerDirectory,
        processType: String
    ) throws(LaunchModelError) -> [RawPath] {
        guard layer.mayHold(name) else { return [] }
        let directory = layer.path.appending(name)
        guard let entries = try list(directory) else { return [] }
        var files = entries.filter { $0.kind != .directory }.map { directory.appending($0.name) }
        guard entries.contains(where: { $0.mayBeDirectory(named: processType) }) else { return files }
        let ownDirectory = directory.appending(processType)
        for entry in try list(ownDirectory) ?? [] where entry.kind != .directory {
            files.append(ownDirectory.appending(entry.name))
        }
        return files
    }

    private static func list(_ directory: RawPath) throws(LaunchModelError) -> [DirectoryEntry]? {
        do {
            return try FileReading.entries(of: directory)
        } catch {
            throw .unlistable(directory: directory.description, error)
        }
    }
}

extension LaunchEnvironment {
    /// Applies what the layers contribute to a process: for each buildpack the paths of all its layers, then their files.
    mutating func apply(_ layers: LaunchLayers, processType: String) throws(LaunchModelError) {
        for buildpackLayers in layers.byBuildpack {
            for layer in buildpackLayers { try addPaths(of: layer, scope: .launch) }
            for layer in buildpackLayers {
                if layer.mayHold("env") { try applyFiles(in: layer.path.appending("env")) }
                if layer.mayHold("env.launch") {
                    try applyFiles(in: layer.path.appending("env.launch"), then: processType)
                }
            }
        }
    }
}
