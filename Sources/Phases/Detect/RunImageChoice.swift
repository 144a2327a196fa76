import BuildpackModel
import Console
import Dockerfile

/// A Dockerfile that an image extension has written, checked.
struct GeneratedDockerfile {
    /// The extension.
    var extensionID: String
    /// Whether it is for the build or the run image.
    var kind: DockerfileKind
    /// Where it is.
    var path: String
    /// What it asks for.
    var findings: DockerfileFindings
}

/// What the `run.Dockerfile`s of all extensions together make of the run image.
struct RunImageChoice {
    /// The image that the last Dockerfile which switches the run image switches to; nil if none does.
    private(set) var newBase: String?
    /// Whether the run image has to be extended.
    private(set) var extends = false
    /// The numbers of Dockerfiles that have no effect, as a later one switches the run image.
    private(set) var ignored: Set<Int> = []

    /// Goes through the Dockerfiles from the last to the first, down to one that switches the run image.
    init(_ dockerfiles: [GeneratedDockerfile], logger: Logger) {
        for (index, dockerfile) in dockerfiles.enumerated().reversed() where dockerfile.kind == .run {
            guard newBase == nil else {
                ignored.insert(index)
                continue
            }
            extends = extends || dockerfile.findings.extends
            newBase = dockerfile.findings.newBase
            if let newBase {
                logger.debug(
                    "Found a run.Dockerfile from extension '\(dockerfile.extensionID)' setting run image to '\(newBase)' "
                )
            }
        }
    }
}
