/// Which of an image extension's Dockerfiles a file is.
public enum DockerfileKind: String, Sendable {
    /// `build.Dockerfile`, which extends the build image.
    case build
    /// `run.Dockerfile`, which switches or extends the run image.
    case run

    /// The file's name.
    public var fileName: String { "\(rawValue).Dockerfile" }
}

/// What an extension's Dockerfile asks for, once it is known to keep the rules of its kind.
public struct DockerfileFindings: Equatable, Sendable {
    /// The new run image that a `run.Dockerfile` names in `FROM`; nil when that is `${base_image}`.
    public var newBase: String?
    /// Whether there are instructions besides `FROM`, so that the image has to be extended.
    public var extends: Bool
    /// What works but is not recommended, a line each, worded for the user.
    public var warnings: [String]
}

extension DockerfileDocument {
    /// Checks the rules for a Dockerfile of an image extension.
    ///
    /// - Parameter kind: Which of the two files this is.
    /// - Returns: What the file asks for.
    /// - Throws: The first rule that the file breaks.
    public func check(as kind: DockerfileKind) throws(DockerfileError) -> DockerfileFindings {
        DockerfileFindings(newBase: nil, extends: false, warnings: [])
    }
}
