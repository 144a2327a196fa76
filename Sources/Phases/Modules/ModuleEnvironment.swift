import BuildpackModel
import CNBCore
import LaunchModel
import LaunchPOSIX

/// The environment of `bin/detect`, `bin/generate` and `bin/build`.
///
/// From weakest to strongest: what the lifecycle passes on of its own environment, build layers of earlier buildpacks,
/// the user's variables, the operator's variables, and the variables of the buildpack interface.
struct ModuleEnvironment: Sendable {
    /// What is passed on, changed by the build layers of the buildpacks so far.
    private(set) var base: LaunchEnvironment
    /// The directory with the user's variables below `env/`.
    let platformDir: String
    /// The directory with the operator's variables below `env/`; empty when there is none.
    let buildConfigDir: String
    /// The target of the build.
    let target: Target
    /// The execution environment.
    let execEnv: ExecEnv

    /// Starts from the lifecycle's own environment.
    ///
    /// - Parameters:
    ///   - environment: The lifecycle's environment, `NAME=value` each.
    ///   - platformDir: The platform directory.
    ///   - buildConfigDir: The operator's directory, or an empty string.
    ///   - target: The target of the build.
    ///   - execEnv: The execution environment.
    init(
        inheriting environment: [String],
        platformDir: String,
        buildConfigDir: String,
        target: Target,
        execEnv: ExecEnv
    ) {
        base = .build(inheriting: LaunchEnvironment(strings: environment))
        self.platformDir = platformDir
        self.buildConfigDir = buildConfigDir
        self.target = target
        self.execEnv = execEnv
    }

    /// Makes a build layer visible to later buildpacks.
    mutating func add(buildLayer layerDir: String) throws(LaunchModelError) {
        try base.applyBuildLayer(RawPath(layerDir))
    }

    /// The environment of one executable.
    ///
    /// - Parameters:
    ///   - module: The buildpack or extension that is run.
    ///   - api: Its Buildpack API.
    ///   - executable: Which of its executables is run.
    ///   - paths: The variables with paths, which old APIs don't have.
    /// - Returns: The variables, `NAME=value` each.
    /// - Throws: When a file of the platform or the operator can't be read.
    func variables(
        for module: ModuleDescriptor,
        api: BuildpackAPI,
        executable: ModuleExecutable,
        paths: KeyValuePairs<String, String>
    ) throws(LaunchModelError) -> [String] {
        var environment = base
        if !module.clearEnv {
            try environment.applyPlatformFiles(in: RawPath(platformDir).appending("env"))
        }
        if !buildConfigDir.isEmpty {
            try environment.applyBuildConfigFiles(in: RawPath(buildConfigDir).appending("env"))
        }
        environment[module.kind.rootDirVariable] = module.rootDir
        if executable == .generate || api.supports(.pathVariables) {
            environment[EnvironmentName.platformDir] = platformDir
            for (name, path) in paths { environment[name] = path }
        }
        if api.supports(.targetVariables) {
            for (name, value) in target.environment { environment[name] = value }
        }
        if executable != .generate, api.supports(.executionEnvironments) {
            environment[EnvironmentName.execEnv] = execEnv.name
        }
        return environment.strings
    }
}

extension ModuleKind {
    /// The variable with the module's own directory.
    fileprivate var rootDirVariable: String {
        switch self {
        case .buildpack: EnvironmentName.buildpackDir
        case .imageExtension: EnvironmentName.extensionDir
        }
    }
}
