public import OCI
import PlatformModel

/// The image stores that phases work with.
public struct PhaseStores: Sendable {
    /// Where app, previous and run images are.
    public var images: any ImageStore
    /// Where cache and build images are, which is always a registry.
    public var registry: any ImageStore
    /// What kind of store ``images`` is.
    public var kind: Kind

    /// The kinds of stores for images.
    public enum Kind: Sendable, Hashable {
        /// A registry.
        case registry
        /// A directory of OCI layouts.
        case layout
        /// A Docker daemon.
        case daemon

        /// The kind that the platform asks for.
        init(_ inputs: ResolvedInputs) {
            self = inputs.useLayout ? .layout : inputs.useDaemon ? .daemon : .registry
        }
    }

    public init(images: any ImageStore, registry: any ImageStore, kind: Kind) {
        self.images = images
        self.registry = registry
        self.kind = kind
    }
}
