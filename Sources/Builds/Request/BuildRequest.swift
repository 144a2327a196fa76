/// What a person asks for with `slipway build`: names and paths as they were given, nothing looked up yet.
///
/// Values from the command line, environment and configuration are already put together; those of project.toml are not.
public struct BuildRequest: Sendable {
    /// The app's directory.
    public var app = "."
    /// The names of the image, the first of which is the one that is spoken of; none for that of the app's directory.
    public var tags: [String] = []
    /// Where the image goes: `store`, `registry`, `oci:DIR`, …; none for the store.
    public var outputs: [String] = []
    /// The builder: an image in any place, a directory with a builder's root, or `host`; nil for the project's, or else
    /// the usual one.
    public var builder: String?
    /// The builder where neither this request nor the project names one, as people have it in their settings; nil for
    /// `host`.
    public var usualBuilder: String?
    /// What takes part in place of the builder's order, and before and after each of its groups.
    public var modules = ModuleWishes()
    /// Variables of the build by name, as the platform's user gives them; later ones win.
    public var variables: [NamedValue] = []
    /// The run image in place of the builder's.
    public var runImage: String?
    /// Where caches come from and are kept.
    public var cache = CacheWishes()
    /// The process that the image starts by default.
    public var process: String?
    /// The project descriptor; nil for project.toml in the app's directory, where there is one.
    public var descriptor: String?
    /// When images of registries are asked for again.
    public var pull = PullChoice.missing
    /// What the image is for, as `os/arch[/variant]`; nil for this machine.
    public var platform: String?
    /// Directories of this machine that detect and build see.
    public var volumes: [Volume] = []
    /// Service bindings, by type.
    public var bindings: [Binding] = []
    /// Files with certificates that registries' are verified by, and that buildpacks get as a binding.
    public var caCertificates: [String] = []
    /// What detect and build see of the network.
    public var network = NetworkChoice.host
    /// The image whose layers and metadata are reused; nil for the one with the first tag.
    public var previousImage: String?
    /// When the image says it was made: seconds since 1970, or `now`; nil for the lifecycle's fixed time.
    public var creationTime: String?
    /// Labels of the image's config, beside those of buildpacks.
    public var labels: [NamedValue] = []
    /// Annotations of the image's manifest.
    public var annotations: [NamedValue] = []
    /// The directory that gets the image's SBOM files.
    public var sbomDir: String?
    /// The file that gets the build's metadata as JSON.
    public var metadataFile: String?
    /// How the build's programs are kept apart from this machine.
    public var isolation = IsolationChoice.auto
    /// Whether the build's files stay after a failure.
    public var keepsOnFailure = false
    /// The execution environment; nil for `production`.
    public var executionEnvironment: String?
    /// The user that builds, in place of the builder's.
    public var uid: UInt32?
    /// The group that builds, in place of the builder's.
    public var gid: UInt32?
    /// Where the app is in the image.
    public var workspace = "/workspace"
    /// Prefixes of image names for which plain HTTP and untrusted certificates are good enough.
    public var insecureRegistries: [String] = []
    /// Registries to ask in place of others, `docker.io=mirror.example.com`.
    public var registryMirrors: [NamedValue] = []
    /// The directory with our lifecycle; nil to look for it beside this program.
    public var lifecycleDir: String?
    /// The registry index for buildpacks that are named by `ns/name`: a directory or an HTTP address.
    public var buildpackRegistry: String?

    /// Asks for the app in the working directory, built by what there is.
    public init() {}
}

extension BuildRequest {
    /// A name with a value.
    public struct NamedValue: Hashable, Sendable {
        /// The name.
        public var name: String
        /// The value.
        public var value: String

        /// Gives a name a value.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Buildpacks and extensions that somebody wishes for, by id, path, image or address.
    public struct ModuleWishes: Hashable, Sendable {
        /// Buildpacks in place of the builder's order and the project's.
        public var buildpacks: [String] = []
        /// Buildpacks before those of every group.
        public var pre: [String] = []
        /// Buildpacks after those of every group.
        public var post: [String] = []
        /// Image extensions in place of the builder's.
        public var extensions: [String] = []

        /// Wishes for nothing.
        public init() {}
    }

    /// Where caches come from and are kept.
    public struct CacheWishes: Hashable, Sendable {
        /// The directory that keeps the cache; nil for one of this image and builder below the cache home.
        public var directory: String?
        /// Names of images whose caches are read where this one is empty, the best first.
        public var from: [String] = []
        /// Whether the build begins with an empty cache.
        public var isCleared = false

        /// Wishes for the usual.
        public init() {}
    }

    /// When images of registries are asked for again.
    public enum PullChoice: String, Hashable, Sendable, CaseIterable {
        /// At each build.
        case always
        /// Where the local store does not have them.
        case missing
        /// Not at all: the network is not used.
        case never
    }

    /// What detect and build see of the network.
    public enum NetworkChoice: String, Hashable, Sendable, CaseIterable {
        /// That of this machine.
        case host
        /// Nothing but themselves.
        case none
    }

    /// How the build's programs are kept apart from this machine.
    public enum IsolationChoice: String, Hashable, Sendable, CaseIterable {
        /// The first of the others that works.
        case auto
        /// In namespaces of their own.
        case namespaces
        /// In a root of their own; for root users.
        case chroot
        /// Not at all: this machine's root is the builder's.
        case inPlace = "in-place"
    }

    /// A directory or file of this machine that detect and build see.
    public struct Volume: Hashable, Sendable {
        /// The path on this machine.
        public var source: String
        /// The path in the build.
        public var target: String
        /// Whether the build may write there.
        public var isWritable: Bool

        /// Describes a volume.
        public init(source: String, target: String, isWritable: Bool = false) {
            self.source = source
            self.target = target
            self.isWritable = isWritable
        }
    }

    /// A service binding: a directory whose files are its entries.
    public struct Binding: Hashable, Sendable {
        /// What `type` says in it.
        public var type: String
        /// The directory on this machine; where it has a file `type`, that counts.
        public var directory: String

        /// Describes a binding.
        public init(type: String, directory: String) {
            self.type = type
            self.directory = directory
        }
    }
}
