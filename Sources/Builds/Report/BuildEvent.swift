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
