import Distribution
import POSIX

/// What a git checkout knows of an app's source, read from its files without any program.
struct GitSource {
    /// The commit that is checked out, in hexadecimal digits.
    let commit: String
    /// The branch that is checked out; nil for a commit without one.
    let branch: String?
    /// Where the repository was cloned from; nil when it was made here.
    let url: String?

    /// Looks for a checkout that holds a directory.
    ///
    /// - Parameter directory: An absolute path.
    init?(of directory: String) {
        var top = directory
        while !FileSystem.exists(Path.join(top, ".git")) {
            guard top != "/" else { return nil }
            top = Path.directory(top)
        }
        guard let gitDir = Self.gitDir(Path.join(top, ".git")) else { return nil }
        // A worktree has its own HEAD, and the rest where the repository is.
        let common = Self.text(Path.join(gitDir, "commondir")).map { Path.join($0.hasPrefix("/") ? "" : gitDir, $0) }
        let repository = common ?? gitDir
        guard let head = Self.text(Path.join(gitDir, "HEAD")) else { return nil }
        let prefix = "ref: refs/heads/"
        branch = head.hasPrefix(prefix) ? String(head.dropFirst(prefix.count)) : nil
        let name = head.hasPrefix("ref: ") ? String(head.dropFirst("ref: ".count)) : nil
        let found = name.map { Self.commit(of: $0, gitDir: gitDir, repository: repository) } ?? head
        guard let found, Self.isCommit(found) else { return nil }
        commit = found
        url = Self.origin(Path.join(repository, "config"))
    }

    /// What project-metadata.toml says of it.
    var revision: SourceRevision {
        SourceRevision(commit: commit, refs: [branch].compactMap { $0 }, url: url ?? "")
    }

    private static func gitDir(_ path: String) -> String? {
        if FileSystem.isDirectory(path) { return path }
        // Of worktrees and submodules, it is a file that says where the directory is.
        guard let line = text(path), line.hasPrefix("gitdir: ") else { return nil }
        let target = String(line.dropFirst("gitdir: ".count))
        return target.hasPrefix("/") ? target : Path.join(Path.directory(path), target)
    }

    private static func commit(of name: String, gitDir: String, repository: String) -> String? {
        guard !Path.components(name).contains("..") else { return nil }
        for directory in [gitDir, repository] {
            if let commit = text(Path.join(directory, name)), isCommit(commit) { return commit }
        }
        let packed = (try? FileSystem.readText(Path.join(repository, "packed-refs"))) ?? ""
        for line in packed.split(separator: "\n") {
            let parts = line.split(separator: " ")
            if parts.count == 2, parts[1] == name { return String(parts[0]) }
        }
        return nil
    }

    private static func origin(_ config: String) -> String? {
        var isOrigin = false
        for line in ((try? FileSystem.readText(config, limit: 1 << 20)) ?? "").split(separator: "\n") {
            let text = line.drop { $0 == " " || $0 == "\t" }
            if text.hasPrefix("[") { isOrigin = text.hasPrefix("[remote \"origin\"]") }
            guard isOrigin, text.hasPrefix("url"), let equals = text.firstIndex(of: "=") else { continue }
            return String(text[text.index(after: equals)...].drop { $0 == " " })
        }
        return nil
    }

    private static func text(_ path: String) -> String? {
        guard let text = try? FileSystem.readText(path, limit: 4096) else { return nil }
        return String(text.prefix { $0 != "\n" })
    }

    private static func isCommit(_ text: String) -> Bool {
        [40, 64].contains(text.utf8.count) && text.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
    }
}
