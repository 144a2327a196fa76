/// Names of the environment variables between platform, lifecycle, buildpacks and app.
public enum EnvironmentName {
    // MARK: Platform to lifecycle and launcher

    /// The Platform API version; required.
    public static let platformAPI = "CNB_PLATFORM_API"
    /// What to do about deprecated APIs: see ``DeprecationMode``.
    public static let deprecationMode = "CNB_DEPRECATION_MODE"
    /// What to do about experimental features: see ``ExperimentalMode``.
    public static let experimentalMode = "CNB_EXPERIMENTAL_MODE"
    /// Whether messages are without colour.
    public static let noColor = "CNB_NO_COLOR"
    /// The log level.
    public static let logLevel = "CNB_LOG_LEVEL"
    /// The directory of the app.
    public static let appDir = "CNB_APP_DIR"
    /// The directory of layers; for `bin/build` the one of its buildpack.
    public static let layersDir = "CNB_LAYERS_DIR"
    /// The directory of the platform's files.
    public static let platformDir = "CNB_PLATFORM_DIR"
    /// The process type that the exported image starts by default.
    public static let processType = "CNB_PROCESS_TYPE"
    /// The execution environment.
    public static let execEnv = "CNB_EXEC_ENV"
    /// The user of the build.
    public static let userID = "CNB_USER_ID"
    /// The group of the build.
    public static let groupID = "CNB_GROUP_ID"
    /// The run image.
    public static let runImage = "CNB_RUN_IMAGE"
    /// Credentials for registries, as JSON.
    public static let registryAuth = "CNB_REGISTRY_AUTH"
    /// The form of the log.
    public static let logFormat = "CNB_LOG_FORMAT"
    /// How new layers of the app image are compressed.
    public static let layerCompression = "CNB_LAYER_COMPRESSION"
    /// Whether image extensions may extend the build image that the creator runs in.
    public static let extendInCreator = "CNB_EXTEND_IN_CREATOR"
    /// Which times entries of layers have that image extensions make.
    public static let extendTimes = "CNB_EXTEND_TIMES"
    /// The stack's id, deprecated.
    public static let stackID = "CNB_STACK_ID"
    /// Seconds since 1970 for the creation time of images.
    public static let sourceDateEpoch = "SOURCE_DATE_EPOCH"

    // MARK: Lifecycle to buildpacks

    /// The root of the running buildpack.
    public static let buildpackDir = "CNB_BUILDPACK_DIR"
    /// The root of the running image extension.
    public static let extensionDir = "CNB_EXTENSION_DIR"
    /// Where `bin/detect` writes its Build Plan.
    public static let buildPlanPath = "CNB_BUILD_PLAN_PATH"
    /// Where `bin/build` finds its Buildpack Plan.
    public static let buildpackPlanPath = "CNB_BP_PLAN_PATH"
    /// Where `bin/generate` puts its output.
    public static let outputDir = "CNB_OUTPUT_DIR"
    /// The operating system of the run image.
    public static let targetOS = "CNB_TARGET_OS"
    /// The architecture of the run image.
    public static let targetArch = "CNB_TARGET_ARCH"
    /// The variant of the architecture, where known.
    public static let targetArchVariant = "CNB_TARGET_ARCH_VARIANT"
    /// The distribution's name, where known.
    public static let targetDistroName = "CNB_TARGET_DISTRO_NAME"
    /// The distribution's version, where known.
    public static let targetDistroVersion = "CNB_TARGET_DISTRO_VERSION"

    // MARK: Launcher

    /// Whether the launcher stays as the first process: see `docs/inputs.md`.
    public static let launcherInit = "CNB_LAUNCHER_INIT"

    /// Variables of the lifecycle's environment that pass to `bin/detect`, `bin/generate` and `bin/build`, besides
    /// the path variables.
    public static let inheritedByBuildpacks = [
        stackID, "HOSTNAME", "HOME", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy",
    ]

    /// Variables of the launcher's environment that the process doesn't see.
    public static let hiddenFromProcesses = [
        layersDir, appDir, processType, platformAPI, deprecationMode, launcherInit,
    ]
}

/// Paths that hold where no flag or variable says otherwise.
public enum DefaultPath {
    /// The directory of the app.
    public static let appDir = "/workspace"
    /// The directory of layers.
    public static let layersDir = "/layers"
    /// The directory of the platform's files.
    public static let platformDir = "/platform"
    /// The directory of buildpacks in a builder.
    public static let buildpacksDir = "/cnb/buildpacks"
    /// The directory of image extensions in a builder.
    public static let extensionsDir = "/cnb/extensions"
    /// The operator's directory.
    public static let buildConfigDir = "/cnb/build-config"
    /// The order, where `<layers>/order.toml` doesn't exist.
    public static let orderPath = "/cnb/order.toml"
    /// The system buildpacks.
    public static let systemPath = "/cnb/system.toml"
    /// The run images.
    public static let runPath = "/cnb/run.toml"
    /// The stack, deprecated.
    public static let stackPath = "/cnb/stack.toml"
    /// The directory of the lifecycle's programs, in builders and in app images.
    public static let lifecycleDir = "/cnb/lifecycle"
    /// The launcher.
    public static let launcherPath = "/cnb/lifecycle/launcher"
    /// The directory of the symlinks for process types.
    public static let processDir = "/cnb/process"

    /// metadata.toml, relative to the layers directory.
    public static let metadata = "config/metadata.toml"
}
