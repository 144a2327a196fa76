import PlatformModel

/// The version of the lifecycle and the launcher beside it.
enum LifecycleVersion {
    /// The version number.
    static let number = "0.1.0"
    /// The git repository of the source code; empty when not known.
    static let repository = ""
    /// The commit that was built; empty when not known.
    static let commit = ""

    /// What `-version` prints: the number, and the commit where one is known.
    static var text: String { commit.isEmpty ? number : "\(number)+\(commit)" }

    /// The version as it is put into labels of app images.
    static var launcher: BuildMetadataLabel.LauncherVersion {
        BuildMetadataLabel.LauncherVersion(version: number, repository: repository, commit: commit)
    }
}
