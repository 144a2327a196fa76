import Distribution
import POSIX
import TestSupport
import Testing

@testable import Builds

@Suite("Apps")
struct AppTests {
    @Test(
        "an image is named after the app's directory",
        arguments: [
            ("shop", "shop"), ("My Shop", "my-shop"), ("shop_2.0", "shop-2-0"), ("--x--", "x"), ("日本", "app"),
        ]
    )
    func names(_ directory: String, _ name: String) throws {
        let scratch = try TemporaryDirectory()
        let path = try scratch.makeDirectory(directory)
        #expect(try AppDirectory(path).imageName == name)
    }

    @Test("what is no directory is refused as a usage error, with its name")
    func missing() throws {
        let scratch = try TemporaryDirectory()
        for path in [scratch.path("none"), try scratch.write("file", "x")] {
            let error = #expect(throws: BuildError.self) { try AppDirectory(path) }
            #expect(error?.exitCode == 2)
            #expect(error?.description.contains(path) == true)
            #expect(error?.help != nil)
        }
    }

    private func copied(_ descriptor: String, excluding: String? = nil) throws -> [String] {
        let scratch = try TemporaryDirectory()
        for name in ["a.txt", "b.log", "src/c.txt", "src/d.log", "logs/e.txt", ".env"] {
            try scratch.write("app/\(name)", name)
        }
        try FileSystem.createSymlink(scratch.path("app/link"), target: "a.txt")
        try FileSystem.chmod(scratch.path("app/src"), 0o750)
        try scratch.makeDirectory("copy")
        let text = "[_]\nschema-version = \"0.2\"\n[io.buildpacks]\n\(descriptor)\n"
        let files = try ProjectDescriptor(parsing: Array(text.utf8), file: "project.toml").files
        try AppCopy(files: files, excluding: excluding.map { scratch.path("app/\($0)") })
            .run(from: scratch.path("app"), to: scratch.path("copy"))
        return try runCommand(["find", scratch.path("copy"), "-mindepth", "1", "-printf", "%P %y%m\\n"]).lines
            .filter { !$0.isEmpty }.sorted()
    }

    @Test("an app is copied with modes and links")
    func everything() throws {
        #expect(
            try copied("") == [
                ".env f644", "a.txt f644", "b.log f644", "link l777", "logs d755", "logs/e.txt f644", "src d750",
                "src/c.txt f644", "src/d.log f644",
            ]
        )
    }

    @Test("exclude leaves files and directories out, also with a slash at the end")
    func exclude() throws {
        #expect(
            try copied("exclude = [\"*.log\", \"logs/\", \".env\"]") == [
                "a.txt f644", "link l777", "src d750", "src/c.txt f644",
            ]
        )
    }

    @Test("include takes only what it names, and the directories that lead there")
    func include() throws {
        #expect(try copied("include = [\"src/*.txt\"]") == ["src d750", "src/c.txt f644"])
    }

    @Test("the directory that the build works in is left out")
    func excluded() throws {
        #expect(try copied("", excluding: "logs").contains { $0.hasPrefix("logs") } == false)
        #expect(
            try copied("", excluding: "src/d.log").filter { $0.hasPrefix("src") } == ["src d750", "src/c.txt f644"]
        )
    }
}

@Suite("Git checkouts", .enabled(if: Conditions.commandExists("git"), "needs git"))
struct GitSourceTests {
    private let scratch: TemporaryDirectory

    init() throws {
        scratch = try TemporaryDirectory()
        try git("init", "--quiet", "--initial-branch=trunk", ".")
        try scratch.write("app/file", "x")
        try git("add", ".")
        try git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "first")
    }

    @discardableResult
    private func git(_ arguments: String...) throws -> String {
        let result = try runCommand(["git", "-C", scratch.path] + arguments)
        try #require(result.status == .exited(0), "\(result.errors)")
        return String(result.output.prefix { $0 != "\n" })
    }

    @Test("commit, branch and origin are what git says, without the password")
    func plain() throws {
        try git("remote", "add", "origin", "https://user:secret@example.com/a/b.git")
        let source = try #require(GitSource(of: scratch.path("app")))
        #expect(source.commit == (try git("rev-parse", "HEAD")))
        #expect(source.branch == "trunk")
        #expect(source.revision.url == "https://example.com/a/b.git")
    }

    @Test("packed refs, detached heads and worktrees are read as well")
    func others() throws {
        let commit = try git("rev-parse", "HEAD")
        try git("pack-refs", "--all")
        #expect(GitSource(of: scratch.path("app"))?.commit == commit)
        try git("worktree", "add", "--quiet", "-b", "side", scratch.path("side"))
        let side = GitSource(of: scratch.path("side"))
        #expect(side?.commit == commit)
        #expect(side?.branch == "side")
        try git("checkout", "--quiet", "--detach")
        #expect(GitSource(of: scratch.path("app"))?.commit == commit)
        #expect(GitSource(of: scratch.path("app"))?.branch == nil)
    }

    @Test("a directory that is in no checkout has no source, and a broken one does no harm")
    func none() throws {
        let other = try TemporaryDirectory()
        #expect(GitSource(of: other.path) == nil)
        try other.write(".git/HEAD", "ref: refs/heads/../../../etc/passwd\n")
        #expect(GitSource(of: other.path) == nil)
        try other.write(".git/HEAD", "nonsense")
        #expect(GitSource(of: other.path) == nil)
    }
}
