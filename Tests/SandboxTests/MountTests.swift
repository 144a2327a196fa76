import POSIX
import Sandbox
import TestSupport
import Testing

@Suite(
    "Mounts of a sandbox",
    .enabled(if: !SandboxFixture.isolations.isEmpty, SandboxFixture.comment),
    .timeLimit(.minutes(2))
)
struct MountTests {
    @Test("a read-only bind can't be written to, nor what is mounted below it", arguments: SandboxFixture.isolations)
    func readOnly(isolation: Isolation) throws {
        let directory = try SandboxFixture.openDirectory()
        let source = try SandboxFixture.writableDirectory("source", in: directory)
        try directory.write("source/file", "as it was")
        try FileSystem.chmod(directory.path("source/file"), 0o666)
        // The sandbox's own system is mounted below its root, so a bind of it has a mount below it.
        var inner = SandboxFixture.script("", mounts: [.bind(source, at: "/tmp/a", isReadOnly: true)])
        inner.arguments[2] = "cat /tmp/a/file; echo x >/tmp/a/file || echo kept; touch /tmp/a/new || echo none new"
        let result = try SandboxFixture.run(inner, isolation)
        #expect(result.output == "as it waskept\nnone new\n", "\(result)")
        let below = SandboxFixture.script("touch /tmp/all/dev/shm/x || echo kept", mounts: [.bind("/", at: "/tmp/all")])
        #expect(try SandboxFixture.run(below, isolation).output == "kept\n")
    }

    @Test(
        "what is written to a writable bind belongs to the caller, or to the user of root's sandbox",
        arguments: SandboxFixture.isolations
    )
    func writable(isolation: Isolation) throws {
        let directory = try SandboxFixture.openDirectory()
        let source = try SandboxFixture.writableDirectory("layers", in: directory)
        let program = SandboxFixture.script(
            "echo text >/layers/file; stat -c %u:%g /layers/file",
            mounts: [.bind(source, at: "/layers", isReadOnly: false)]
        )
        #expect(try SandboxFixture.run(program, isolation).output == "1000:1000\n")
        let status = try FileSystem.status(directory.path("layers/file"))
        #expect(status.uid == (isolation == .rootNamespaces ? 1000 : Users.effectiveUserID))
        #expect(try FileSystem.readText(directory.path("layers/file")) == "text\n")
        // Its mount point was missing in a root that must not be changed.
        #expect(!FileSystem.exists("/layers"))
    }

    @Test("an overlay takes changes and leaves what is below it as it was", arguments: SandboxFixture.isolations)
    func overlay(isolation: Isolation) throws {
        let directory = try SandboxFixture.openDirectory()
        // Names that would mean something in a list of options.
        for name in ["top:,\\", "bottom", "upper,x=y", "work"] {
            _ = try SandboxFixture.writableDirectory(name, in: directory)
        }
        for (name, text) in [
            ("top:,\\/a", "top"), ("bottom/a", "bottom"), ("bottom/b", "bottom"), ("bottom/c", "bottom"),
        ] {
            try directory.write(name, text, mode: 0o666)
        }
        var program = SandboxFixture.script("cat /a /b; echo new >/a; echo new >/d; rm /c; ls /bin/sh")
        program.mounts = SandboxFixture.programs
        program.root = .overlay(
            Overlay(
                lower: [directory.path("top:,\\"), directory.path("bottom")],
                upper: directory.path("upper,x=y"),
                work: directory.path("work")
            )
        )
        let result = try SandboxFixture.run(program, isolation)
        #expect(result.output == "topbottom/bin/sh\n", "\(result)")
        #expect(try FileSystem.readText(directory.path("top:,\\/a")) == "top")
        #expect(FileSystem.exists(directory.path("bottom/c")))
        #expect(!FileSystem.exists(directory.path("bottom/usr")))
        #expect(try FileSystem.readText(directory.path("upper,x=y/a")) == "new\n")
        #expect(try FileSystem.readText(directory.path("upper,x=y/d")) == "new\n")
        Leftovers.remove(directory.path("work"))
        #expect(!FileSystem.exists(directory.path("work")))
    }

    @Test("an overlay without changes, of one directory and of two", arguments: SandboxFixture.isolations)
    func lowerOnly(isolation: Isolation) throws {
        let directory = try SandboxFixture.openDirectory()
        try directory.write("a/x", "1")
        try directory.write("b/y", "2")
        let mounts = [
            Mount(.overlay(Overlay(lower: [directory.path("a")])), at: "/tmp/one"),
            Mount(.overlay(Overlay(lower: [directory.path("a"), directory.path("b")])), at: "/tmp/two"),
        ]
        let program = SandboxFixture.script(
            "cat /tmp/one/x /tmp/two/x /tmp/two/y; touch /tmp/two/z || echo kept",
            mounts: mounts
        )
        #expect(try SandboxFixture.run(program, isolation).output == "112kept\n")
    }

    @Test("links of the root lead to places in it, also for mount points", arguments: SandboxFixture.isolations)
    func links(isolation: Isolation) throws {
        let directory = try SandboxFixture.openDirectory()
        let victim = try SandboxFixture.writableDirectory("victim", in: directory)
        let source = try directory.makeDirectory("source")
        try directory.write("source/file", "bound")
        let root = try directory.makeDirectory("root")
        try FileSystem.createSymlink("\(root)/workspace", target: victim)
        try FileSystem.createSymlink("\(root)/up", target: "../../../../../../..\(victim)/deep")
        var program = SandboxFixture.script("cat /workspace/file \(victim)/file /up/file")
        program.root = .directory(root, isReadOnly: false)
        program.mounts = SandboxFixture.programs + [.bind(source, at: "/workspace"), .bind(source, at: "/up")]
        let result = try SandboxFixture.run(program, isolation)
        #expect(result.output == "boundboundbound", "\(result)")
        #expect(try FileSystem.list(victim).isEmpty)
    }

    @Test(
        "a missing mount point in a root that can't be changed leaves the rest to be seen",
        arguments: SandboxFixture.isolations
    )
    func covers(isolation: Isolation) throws {
        let directory = try SandboxFixture.openDirectory()
        try directory.write("root/cnb/buildpacks/old/1/file", "old")
        try directory.write("root/cnb/order.toml", "order")
        try FileSystem.createSymlink(directory.path("root/cnb/link"), target: "order.toml")
        try directory.write("new/file", "new")
        var program = SandboxFixture.script(
            "cd /cnb; cat buildpacks/old/1/file buildpacks/new/2/file order.toml link; echo; touch buildpacks/x || echo kept"
        )
        program.root = .directory(directory.path("root"), isReadOnly: true)
        program.mounts = SandboxFixture.programs + [.bind(directory.path("new"), at: "/cnb/buildpacks/new/2")]
        let result = try SandboxFixture.run(program, isolation)
        #expect(result.output == "oldneworderorder\nkept\n", "\(result)")
        #expect(!FileSystem.exists(directory.path("root/cnb/buildpacks/new")))
        #expect(!FileSystem.exists(directory.path("root/usr")))
    }

    @Test("an empty root has what is mounted and nothing else", arguments: SandboxFixture.isolations)
    func empty(isolation: Isolation) throws {
        var program = SandboxFixture.script(
            "ls /; test -c /dev/null && test -c /dev/tty && ls /dev/fd/0 && touch /dev/shm/x /tmp/x"
        )
        program.root = .empty
        program.mounts = SandboxFixture.programs
        let result = try SandboxFixture.run(program, isolation)
        #expect(result.status == .exited(0), "\(result)")
        #expect(Set(result.lines).isSuperset(of: ["usr", "bin", "proc", "dev", "tmp", "/dev/fd/0"]))
        #expect(!result.lines.contains("etc") && !result.lines.contains("home"))
    }

    @Test("a file can be bound over a file, not over a directory", arguments: SandboxFixture.isolations)
    func files(isolation: Isolation) throws {
        let directory = try SandboxFixture.openDirectory()
        try directory.write("hosts", "my hosts\n")
        let file = SandboxFixture.script("cat /etc/hosts", mounts: [.bind(directory.path("hosts"), at: "/etc/hosts")])
        #expect(try SandboxFixture.run(file, isolation).output == "my hosts\n")
        let wrong = SandboxFixture.script("true", mounts: [.bind(directory.path("hosts"), at: "/etc")])
        #expect(throws: SandboxError.failed(.mounts, POSIXError(.isDirectory, "mount", "/etc"))) {
            try SandboxFixture.run(wrong, isolation)
        }
    }

    @Test("devices of a root mean nothing", .enabled(if: Conditions.isRoot, "devices take root"))
    func devices() throws {
        let directory = try SandboxFixture.openDirectory()
        try directory.makeDirectory("root")
        _ = try runCommand(["mknod", "-m", "666", directory.path("root/zero"), "c", "1", "5"])
        var program = SandboxFixture.script("head -c1 /zero | wc -c; head -c1 /dev/zero | wc -c")
        program.root = .directory(directory.path("root"), isReadOnly: false)
        program.mounts = SandboxFixture.programs
        let result = try SandboxFixture.run(program, .rootNamespaces)
        #expect(result.output == "0\n1\n", "\(result)")
    }
}
