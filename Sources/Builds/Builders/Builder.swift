import BuildpackModel
import CNBCore
import Distribution
import OCI

/// What apps are built in, found and unpacked.
struct Builder: Sendable {
    /// What the build's programs see as their root.
    enum Root: Hashable, Sendable {
        /// The directories of this machine that programs need, read-only.
        case host
        /// A directory that other builds share, and that nothing may change.
        case directory(String)
    }

    /// What the builder is called.
    var name: String
    /// What tells one builder from another of the same name, for caches; the name itself for those that can change.
    var identity: String
    /// What programs see as their root.
    var root: Root
    /// What the builder says about itself.
    var metadata: BuilderMetadata
    /// The variables of the builder's config, `NAME=value`.
    var environment: [String]
    /// The builder's image; nil where it is none.
    var image: (any StoredImage)?
    /// Buildpacks that are not in the root, and have to be brought to it.
    var modules: [BroughtModule] = []
    /// What the builder is for.
    var platform: OCIPlatform
}

/// A buildpack or extension in a directory of this machine.
struct BroughtModule: Hashable, Sendable {
    /// Buildpack or extension.
    var kind: ModuleKind
    /// Its id and version.
    var element: GroupElement
    /// The directory that holds it.
    var directory: String

    /// Where builds see it.
    var target: String {
        let parent = kind == .buildpack ? "/cnb/buildpacks" : "/cnb/extensions"
        return "\(parent)/\(element.id.directoryName)/\(element.version)"
    }
}
