import POSIX
import TestSupport

/// The release binaries that these tests judge from outside.
enum ReleaseBinaries {
    /// The directory that `scripts/build` has filled; `scripts/test` sets the variable.
    static let directory: String? = {
        let named = ProcessEnvironment["SLIPWAY_BIN"] ?? "\(Repository.root)/out/bin"
        return FileSystem.isExecutable("\(named)/lifecycle") ? named : nil
    }()

    /// The directory with slipway; `scripts/test` sets the variable.
    static let tools = ProcessEnvironment["SLIPWAY_TOOLS"] ?? "\(Repository.root)/out/tools"

    /// Whether `slipway` is there.
    static let canBuildApps = directory != nil && FileSystem.isExecutable("\(tools)/slipway")

    /// What a skipped test of it says.
    static let appsComment = "needs release binaries (scripts/build out/bin)"

    /// Whether builds in a sandbox can be run here.
    static let canBuild = directory != nil && Conditions.commandExists("bwrap") && Conditions.commandExists("umoci")

    /// What a skipped test says.
    static let comment = "needs release binaries (scripts/build out/bin), bubblewrap and umoci"
}
