import CNBCore

/// What the command line and project.toml ask for in place of, or on top of, the builder's order.
public struct ModuleSelection: Sendable {
    /// Buildpacks that replace those of the builder and of the project (`--buildpack`).
    public var buildpacks: [String]
    /// Buildpacks that come before those of every group (`--pre-buildpack`).
    public var pre: [String]
    /// Buildpacks that come after those of every group (`--post-buildpack`).
    public var post: [String]
    /// Image extensions that replace those of the builder (`--extension`).
    public var extensions: [String]
    /// Where relative paths of the command line begin; empty for the working directory.
    public var baseDir: String
    /// The project, as it is in the build's execution environment.
    public var project: ProjectDescriptor
    /// Where relative paths of the project begin: the directory of project.toml.
    public var projectDir: String

    /// Leaves all to the builder.
    public init() {
        (buildpacks, pre, post, extensions) = ([], [], [], [])
        (baseDir, project, projectDir) = ("", ProjectDescriptor(), "")
    }

    /// The buildpacks that are declared as a whole: the command line's, or else the project's.
    var declared: [Wish] { buildpacks.isEmpty ? project.group.map(wish) : buildpacks.map(wish) }

    /// What comes first in each group: the command line's, or else the project's.
    var before: [Wish] { pre.isEmpty ? project.pre.map(wish) : pre.map(wish) }

    /// What comes last in each group: the command line's, or else the project's.
    var after: [Wish] { post.isEmpty ? project.post.map(wish) : post.map(wish) }

    /// One thing that is asked for.
    enum Wish {
        /// A text to be understood, and where relative paths begin.
        case locator(String, baseDir: String)
        /// An id, which is not looked for among files.
        case named(ModuleName)
        /// A buildpack of project.toml.
        case inline(InlineBuildpack)
    }

    private func wish(_ text: String) -> Wish { .locator(text, baseDir: baseDir) }

    private func wish(_ module: ProjectModule) -> Wish {
        switch module.source {
        case .named(let name): .named(name)
        case .locator(let text): .locator(text, baseDir: projectDir)
        case .inline(let buildpack): .inline(buildpack)
        }
    }
}
