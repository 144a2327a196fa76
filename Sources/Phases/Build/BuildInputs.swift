public import CNBCore

/// What the build phase is told.
///
/// All paths are absolute.
public struct BuildInputs: Sendable {
    /// The Platform API.
    public var platformAPI: PlatformAPI
    /// The directory with the app's source code, in which executables are run.
    public var appDir: String
    /// The directory below which each buildpack has one for its layers.
    public var layersDir: String
    /// The directory with buildpacks, `<id>/<version>` each.
    public var buildpacksDir: String
    /// The directory with the user's variables below `env/`.
    public var platformDir: String
    /// The directory with the operator's variables below `env/`; empty when there is none.
    public var buildConfigDir: String
    /// group.toml, read.
    public var groupPath: String
    /// plan.toml, read.
    public var planPath: String
    /// analyzed.toml, read if it is there.
    public var analyzedPath: String
    /// The execution environment.
    public var execEnv: ExecEnv
    /// The lifecycle's own environment, `NAME=value` each, of which buildpacks see a small part.
    public var environment: [String]
    /// What to do about deprecated Buildpack APIs.
    public var deprecationMode: DeprecationMode

    /// Makes inputs with the default paths of the platform interface.
    ///
    /// - Parameters:
    ///   - platformAPI: The Platform API.
    ///   - environment: The lifecycle's own environment, `NAME=value` each.
    public init(platformAPI: PlatformAPI, environment: [String] = []) {
        self.platformAPI = platformAPI
        self.environment = environment
        appDir = DefaultPath.appDir
        layersDir = DefaultPath.layersDir
        buildpacksDir = DefaultPath.buildpacksDir
        platformDir = DefaultPath.platformDir
        buildConfigDir = DefaultPath.buildConfigDir
        groupPath = "\(DefaultPath.layersDir)/group.toml"
        planPath = "\(DefaultPath.layersDir)/plan.toml"
        analyzedPath = "\(DefaultPath.layersDir)/analyzed.toml"
        execEnv = .production
        deprecationMode = .warn
    }
}
