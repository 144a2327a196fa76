public import CNBCore
public import Dockerfile
import POSIX
public import PlatformModel

/// What the extend phase needs to know.
public struct ExtendInputs: Sendable {
    /// The Platform API.
    public var platformAPI: PlatformAPI
    /// The platform's inputs, resolved for this phase.
    public var platform: ResolvedInputs
    /// Which image is extended: the one that this process runs in.
    public var kind: DockerfileKind
    /// The lifecycle's own environment, `NAME=value` each, of which commands see proxies.
    public var environment: [String]
    /// Whether entries of layers get the normalised time instead of that on disk.
    public var normalizesTimes: Bool

    public init(
        platformAPI: PlatformAPI,
        platform: ResolvedInputs,
        kind: DockerfileKind,
        environment: [String] = [],
        normalizesTimes: Bool = false
    ) {
        self.platformAPI = platformAPI
        self.platform = platform
        self.kind = kind
        self.environment = environment
        self.normalizesTimes = normalizesTimes
    }

    /// What commands see of the lifecycle's environment.
    var proxies: [String] {
        let names = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"]
        return environment.filter { entry in
            let name = entry.prefix { $0 != "=" }
            return names.contains(name.uppercased())
        }
    }

    /// Volumes and directories of the platform, which are no part of an image.
    var exclusions: [String] {
        [
            platform.appDir, platform.layersDir, platform.platformDir, platform.kanikoDir, platform.generatedDir,
            platform.extendedDir, Path.directory(DefaultPath.lifecycleDir),
        ].filter { !$0.isEmpty }
    }
}
