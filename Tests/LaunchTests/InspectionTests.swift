import POSIX
import TestSupport
import Testing

@Suite("Launcher: --list and --print-env")
struct InspectionTests {
    static let metadata = """
        [[buildpacks]]
        id = "acme/one"
        api = "0.12"
        [[processes]]
        type = "web"
        command = ["echo", "web"]
        direct = true
        buildpack-id = "acme/one"
        [[processes]]
        type = "tests"
        command = ["echo", "tests"]
        exec-env = ["test"]
        direct = true
        """

    @Test("lists the process types of the execution environment", arguments: LauncherProgram.all)
    func list(program: LauncherProgram) throws {
        let image = try AppImage(metadata: Self.metadata)
        #expect(try image.run(program, ["--list"]).output == "web\n")
        #expect(try image.run(program, ["--list"], ["CNB_EXEC_ENV": "test"]).output == "web\ntests\n")
    }

    @Test("prints what a process would get, nothing else", arguments: LauncherProgram.all)
    func printing(program: LauncherProgram) throws {
        let image = try AppImage(metadata: Self.metadata).layers([
            "acme_one/a/env.launch/web/B": "it's \"x\"\n$y\\",
            "acme_one/a/exec.d/x": "#!/bin/sh\necho noise; echo 'A = \"1\"' >&3\n",
        ])
        let variables = ["PATH": "/cnb/process:/bin", "CNB_NO_COLOR": "1", "not-a-name": "x"]
        let shell = try image.run(program, ["--print-env", "web"], variables)
        #expect(
            shell.output
                == "export A='1'\nexport B='it'\\''s \"x\"\n$y\\'\nexport CNB_NO_COLOR='1'\nexport PATH='/bin'\n"
        )
        #expect(shell.errors == "noise\n")
        let dotenv = try image.run(program, ["--print-env", "web", "--format", "dotenv"], variables)
        #expect(dotenv.output == "A=\"1\"\nB=\"it's \\\"x\\\"\\n\\$y\\\\\"\nCNB_NO_COLOR=\"1\"\nPATH=\"/bin\"\n")
        let json = try image.run(program, ["--print-env", "--format=json", "web"], variables)
        #expect(
            json.output == """
                {
                  "A": "1",
                  "B": "it's \\"x\\"\\n$y\\\\",
                  "CNB_NO_COLOR": "1",
                  "PATH": "/bin",
                  "not-a-name": "x"
                }

                """
        )
        let untyped = try image.run(program, ["--print-env"], variables)
        #expect(!untyped.output.contains("B=") && untyped.output.contains("A='1'"))
    }

    @Test("what is printed for a shell gives the same values back", arguments: LauncherProgram.all)
    func roundTrip(program: LauncherProgram) throws {
        let value = "a'b\"c$d`e\\f\ng h\t*"
        let image = try AppImage(metadata: Self.metadata).layers(["acme_one/a/env/V": value])
        let printed = try image.run(program, ["--print-env"]).output
        let result = try runCommand(["/bin/sh", "-c", "eval \"$0\"; printf %s \"$V\"", printed])
        #expect(result.output == value)
    }

    @Test(
        "refuses what it doesn't know",
        arguments: LauncherProgram.all,
        [
            (["--list", "web"], "--list takes no arguments", Int32(2)),
            (["--print-env", "--format", "xml"], "unknown format 'xml': expected shell, json or dotenv", 2),
            (["--print-env", "--format"], "--format needs a format", 2),
            (["--print-env", "web", "web"], "unexpected argument 'web'", 2),
            (["--print-env", "gone"], "process type gone was not found", 82),
            (["--print-env", "tests"], "process type tests was not found", 82),
        ]
    )
    func refusal(program: LauncherProgram, item: (words: [String], message: String, code: Int32)) throws {
        let result = try AppImage(metadata: Self.metadata).run(program, item.words)
        #expect(result.errors.contains(item.message))
        #expect(result.status == .exited(item.code))
        #expect(result.output.isEmpty)
    }

    @Test("leaves the flags to a process, and to a type that is spelled like one", arguments: LauncherProgram.all)
    func precedence(program: LauncherProgram) throws {
        let metadata = Self.metadata + "\n[[processes]]\ntype = '--list'\ncommand = ['echo', 'mine']\ndirect = true\n"
        let image = try AppImage(metadata: metadata)
        #expect(try image.run(program, ["--print-env"], as: "web").output == "web --print-env\n")
        #expect(try image.run(program, as: "/cnb/process/--list").output == "mine\n")
        // As without the flag: a command for a shell, which has no such option.
        #expect(try image.run(program, ["--list"]).output != "web\n--list\n")
    }
}

@Suite("Launcher: as init")
struct InitTests {
    private func image() throws -> AppImage {
        var image = try AppImage()
        image.environment = ["CNB_LAUNCHER_INIT": "1"]
        return image
    }

    @Test("ends as the process has ended", arguments: LauncherProgram.all)
    func status(program: LauncherProgram) throws {
        #expect(try image().run(program, ["--", "true"]).status == .exited(0))
        #expect(try image().run(program, ["--", "sh", "-c", "exit 7"]).status == .exited(7))
        #expect(try image().run(program, ["--", "sh", "-c", "kill -KILL $$"]).status == .exited(137))
        #expect(try image().run(program, ["--", "no-such-program"]).status == .exited(82))
    }

    @Test("does not end with an orphan of the process", arguments: LauncherProgram.all)
    func orphans(program: LauncherProgram) throws {
        // The orphan ends first; the launcher reaps it, and must not take it for the process.
        let script = "sh -c '(sh -c \"exit 3\" &) ; exit 0'; sleep 0.2; exit 5"
        #expect(try image().run(program, ["--", "sh", "-c", script]).status == .exited(5))
    }

    @Test("passes signals on", arguments: LauncherProgram.all)
    func signals(program: LauncherProgram) throws {
        let script = "trap 'echo caught; exit 6' TERM; kill -TERM $PPID; while :; do sleep 0.01; done"
        let result = try image().run(program, ["--", "sh", "-c", script])
        #expect(result.output == "caught\n")
        #expect(result.status == .exited(6))
    }

    @Test("hides its variable, and changes nothing without it", arguments: LauncherProgram.all)
    func variable(program: LauncherProgram) throws {
        #expect(try image().run(program, ["--", "printenv", "CNB_LAUNCHER_INIT"]).status == .exited(1))
        // The shell's parent is whoever started the launcher, since the launcher became the shell.
        let parents = try AppImage().run(program, ["--", "sh", "-c", "cat /proc/$PPID/comm"])
        #expect(!parents.output.contains("launcher"))
    }
}
