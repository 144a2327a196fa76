import CNBCore
import PlatformModel

/// The version of the lifecycle and the launcher beside it.
enum LifecycleVersion {
    /// The git repository of the source code; empty when not known.
    static let repository = ""

    /// What `-version` prints: the number, and the commit where one is known.
    static var text: String { Release.text }

    /// The version as it is put into labels of app images.
    static var launcher: BuildMetadataLabel.LauncherVersion {
        BuildMetadataLabel.LauncherVersion(version: Release.number, repository: repository, commit: Release.commit)
    }
}
