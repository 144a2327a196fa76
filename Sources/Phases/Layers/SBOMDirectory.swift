import Console
import POSIX

/// A directory of SBOM files below `<layers>/sbom`.
enum SBOMDirectory: String {
    /// Of what is in the app image.
    case launch
    /// Of what is kept in the cache.
    case cache
    /// Of what took part in the build only.
    case build

    /// What messages call the layer made of the directory.
    var layerID: String { "buildpacksio/lifecycle:\(rawValue).sbom" }

    /// The directory's path, whether it exists or not.
    func path(below layersDir: String) -> String { Path.join(layersDir, "sbom", rawValue) }

    /// The directory's path, `nil` when it does not exist.
    func existingPath(below layersDir: String) throws(ExportError) -> String? {
        let path = path(below: layersDir)
        do {
            _ = try FileSystem.list(path)
        } catch {
            guard error.errno == .noSuchFile else { throw ExportError("failed to read layers config sbom", error) }
            return nil
        }
        return path
    }

    /// Says at debug level that the directory is there.
    func logFound(below layersDir: String, _ logger: Logger) {
        logger.debug("Found SBOM of type \(rawValue) for at \(path(below: layersDir))")
    }
}
