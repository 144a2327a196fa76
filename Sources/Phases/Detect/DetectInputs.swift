public import CNBCore

/// What the detect and generate phases are told.
///
/// All paths are absolute.
public struct DetectInputs: Sendable {
    /// The Platform API.
    public var platformAPI: PlatformAPI
    /// The directory with the app's source code, in which executables are run.
    public var appDir: String
    /// The directory with buildpacks, `<id>/<version>` each.
    public var buildpacksDir: String
    /// The directory with image extensions, `<id>/<version>` each.
    public var extensionsDir: String
    /// The directory with the user's variables below `env/`.
    public var platformDir: String
    /// The directory with the operator's variables below `env/`; empty when there is none.
    public var buildConfigDir: String
    /// order.toml, read.
    public var orderPath: String
    /// system.toml, read from Platform API 0.15 if it is there.
    public var systemPath: String
    /// run.toml, read if extensions take part.
    public var runPath: String
    /// analyzed.toml, read if it is there, and written if extensions take part.
    public var analyzedPath: String
    /// group.toml, written.
    public var groupPath: String
    /// plan.toml, written.
    public var planPath: String
    /// The directory for what extensions generate.
    public var generatedDir: String
    /// The execution environment.
    public var execEnv: ExecEnv
    /// The lifecycle's own environment, `NAME=value` each, of which buildpacks see a small part.
    public var environment: [String]
    /// What to do about deprecated Buildpack APIs.
    public var deprecationMode: DeprecationMode
    /// What to do about extensions where the Platform API has them as an experiment.
    public var experimentalMode: ExperimentalMode

    /// Makes inputs with the default paths of the platform interface.
    ///
    /// - Parameters:
    ///   - platformAPI: The Platform API.
    ///   - environment: The lifecycle's own environment, `NAME=value` each.
    public init(platformAPI: PlatformAPI, environment: [String] = []) {
        self.platformAPI = platformAPI
        self.environment = environment
        appDir = DefaultPath.appDir
        buildpacksDir = DefaultPath.buildpacksDir
        extensionsDir = DefaultPath.extensionsDir
        platformDir = DefaultPath.platformDir
        buildConfigDir = DefaultPath.buildConfigDir
        orderPath = DefaultPath.orderPath
        systemPath = DefaultPath.systemPath
        runPath = DefaultPath.runPath
        analyzedPath = "\(DefaultPath.layersDir)/analyzed.toml"
        groupPath = "\(DefaultPath.layersDir)/group.toml"
        planPath = "\(DefaultPath.layersDir)/plan.toml"
        generatedDir = "\(DefaultPath.layersDir)/generated"
        execEnv = .production
        deprecationMode = .warn
        experimentalMode = .error
    }
}
