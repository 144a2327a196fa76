import Archive
import BuildpackModel
import CNBCore
import Console
import LayerCaches
import OCI
import POSIX
import PlatformModel

/// Brings back the SBOM files of layers that are not built again.
///
/// They come as a layer that holds all of them below `<layers>/sbom`, and go beside the layers that they are about.
struct SBOMRestorer {
    let layersDir: String
    let logger: Logger

    private var sbomDir: String { Path.join(layersDir, "sbom") }

    /// Extracts the files of the previous image; a failure is a warning, and the build goes on without the files.
    func extract(_ recorded: RecordedDiffID, from image: any StoredImage) {
        logger.info("Restoring data for SBOM from previous image")
        logger.debug("Retrieving previous image SBOM layer for \"\(recorded)\"")
        do {
            let diffID = try DiffID(recorded.text)
            guard let layer = image.layer(diffID) else {
                throw OCIError.layerNotFound(diffID: diffID, image: image.reference)
            }
            let stream = try LayerStream(layer, of: image)
            _ = try LayerExtractor().extract(stream, into: .layer(sbomDir), expecting: diffID.expectedDigests)
        } catch {
            logger.warn("Failed to restore the SBOM of the previous image: \(error)")
        }
    }

    /// Extracts the files of cached layers; a failure is a warning, and the build goes on without the files.
    func extract(_ recorded: RecordedDiffID, from cache: any LayerCache) {
        logger.debug("Retrieving SBOM layer data for \"\(recorded)\"")
        do {
            _ = try cache.extract(try DiffID(recorded.text), into: .layer(sbomDir), with: LayerExtractor())
        } catch {
            logger.warn("Failed to restore SBOM from cache: \(error)")
        }
    }

    /// Copies `sbom/{cache,launch}/<buildpack>/<layer>/sbom.*` to `<buildpack>/<layer>.sbom.*`, for buildpacks that take
    /// part and have a directory, and removes `sbom`.
    ///
    /// - Parameters:
    ///   - buildpacks: The buildpacks that take part.
    ///   - isUnwanted: Tells for a buildpack's id and a layer's name whether nothing of the layer is to come back.
    /// - Throws: When a file can't be copied.
    func distribute(
        to buildpacks: [GroupElement],
        except isUnwanted: (BuildpackID, String) -> Bool
    ) throws(POSIXError) {
        for kind in ["cache", "launch"] {
            for buildpack in buildpacks {
                let target = Path.join(layersDir, buildpack.directoryName)
                guard FileSystem.exists(target) else { continue }
                let source = Path.join(sbomDir, kind, buildpack.directoryName)
                for layer in try directories(source) where !isUnwanted(buildpack.id, layer) {
                    try copyFiles(of: layer, from: Path.join(source, layer), to: target)
                }
            }
        }
        try FileSystem.removeTree(sbomDir)
    }

    private func copyFiles(of layer: String, from source: String, to target: String) throws(POSIXError) {
        for entry in try FileSystem.list(source) where entry.type == .regular && Self.isSBOM(entry.name) {
            let copy = Path.join(target, "\(layer).\(entry.name)")
            try FileSystem.copyFile(Path.join(source, entry.name), to: copy, mode: 0o666)
        }
    }

    private func directories(_ path: String) throws(POSIXError) -> [String] {
        guard FileSystem.isDirectory(path) else { return [] }
        return try FileSystem.list(path).filter { $0.type == .directory }.map(\.name)
    }

    private static func isSBOM(_ name: String) -> Bool {
        name.hasPrefix("sbom") && name.hasSuffix("json") && name.utf8.count > "sbomjson".utf8.count
    }
}
