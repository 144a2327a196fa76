public import CNBCore

/// What a cache says about its layers: the file `io.buildpacks.lifecycle.cache.metadata` of a cache directory and the
/// label of the same name of a cache image.
public struct CacheMetadata: Sendable, Equatable {
    /// The name of the file and the label.
    public static let name = "io.buildpacks.lifecycle.cache.metadata"

    /// The diffID of the layer with the SBOM files of cached layers; empty when there is none.
    public var sbom: RecordedDiffID
    /// The cached layers of each buildpack.
    public var buildpacks: [BuildpackLayers]

    public init(sbom: RecordedDiffID = .none, buildpacks: [BuildpackLayers] = []) {
        self.sbom = sbom
        self.buildpacks = buildpacks
    }

    /// What the cache has of a buildpack; `nil` when it doesn't know it.
    public func buildpack(_ id: String) -> BuildpackLayers? {
        buildpacks.first { $0.id == id }
    }

    /// What is known of a buildpack; `nil` for nothing.
    public func buildpack(_ id: BuildpackID) -> BuildpackLayers? { buildpack(id.text) }
}
