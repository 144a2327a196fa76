import BuildpackModel
import CNBCore
import POSIX
import PlatformModel

/// `<layers>/sbom`, where the platform finds the SBOM files of all buildpacks.
///
/// `<launch|build|cache>/<buildpack>/<layer>/sbom.<format>.json`, without the layer for files that aren't about one.
struct SBOMOutput {
    private let path: String

    init(layersDir: String) {
        path = Path.join(layersDir, "sbom")
    }

    /// Removes what an earlier build has left.
    func remove() throws(PhaseError) {
        try wrapping(.build, failedTo: "build: cleaning layers SBOM directory") { try FileSystem.removeTree(path) }
    }

    /// Copies a buildpack's file to its place.
    func add(_ file: SBOMFile) throws(PhaseError) {
        let buildpack = BuildpackID.directoryName(for: file.buildpackID)
        let directory = Path.join(path, file.destination.rawValue, buildpack, file.layer)
        try wrapping(.build, failedTo: "build") {
            try FileSystem.makeDirectories(directory, mode: 0o777)
            try PlainCopy.copy(file.path, to: Path.join(directory, file.format.fileName))
        }
    }

    /// Writes the bill of materials of old buildpacks, also when there is none.
    func writeLegacyBOM(_ entries: [BOMEntry], for destination: SBOMFile.Destination) throws(PhaseError) {
        let action = "build: encoding \(destination.rawValue) bom"
        let text = try wrapping(.build, failedTo: action) { try LegacyBOM.text(entries) }
        let directory = Path.join(path, destination.rawValue)
        try wrapping(.build, failedTo: action) {
            try FileSystem.makeDirectories(directory, mode: 0o777)
            try FileSystem.writeFile(Path.join(directory, LegacyBOM.fileName), text, mode: 0o666)
        }
    }
}
