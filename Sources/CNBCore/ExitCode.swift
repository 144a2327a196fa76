/// The exit codes of all phases; they are the same in all supported Platform APIs.
///
/// The tens say which phase it was: 20 detect, 30 analyze, 40 restore, 50 build, 60 export, 70 rebase, 80 launch,
/// 90 generate, 100 extend.
public enum ExitCode: Int32, Hashable, CaseIterable, Sendable {
    /// All is well.
    case success = 0
    /// A failure without a code of its own, such as an input file that is missing or malformed.
    case failed = 1
    /// A flag that is unknown or has a bad value.
    case usage = 2
    /// Wrong arguments, or inputs that do not go together.
    case invalidArguments = 3
    /// `CNB_PLATFORM_API` is missing, malformed or not supported.
    case incompatiblePlatformAPI = 11
    /// The API of a buildpack or image extension is malformed or not supported.
    case incompatibleBuildpackAPI = 12
    /// No group of buildpacks passed detection.
    case failedDetect = 20
    /// No group passed, and at least one buildpack was in error.
    case failedDetectWithErrors = 21
    /// Another failure of detect.
    case detectError = 22
    /// A failure of analyze.
    case analyzeError = 32
    /// A failure of restore.
    case restoreError = 42
    /// A buildpack's `bin/build` failed.
    case failedBuildWithErrors = 51
    /// Another failure of build.
    case buildError = 52
    /// A failure of export.
    case exportError = 62
    /// A failure of rebase.
    case rebaseError = 72
    /// A failure of the launcher before it has become the process.
    case launchError = 82
    /// An image extension's `bin/generate` failed.
    case failedGenerateWithErrors = 91
    /// Another failure of generate, such as a Dockerfile that is not allowed.
    case generateError = 92
    /// A failure of extend.
    case extendError = 102
}
