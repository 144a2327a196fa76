public import BuildpackModel
public import TOML

/// What a version control system knows about the state of an app's source code.
public struct SourceRevision: Hashable, Sendable {
    /// The id of the commit.
    public var commit: String
    /// The commit in terms of the nearest tag, as `git describe --tags --always` has it; empty when not known.
    public var describe: String
    /// The names of the branch and tags at the commit.
    public var refs: [String]
    /// The address of the repository, without what may be a password; empty when there is none.
    public var url: String

    public init(commit: String, describe: String = "", refs: [String] = [], url: String = "") {
        (self.commit, self.describe, self.refs, self.url) = (commit, describe, refs, Self.withoutSecrets(url))
    }

    /// An address without user and password, which would else be for all to read in the image.
    private static func withoutSecrets(_ url: String) -> String {
        guard let start = url.firstRange(of: "://")?.upperBound else { return url }
        let host = url[start...].prefix { $0 != "/" }
        // Without a password, the user says only how to log in, as `git` in ssh: addresses.
        guard let at = host.lastIndex(of: "@"), url.hasPrefix("http") || host[..<at].contains(":") else { return url }
        return String(url[..<start] + url[url.index(after: at)...])
    }
}

/// Where an app's source code came from, as project-metadata.toml tells the lifecycle, which makes a label of it.
public struct ProjectSource: Equatable, Sendable {
    /// `project` where the project descriptor knows, `git` where only the repository does.
    public var type: String
    /// The version that the project declares, and the commit.
    public var version: TOMLTable
    /// The address, and the names of the commit.
    public var metadata: TOMLTable

    /// Puts together what is known; nil when nothing is.
    ///
    /// - Parameters:
    ///   - project: What the project says about itself; its version and address count.
    ///   - revision: What the repository knows, if there is one.
    public init?(project: ProjectInfo, revision: SourceRevision?) {
        let isDeclared = !project.version.isEmpty || !project.sourceURL.isEmpty
        guard isDeclared || revision != nil else { return nil }
        type = isDeclared ? "project" : "git"
        (version, metadata) = (TOMLTable(), TOMLTable())
        version.setUnlessEmpty("declared", project.version)
        metadata.setUnlessEmpty("url", project.sourceURL)
        guard let revision else { return }
        version.setUnlessEmpty("commit", revision.commit)
        version.setUnlessEmpty("describe", revision.describe)
        if !revision.refs.isEmpty { metadata.set("refs", .array(TOMLArray(strings: revision.refs))) }
        if project.sourceURL.isEmpty { metadata.setUnlessEmpty("url", revision.url) }
    }
}

extension ProjectSource: TOMLWritable {
    /// The contents of project-metadata.toml.
    public var toml: TOMLTable {
        var source: TOMLTable = ["type": .string(type)]
        if !version.isEmpty { source.set("version", .table(version)) }
        if !metadata.isEmpty { source.set("metadata", .table(metadata)) }
        return ["source": .table(source)]
    }
}
