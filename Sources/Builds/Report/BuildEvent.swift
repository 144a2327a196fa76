/// What happens in a build, in order, for whoever shows it.
public enum BuildEvent: Sendable {
    /// A step begins, such as the builder's arrival or a phase.
    case stepStarted(BuildStep)
    /// A line that a step has printed, without its newline; escape sequences are as they were written.
    case output(BuildStep, line: String, isError: Bool)
    /// Something worth knowing that is no line of a program: which isolation is used, which image was pulled.
    case note(BuildStep, String)
    /// Something that may not be what the user wants.
    case warning(String)
    /// A step has ended well; nanoseconds since it began.
    case stepFinished(BuildStep, nanoseconds: Int64)
    /// A step has failed; the build ends.
    case stepFailed(BuildStep, nanoseconds: Int64)
}

/// A step of a build, by the names that people and programs see.
public enum BuildStep: String, Sendable, CaseIterable {
    /// Finding out what is to be built: descriptor, builder, buildpacks.
    case resolve
    /// Getting builder, buildpacks and run image, and making the roots.
    case prepare
    /// The phase `analyze`.
    case analyze
    /// The phase `detect`.
    case detect
    /// The phase `restore`.
    case restore
    /// The phase `extend`, where extensions take part.
    case extend
    /// The phase `build`.
    case build
    /// The phase `export`.
    case export
    /// Bringing the image to where it is wanted.
    case deliver
}

/// What a build has made.
public struct BuildResult: Sendable {
    /// The names of the image.
    public var tags: [String]
    /// The digest of the image's manifest, `sha256:…`.
    public var digest: String
    /// The size of all of the image's blobs, in bytes.
    public var size: Int64
    /// Where the image went.
    public var outputs: [String]
    /// The builder, and the run image that was taken.
    public var builder: String
    /// The run image that was taken.
    public var runImage: String
    /// The buildpacks that took part, `id@version`, in order.
    public var buildpacks: [String]
    /// The process types of the image, the default one first.
    public var processes: [String]
    /// Layers of the app image that the previous image had.
    public var reusedLayers: Int
    /// Layers of the app image that are new.
    public var newLayers: Int
    /// Cached layers that were there for the build, `id:layer`.
    public var restoredLayers: [String]
    /// Which isolation was used, in words.
    public var isolation: String
    /// How long the build took, in nanoseconds.
    public var nanoseconds: Int64
}
