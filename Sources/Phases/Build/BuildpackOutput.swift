import BuildpackModel
import CNBCore
import POSIX

/// The directory in which a buildpack has made layers and written its other output files.
struct BuildpackOutput {
    /// A layer that has a `<layer>.toml`.
    struct Layer {
        /// The layer's name.
        var name: String
        /// The layer's directory, which need not be there.
        var path: String
        /// What `<layer>.toml` says.
        var metadata: LayerMetadata
    }

    /// The directory's path.
    let path: String
    /// The buildpack's layers, in bytewise order of the names of their files.
    private(set) var layers: [Layer] = []

    /// Reads the metadata of all layers, and renames layers that are of no type to `<layer>.ignore`.
    ///
    /// As in the reference, launch.toml, build.toml and store.toml pass for layers here: they must not have types at
    /// the top level either, and a directory of such a name is no layer and is ignored.
    ///
    /// - Parameter path: The directory's path.
    /// - Throws: A ``PhaseError`` of kind `build`.
    init(_ path: String) throws(PhaseError) {
        self.path = path
        for name in try Self.layerNames(in: path) {
            let layerDir = Path.join(path, name)
            let metadata: LayerMetadata = try wrapping(.build, failedTo: Self.decoding(name)) {
                try TOMLFile.readIfPresent("\(layerDir).toml") ?? LayerMetadata()
            }
            if metadata.isIgnored { try Self.ignore(layerDir) }
            layers.append(Layer(name: name, path: layerDir, metadata: metadata))
        }
    }

    /// What failed when a file of the directory can't be decoded.
    private static func decoding(_ name: String) -> String {
        switch name {
        case "launch", "build", "store": "build: failed to decode \(name).toml"
        default: "build: failed to process buildpack layer: failed to decode layer metadata file"
        }
    }

    private static func layerNames(in path: String) throws(PhaseError) -> [String] {
        try wrapping(.build, failedTo: "build: failed to process buildpack layer") {
            try FileSystem.list(path).compactMap { entry in
                guard entry.type != .directory, entry.name.hasSuffix(".toml"), entry.name != ".toml" else { return nil }
                return String(entry.name.dropLast(".toml".count))
            }
        }
    }

    /// Renames a layer's directory, if there is one.
    private static func ignore(_ layerDir: String) throws(PhaseError) {
        let ignored = "\(layerDir).ignore"
        let action = "build: failed to process buildpack layer: failed to rename layer directory"
        try wrapping(.build, failedTo: action) {
            guard (try? FileSystem.linkStatus(layerDir)) != nil else { return }
            // `rename` would replace an empty directory; a taken name should be an error in every case.
            if (try? FileSystem.linkStatus(ignored))?.isDirectory ?? false {
                throw POSIXError(.fileExists, "rename", layerDir, to: ignored)
            }
            try FileSystem.rename(layerDir, to: ignored)
        }
    }

    // MARK: - SBOM files

    /// The SBOM files in the directory, each with the place that it goes to.
    ///
    /// - Parameter buildpack: The buildpack, which has to have declared the formats.
    /// - Returns: The files in bytewise order of their names; those of cached layers go to two places.
    /// - Throws: A ``PhaseError`` of kind `build` for formats that are unknown or not declared.
    func sbomFiles(of buildpack: BuildpackDescriptor) throws(PhaseError) -> [SBOMFile] {
        let declared = Set(buildpack.sbomFormats.map(SBOMFormat.essence))
        var files: [SBOMFile] = []
        for name in try sbomFileNames() {
            let subject = String(name.prefix(while: { $0 != "." }))
            let destinations = destinations(ofSBOMAbout: subject)
            guard !destinations.isEmpty else { continue }
            let path = Path.join(path, name)
            guard let format = SBOMFormat(fileName: name) else {
                throw PhaseError(.build, failedTo: "build", "unsupported SBOM file format: '\(path)'")
            }
            guard declared.contains(format.mediaType) else {
                throw PhaseError(
                    .build,
                    failedTo: "build",
                    "validating SBOM file '\(path)' for buildpack: '\(buildpack.module.identity)': "
                        + "undeclared SBOM media type: '\(format.mediaType)'"
                )
            }
            let isAboutLayer = subject != "launch" && subject != "build"
            files += destinations.map { destination in
                SBOMFile(
                    buildpackID: buildpack.module.id.text,
                    layer: isAboutLayer ? subject : "",
                    format: format,
                    destination: destination,
                    path: path
                )
            }
        }
        return files
    }

    /// Whether there are any SBOM files, of whatever format.
    var hasSBOMFiles: Bool {
        !((try? sbomFileNames()) ?? []).isEmpty
    }

    private func sbomFileNames() throws(PhaseError) -> [String] {
        try wrapping(.build, failedTo: "build") {
            try FileSystem.list(path).map(\.name).filter { $0.isSBOMFileName }
        }
    }

    /// Where the SBOM of the app image (`launch`), the build environment (`build`) or a layer goes.
    private func destinations(ofSBOMAbout subject: String) -> [SBOMFile.Destination] {
        switch subject {
        case "launch": return [.launch]
        case "build": return [.build]
        default:
            guard let layer = layers.first(where: { $0.name == subject }) else { return [] }
            return (layer.metadata.launch ? [.launch] : [.build]) + (layer.metadata.cache ? [.cache] : [])
        }
    }
}

extension String {
    /// Whether the name matches `*.sbom.*.json`.
    fileprivate var isSBOMFileName: Bool {
        guard hasSuffix(".json"), let infix = firstRange(of: ".sbom.") else { return false }
        // The dots on both sides of the second star have to be two: `x.sbom.json` doesn't match.
        return utf8.distance(from: infix.upperBound, to: endIndex) >= ".json".utf8.count
    }

    private func firstRange(of infix: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(infix) { return start..<index(start, offsetBy: infix.count) }
            start = index(after: start)
        }
        return nil
    }
}
