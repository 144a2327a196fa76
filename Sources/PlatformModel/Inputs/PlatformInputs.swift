import POSIX

/// The phases of the lifecycle, as the platform starts them.
public enum LifecyclePhase: String, Sendable, Hashable, CaseIterable {
    case analyze, detect, restore, extend, build, export, create, rebase

    /// The name of the phase's program, such as `analyzer`.
    public var programName: String {
        switch self {
        case .analyze: "analyzer"
        case .detect: "detector"
        case .restore: "restorer"
        case .extend: "extender"
        case .build: "builder"
        case .export: "exporter"
        case .create: "creator"
        case .rebase: "rebaser"
        }
    }

    /// Finds the phase whose program has the given name.
    public init?(programName: String) {
        guard let phase = Self.allCases.first(where: { $0.programName == programName }) else { return nil }
        self = phase
    }
}

/// Everything that a platform can tell the lifecycle, over all phases and Platform APIs.
///
/// Each property has a row in ``PlatformInput/all``, which says by which flag and environment variable it is set. Values
/// are as they were given: paths may begin with ``PlatformInput/layersPlaceholder``, and images may have two names or
/// none. ``ResolvedInputs`` are what phases take.
public struct PlatformInputs: Sendable, Equatable {
    // Operator experience
    /// How much to log: `debug`, `info`, `warn` or `error`.
    public var logLevel = "info"
    /// Whether to leave out colours.
    public var noColor = false

    // Where images live
    /// Whether images live in a Docker daemon.
    public var useDaemon = false
    /// Whether images live in OCI layouts below ``layoutDir``.
    public var useLayout = false
    /// The directory with OCI layouts.
    public var layoutDir = ""
    /// Registries that may be spoken to without TLS.
    public var insecureRegistries: [String] = []

    // From the build image
    /// The user that owns volumes and files in layers.
    public var uid = 0
    /// The group that owns volumes and files in layers.
    public var gid = 0

    // From the builder
    /// The directory with the operator's variables for buildpacks.
    public var buildConfigDir = ""
    /// The directory with buildpacks, `<id>/<version>` each.
    public var buildpacksDir = ""
    /// The directory with image extensions, `<id>/<version>` each.
    public var extensionsDir = ""
    /// order.toml.
    public var orderPath = ""
    /// system.toml.
    public var systemPath = ""
    /// run.toml.
    public var runPath = ""
    /// stack.toml.
    public var stackPath = ""

    // At build time
    /// The directory with the app's source code.
    public var appDir = ""
    /// The directory in which buildpacks make layers.
    public var layersDir = ""
    /// The directory with the platform's variables for buildpacks.
    public var platformDir = ""
    /// The execution environment, such as `production` or `test`.
    public var execEnv = ""
    /// Which image to extend: `build` or `run`.
    public var extendKind = ""
    /// How long kaniko's cache is good for, in nanoseconds.
    public var kanikoCacheTTL: Int64 = 0
    /// The directory in which images to extend are kept.
    public var kanikoDir = "/kaniko"
    /// The directory with a layout for each image to extend, in which layers may be missing.
    public var imagesToExtendDir: String { Path.join(kanikoDir, "cache", "base") }

    // Files that phases hand on to each other
    /// analyzed.toml.
    public var analyzedPath = ""
    /// group.toml.
    public var groupPath = ""
    /// plan.toml.
    public var planPath = ""
    /// The directory for the Dockerfiles that extensions generate.
    public var generatedDir = ""
    /// The directory for the layers made of those Dockerfiles.
    public var extendedDir = ""
    /// report.toml.
    public var reportPath = ""
    /// project-metadata.toml.
    public var projectMetadataPath = ""

    // Caches
    /// The cache directory; empty when there is none.
    public var cacheDir = ""
    /// The cache image; empty when there is none.
    public var cacheImage = ""
    /// Further caches to restore from, in order: directories as absolute paths, or images.
    public var cacheFrom: [String] = []
    /// What becomes of modification times in layers for the cache only: `keep`, or nothing special.
    public var cacheModificationTimes = ""
    /// How layers in the cache directory are compressed; empty when not at all.
    public var cacheCompression = ""
    /// The cache directory for launch layers of images in a daemon; empty when there is none.
    public var launchCacheDir = ""
    /// Whether to ignore what earlier builds left.
    public var skipLayers = false
    /// Whether image and cache are written at the same time.
    public var parallelExport = false

    // Images
    /// The name of the app image, from the first argument.
    public var outputImage = ""
    /// More names of the app image.
    public var additionalTags: [String] = []
    /// The image of the previous build; empty when not given.
    public var previousImage = ""
    /// The run image by the name that the user gave; empty when not given.
    public var runImage = ""
    /// The run image by its old flag.
    public var deprecatedRunImage = ""
    /// The build image, for extending it.
    public var buildImage = ""

    // The app image
    /// The process that the app image starts by default; empty when not given.
    public var processType = ""
    /// The launcher to put into the app image.
    public var launcherPath = ""
    /// The directory with SBOM files of lifecycle and launcher.
    public var launcherSBOMDir = ""
    /// Whether to rebase even where it isn't safe.
    public var forceRebase = false

    /// Makes inputs in which everything is empty; ``PlatformInput`` knows the real defaults.
    public init() {}

    /// Whether modification times survive in layers that are for the cache only.
    public var keepsCacheTimes: Bool { cacheModificationTimes == "keep" }

    /// The names under which the app image is stored, without repetitions.
    public var destinationImages: [String] {
        Self.unique([outputImage] + additionalTags)
    }

    /// Removes repetitions and empty strings, keeping the order.
    static func unique(_ references: [String]) -> [String] {
        var seen: Set<String> = [""]
        return references.filter { seen.insert($0).inserted }
    }
}
