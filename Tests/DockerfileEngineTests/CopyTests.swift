import DockerfileEngine
import POSIX
import TestSupport
import Testing

@Suite("COPY and ADD", .enabled(if: Conditions.isRoot, "needs root, as files belong to many users"))
struct CopyTests {
    private let root: EngineRoot

    init() throws {
        root = try EngineRoot()
        try root.directory.write("context/a.txt", "a")
        try root.directory.write("context/dir/b", "b", mode: 0o640)
        try root.directory.write("context/dir/sub/c", "c", mode: 0o755)
        try root.directory.write("context/x.cfg", "x")
        try root.directory.write("context/y.cfg", "y")
    }

    private func status(_ path: String) throws -> FileStatus {
        try FileSystem.linkStatus(Path.join(root.root, path))
    }

    @Test("Files go to names, into directories, and below the working directory")
    func destinations() throws {
        try root.apply(
            "COPY a.txt /new\nCOPY a.txt /opt\nCOPY a.txt /made/\nWORKDIR /srv\nCOPY a.txt rel\nCOPY a.txt .\n"
        )
        for path in ["new", "opt/a.txt", "made/a.txt", "srv/rel", "srv/a.txt"] {
            #expect(root.read(path) == "a", "\(path)")
        }
    }

    @Test("A directory's contents are copied, with permissions, and all belongs to root")
    func directories() throws {
        try FileSystem.chown(root.directory.path("context/dir/b"), uid: 5, gid: 6)
        try root.apply("COPY dir /opt/dir\nADD dir/ /opt/\n")
        #expect(root.read("opt/dir/b") == "b")
        #expect(root.read("opt/b") == "b")
        #expect(try status("opt/dir/b").mode == 0o640)
        #expect(try status("opt/dir/b").uid == 0)
        #expect(try status("opt/dir/sub/c").mode == 0o755)
        let time = try FileSystem.status(root.directory.path("context/dir/sub/c")).mtime
        #expect(try status("opt/dir/sub/c").mtime == time)
    }

    @Test("Patterns match several files, which need a directory to go to")
    func patterns() throws {
        try root.apply("COPY *.cfg [a]* /opt/cfg/\n")
        #expect(root.read("opt/cfg/x.cfg") == "x")
        #expect(root.read("opt/cfg/y.cfg") == "y")
        #expect(root.read("opt/cfg/a.txt") == "a")
        #expect(root.failure("COPY *.cfg /opt/one\n")?.description.contains("end with a slash") == true)
    }

    @Test("--chown takes names and numbers, --chmod octal digits and letters")
    func flags() throws {
        try root.apply(
            """
            ARG who=app
            COPY --chown=$who:staff a.txt /opt/named
            COPY --chown=7 --chmod=4711 a.txt /opt/numbered
            COPY --chmod=u=rwX,go=r dir /opt/letters/
            """
        )
        #expect(try (status("opt/named").uid, status("opt/named").gid) == (1000, 50))
        #expect(try (status("opt/numbered").uid, status("opt/numbered").gid) == (7, 7))
        #expect(try status("opt/numbered").mode == 0o4711)
        #expect(try status("opt/letters/b").mode == 0o644)
        #expect(try status("opt/letters/sub/c").mode == 0o744)
        #expect(root.failure("COPY --chown=nobody9 a.txt /x\n")?.description.contains("no user 'nobody9'") == true)
        #expect(root.failure("COPY --chmod=abc a.txt /x\n")?.description.contains("--chmod=abc") == true)
    }

    @Test("Here-documents become files, expanded unless their delimiter is quoted")
    func heredocs() throws {
        try root.apply("ENV v=value\nCOPY <<one <<'two' /opt/\nsee $v\none\nsee $v\ntwo\nCOPY <<X /named\nx\nX\n")
        #expect(root.read("opt/one") == "see value\n")
        #expect(root.read("opt/two") == "see $v\n")
        #expect(root.read("named") == "x\n")
    }

    @Test("Links stay links inside of directories, and lead to files where they are named; none leads out")
    func links() throws {
        try FileSystem.createSymlink(root.directory.path("context/dir/link"), target: "b")
        try FileSystem.createSymlink(root.directory.path("context/direct"), target: "dir/b")
        try FileSystem.createSymlink(root.directory.path("context/out"), target: "/etc/passwd")
        try root.apply("COPY dir /opt/\nCOPY direct /file\n")
        #expect(try FileSystem.readLink(Path.join(root.root, "opt/link")) == "b")
        #expect(root.read("file") == "b")
        #expect(try !status("file").isSymlink)
        #expect(root.failure("COPY out /x\n")?.description.contains("leads out of the build context") == true)
        #expect(root.failure("COPY ../cache /x\n")?.description.contains("outside of the build context") == true)
    }

    @Test("What .dockerignore leaves out isn't there, but for exceptions; --exclude leaves out more")
    func ignored() throws {
        try root.directory.write("context/.dockerignore", "# words\n*.cfg\n!y.cfg\n/dir/sub\n!dir/sub/c\n**/*.tmp\n")
        try root.directory.write("context/dir/sub/d", "d")
        try root.directory.write("context/dir/deep/x.tmp", "t")
        try root.apply("COPY --exclude=a.* . /opt/\n")
        #expect(root.read("opt/y.cfg") == "y")
        #expect(root.read("opt/x.cfg") == nil)
        #expect(root.read("opt/dir/sub/c") == "c")
        #expect(root.read("opt/dir/sub/d") == nil)
        #expect(root.read("opt/dir/deep/x.tmp") == nil)
        #expect(root.read("opt/a.txt") == nil)
        #expect(root.failure("COPY x.cfg /x\n")?.description.contains(".dockerignore leaves it out") == true)
    }

    @Test("ADD unpacks archives that it knows, and says which it doesn't")
    func archives() throws {
        let context = root.directory.path("context")
        for (flag, name) in [("-cf", "p.tar"), ("-czf", "z.tar.gz")] {
            let made = try runCommand(["tar", "-C", context, "--owner=3:3", flag, Path.join(context, name), "dir"])
            try #require(made.status == .exited(0), "\(made.errors)")
        }
        try root.directory.write("context/odd.xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00, 1, 2])
        try root.apply(
            "ADD p.tar /p/\nADD z.tar.gz /z\nADD --unpack=false p.tar /whole/\nCOPY p.tar /copied/\nADD a.txt /t\n"
        )
        #expect(root.read("p/dir/sub/c") == "c")
        #expect(try status("p/dir/sub/c").mode == 0o755)
        #expect(try status("p/dir/b").uid == 3)
        #expect(root.read("z/dir/b") == "b")
        #expect(try status("whole/p.tar").isRegular)
        #expect(try status("copied/p.tar").isRegular)
        #expect(root.read("t") == "a")
        #expect(root.failure("ADD odd.xz /x/\n")?.description.contains("compressed with xz") == true)
    }

    @Test(
        "What can't be copied is an error that says why",
        arguments: [
            ("ADD https://example.com/x /x", "can't be added"), ("COPY --from=other a /x", "no other stages"),
            ("COPY missing /x", "no 'missing' in the build context"), ("COPY *.none /x/", "matches '*.none'"),
            ("COPY a.txt /etc/passwd/x", "not a directory"), ("COPY a.txt /opt/dir-there/", ""),
        ]
    )
    func refusals(line: String, reason: String) throws {
        try root.directory.makeDirectory("root/opt/dir-there/a.txt")
        let error = root.failure("\(line)\n")
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
        #expect(error?.description.contains("acme/x, line 3") == true)
    }
}
