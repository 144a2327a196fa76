public import Archive

/// Where Dockerfiles are applied, and how.
public struct EngineSettings: Sendable {
    /// The directory that is the image's root; commands only run where it is `/`.
    public var root: String
    /// Absolute paths that are no part of the image, besides what is mounted and what the kernel shows.
    public var exclusions: [String]
    /// The directory with the layers of earlier builds; made where it is missing.
    public var cacheDir: String
    /// How long a layer in the cache is good for, in nanoseconds.
    public var cacheLifetime: Int64
    /// Variables that commands see but that are no part of the image, `NAME=value` each, such as proxies.
    public var transientEnvironment: [String]
    /// Whether entries of layers get the normalised time instead of that on disk.
    public var normalizesTimes: Bool
    /// How layers are compressed.
    public var compression: LayerCompression

    /// Makes settings for the container that this process is in.
    ///
    /// - Parameters:
    ///   - cacheDir: The directory with the layers of earlier builds.
    ///   - cacheLifetime: How long a layer in the cache is good for, in nanoseconds.
    ///   - exclusions: Absolute paths that are no part of the image.
    public init(cacheDir: String, cacheLifetime: Int64, exclusions: [String]) {
        root = "/"
        self.exclusions = exclusions
        self.cacheDir = cacheDir
        self.cacheLifetime = cacheLifetime
        transientEnvironment = []
        normalizesTimes = false
        compression = .standard
    }

    /// What the kernel and container engines put into every root.
    static let alwaysExcluded = ["/proc", "/sys", "/dev", "/var/run"]
}
