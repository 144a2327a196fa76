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
    /// Whether there are instructions below `FROM`, so that the image has to be extended.
    public var extends: Bool
    /// What works but is not recommended, a line each, worded for the user.
    public var warnings: [String]
}

extension DockerfileDocument {
    /// Instructions that an extension may use without a warning.
    private static let recommended: Set<String> = [
        "FROM", "ADD", "ARG", "COPY", "ENV", "LABEL", "RUN", "SHELL", "USER", "WORKDIR",
    ]
    /// The only base that a `build.Dockerfile` may have; literally, before variables are expanded.
    private static let baseArgument = "base_image"
    private static let baseReference = "${base_image}"

    /// Checks the rules for a Dockerfile of an image extension.
    ///
    /// See [Dockerfile Requirements](https://github.com/buildpacks/spec/blob/main/image_extension.md#dockerfile-requirements).
    ///
    /// - Parameter kind: Which of the two files this is.
    /// - Returns: What the file asks for.
    /// - Throws: The first rule that the file breaks.
    public func check(as kind: DockerfileKind) throws(DockerfileError) -> DockerfileFindings {
        let fileName = kind.fileName
        let arguments = instructions.prefix { $0.name == "ARG" }
        let rest = instructions.dropFirst(arguments.count)
        if let first = rest.first, first.name != "FROM" {
            throw failure("no build stage in current context", first)
        }
        if let second = rest.dropFirst().first(where: { $0.name == "FROM" }) {
            throw failure("\(fileName) is not permitted to use multistage build", second)
        }
        let commands = rest.dropFirst()
        let warnings = commands.filter { !Self.recommended.contains($0.name) }.map {
            "\(fileName) command \($0.name) on line \($0.line) is not recommended"
        }
        if kind == .build {
            guard arguments.count == 1, let argument = arguments.first, Self.name(of: argument) == Self.baseArgument
            else {
                throw failure("build.Dockerfile did not start with required ARG command", instructions.first)
            }
        }
        guard let from = rest.first else { throw failure("\(fileName) should have at least one stage", nil) }
        let base = from.arguments.first ?? ""
        if kind == .build, base != Self.baseReference {
            throw failure("build.Dockerfile did not contain required FROM ${base_image} command", from)
        }
        return DockerfileFindings(
            newBase: base == Self.baseReference ? nil : base,
            extends: !commands.isEmpty,
            warnings: warnings
        )
    }

    /// The name that an `ARG` instruction declares, the first if there are several.
    private static func name(of argument: DockerfileInstruction) -> String? {
        guard let first = argument.arguments.first else { return nil }
        let word = Scalars(first)
        return (word.splitAtEquals?.name ?? word).text
    }

    private func failure(_ message: String, _ instruction: DockerfileInstruction?) -> DockerfileError {
        DockerfileError(line: instruction?.line ?? 0, column: instruction?.column ?? 0, message: message)
    }
}
