import CNBCore
import Distribution
import OCI
import POSIX

/// An index of buildpacks: a directory (such as a git checkout), or the same files behind HTTP.
struct BuildpackRegistry {
    private let place: String
    private let downloads: Downloads
    private let warn: @Sendable (String) -> Void

    init(place: String, downloads: Downloads, warn: @escaping @Sendable (String) -> Void) {
        (self.place, self.downloads, self.warn) = (place, downloads, warn)
    }

    /// The image that holds a buildpack.
    ///
    /// - Parameters:
    ///   - id: The buildpack's name in the registry.
    ///   - version: The version; nil for the highest that was not withdrawn.
    /// - Returns: The image's reference, with a digest.
    /// - Throws: `BuildError` when the index has no such buildpack or version, or can't be read.
    func image(of id: RegistryID, version: String?) throws(BuildError) -> ImageReference {
        let bytes = try indexFile(id)
        do throws(DistributionError) {
            let entry = try RegistryIndexFile(parsing: bytes, id: id, file: id.indexPath).resolve(version)
            if entry.isYanked { warn("buildpack '\(id)@\(entry.version)' was withdrawn from the registry") }
            return try entry.image()
        } catch {
            throw BuildError(.failed, "\(error)")
        }
    }

    private func indexFile(_ id: RegistryID) throws(BuildError) -> [UInt8] {
        var path = Path.join(place, id.indexPath)
        if place.hasPrefix("http://") || place.hasPrefix("https://") {
            let base = place.hasSuffix("/") ? String(place.dropLast()) : place
            path = try downloads.file("\(base)/\(id.indexPath)", limit: FileLimit.registryIndexFile, isFresh: true)
        }
        do throws(POSIXError) {
            return try FileSystem.readFile(path, limit: FileLimit.registryIndexFile)
        } catch {
            throw BuildError(
                .failed,
                error.errno == .noSuchFile
                    ? "the buildpack registry \(place) has no buildpack '\(id)'" : "buildpack registry: \(error)"
            )
        }
    }
}
