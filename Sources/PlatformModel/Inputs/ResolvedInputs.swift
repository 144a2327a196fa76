/// The inputs of a phase, checked and completed: what commands and phases work with.
///
/// Paths below the layers directory are known, directories are absolute, and names of images are those to use, whichever
/// way the platform gave them. ``PlatformInputs/resolved(for:_:)`` makes them.
@dynamicMemberLookup
public struct ResolvedInputs: Sendable, Equatable {
    private var completed: PlatformInputs

    /// The run image by the name to use it by: of a build the one that the platform names, or the best of those that
    /// run.toml names; of the exporter the one that analyzed.toml says; else what the platform names, `nil` for none.
    public var runImage: String?

    /// The image of the previous build, of the rebaser the one to rebase; `nil` where that is the app image.
    public var previousImage: String?

    /// Takes inputs that nobody has to complete.
    ///
    /// - Parameters:
    ///   - completed: The inputs, without placeholders in paths.
    ///   - runImage: The run image; `nil` for none.
    ///   - previousImage: The image of the previous build; `nil` for none.
    public init(completed: PlatformInputs, runImage: String? = nil, previousImage: String? = nil) {
        self.completed = completed
        self.runImage = runImage
        self.previousImage = previousImage
    }

    /// An input that is as the platform gave it, or follows from others.
    public subscript<Value>(dynamicMember path: WritableKeyPath<PlatformInputs, Value>) -> Value {
        get { completed[keyPath: path] }
        set { completed[keyPath: path] = newValue }
    }

    /// What is told by several inputs together.
    public subscript<Value>(dynamicMember path: KeyPath<PlatformInputs, Value>) -> Value { completed[keyPath: path] }

    /// Every image that the inputs name, without repetitions.
    var images: [String] {
        let others = [previousImage ?? "", completed.buildImage, runImage ?? "", completed.cacheImage]
        return PlatformInputs.unique(completed.destinationImages + others)
    }

    /// The images for which registry credentials may be needed; with a daemon those are cache images only.
    public var registryImages: [String] {
        let cacheImages = [completed.cacheImage] + completed.cacheFrom.filter { !$0.hasPrefix("/") }
        return PlatformInputs.unique(completed.useDaemon ? cacheImages : cacheImages + images)
    }
}

/// The inputs of the exporter, and what analyzed.toml told in addition.
public struct ResolvedExportInputs: Sendable {
    /// The inputs.
    public let inputs: ResolvedInputs
    /// What the phases before have found out.
    public let analysis: AnalysisMetadata
}
