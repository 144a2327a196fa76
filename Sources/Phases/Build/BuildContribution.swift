import BuildpackModel

/// What one buildpack has contributed to the build.
struct BuildContribution {
    /// The names of plan entries that it has provided.
    var metNames: [String]
    /// What it says about the app image.
    var launch: LaunchTOML
    /// Its bill of materials for the app image, by the old format.
    var launchBOM: [BOMEntry]
    /// Its bill of materials for the build environment, by the old format.
    var buildBOM: [BOMEntry]
    /// The SBOM files that it has written.
    var sbomFiles: [SBOMFile]
}

/// An SBOM file that a buildpack has written for one of its layers, or for the app image or the build as a whole.
struct SBOMFile {
    /// Which of the platform's SBOM directories a file goes to.
    enum Destination: String {
        case launch, build, cache
    }

    /// The buildpack.
    var buildpackID: String
    /// The layer; empty when the file isn't about a layer.
    var layer: String
    /// The format.
    var format: SBOMFormat
    /// Where the file goes.
    var destination: Destination
    /// Where it is.
    var path: String
}
