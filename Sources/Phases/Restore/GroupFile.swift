public import BuildpackModel
public import CNBCore
public import Console

/// group.toml, as the phases after detection take it.
public enum GroupFile {
    /// Reads the file, and checks that the lifecycle knows the Buildpack APIs of its buildpacks.
    ///
    /// - Parameters:
    ///   - path: Where the file is.
    ///   - deprecationMode: What to do about deprecated APIs.
    ///   - logger: Told about deprecated APIs.
    /// - Returns: The group.
    /// - Throws: A ``PhaseError`` of kind `failed` when the file can't be read, of kind `incompatibleBuildpackAPI` when
    ///   an API is not supported.
    public static func read(
        _ path: String,
        deprecationMode: DeprecationMode,
        logger: Logger
    ) throws(PhaseError) -> Group {
        let group: Group = try wrapping(.failed, failedTo: "read group file") { try TOMLFile.read(path) }
        for buildpack in group.buildpacks {
            try deprecationMode.verifyAPI(buildpack.api, of: buildpack, logger: logger)
        }
        return group
    }
}
