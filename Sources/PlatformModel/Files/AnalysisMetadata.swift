/// analyzed.toml: what the analyzer found out about the previous image and the run image, for the phases after it.
///
/// See the [platform specification](https://github.com/buildpacks/spec/blob/main/platform.md#analyzedtoml-toml).
public struct AnalysisMetadata: Sendable, Equatable {
    /// The previous image's digest reference: empty when there was none, `nil` when the file has no `[image]`.
    public var previousImage: String?

    /// The build image's digest reference, which extending it needs.
    public var buildImage: String?

    /// Whether the extender has to apply Dockerfiles to the build image.
    public var extendsBuildImage: Bool

    /// What the previous image's label says about its layers.
    public var layers: LifecycleMetadataLabel

    /// The run image.
    public var runImage: AnalyzedRunImage?

    /// Makes the metadata of a build about which nothing is known yet.
    public init(
        previousImage: String? = nil,
        buildImage: String? = nil,
        extendsBuildImage: Bool = false,
        layers: LifecycleMetadataLabel = LifecycleMetadataLabel(),
        runImage: AnalyzedRunImage? = nil
    ) {
        self.previousImage = previousImage
        self.buildImage = buildImage
        self.extendsBuildImage = extendsBuildImage
        self.layers = layers
        self.runImage = runImage
    }
}

/// The run image in analyzed.toml.
public struct AnalyzedRunImage: Sendable, Equatable {
    /// The digest reference; empty when the image was not found.
    public var reference: String

    /// The name by which the platform or an extension chose it.
    public var image: String

    /// Whether the extender has to apply Dockerfiles to it.
    public var extend: Bool

    /// What the image is built for, where the Platform API has target data.
    public var target: RunImageTarget?

    public init(reference: String = "", image: String = "", extend: Bool = false, target: RunImageTarget? = nil) {
        self.reference = reference
        self.image = image
        self.extend = extend
        self.target = target
    }
}

/// Operating system, architecture and distribution of a run image.
public struct RunImageTarget: Sendable, Equatable {
    /// The distribution of a run image.
    public struct Distribution: Sendable, Equatable {
        /// For example `ubuntu`.
        public var name: String
        /// For example `24.04`.
        public var version: String

        public init(name: String, version: String) {
            self.name = name
            self.version = version
        }
    }

    /// The label `io.buildpacks.base.id`, where present.
    public var id: String
    /// For example `linux`.
    public var os: String
    /// For example `amd64`.
    public var arch: String
    /// For example `v8`; empty when the image doesn't say.
    public var variant: String
    /// The distribution, where the image's labels name one.
    public var distribution: Distribution?

    public init(
        id: String = "",
        os: String = "",
        arch: String = "",
        variant: String = "",
        distribution: Distribution? = nil
    ) {
        self.id = id
        self.os = os
        self.arch = arch
        self.variant = variant
        self.distribution = distribution
    }
}
