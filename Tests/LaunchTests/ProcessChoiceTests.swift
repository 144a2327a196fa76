import POSIX
import TestSupport
import Testing

@Suite("Launcher: which process, with which arguments")
struct ProcessChoiceTests {
    static let metadata = """
        [[buildpacks]]
        id = "acme/old"
        api = "0.8"
        [[buildpacks]]
        id = "acme/new"
        api = "0.9"

        [[processes]]
        type = "old"
        command = "printf"
        args = ["[%s]", "default"]
        direct = true
        buildpack-id = "acme/old"
        [[processes]]
        type = "new"
        command = ["printf"]
        args = ["[%s]", "default"]
        direct = true
        buildpack-id = "acme/new"
        [[processes]]
        type = "array"
        command = ["printf", "[%s]", "always"]
        args = ["default"]
        direct = true
        buildpack-id = "acme/new"
        [[processes]]
        type = "orphan"
        command = ["printf"]
        args = ["[%s]", "default"]
        direct = true
        buildpack-id = "acme/gone"
        [[processes]]
        type = "a.b_c-1"
        command = ["echo", "odd name"]
        direct = true
        [[processes]]
        type = "launcher"
        command = ["echo", "a process named launcher"]
        direct = true
        [[processes]]
        type = "empty"
        command = []
        direct = true
        """

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var words: [String] = []
        var api = "0.12"
        var output: String
        var testDescription: String { "\(name) \(words) under \(api)" }
    }

    static let cases = [
        Case(name: "/cnb/process/old", output: "[default]"),
        Case(name: "/cnb/process/new", output: "[default]"),
        Case(name: "/cnb/process/array", output: "[always][default]"),
        // Up to Buildpack API 0.8 user arguments are appended, afterwards they replace.
        Case(name: "/cnb/process/old", words: ["a", "b c"], output: "[default][a][b c]"),
        Case(name: "/cnb/process/new", words: ["<%s>", "a", ""], output: "<a><>"),
        Case(name: "/cnb/process/array", words: ["$HOME", ""], output: "[always][$HOME][]"),
        // Up to Platform API 0.9 they always are.
        Case(name: "/cnb/process/new", words: ["a"], api: "0.9", output: "[default][a]"),
        Case(name: "/cnb/process/orphan", words: ["a"], api: "0.9", output: "[default][a]"),
        Case(name: "/cnb/process/orphan", output: "[default]"),
        // The name counts, wherever it is and whether it is a link.
        Case(name: "old", output: "[default]"),
        Case(name: "/elsewhere/old", output: "[default]"),
        Case(name: "/cnb/process/a.b_c-1", output: "odd name\n"),
        Case(name: "/cnb/lifecycle/launcher", output: "a process named launcher\n"),
        // An unknown type is no type: there is a command.
        Case(name: "/cnb/process/ghost", words: ["--", "echo", "mine"], output: "mine\n"),
        Case(name: "/cnb/process/", words: ["--", "echo", "mine"], output: "mine\n"),
        Case(name: "x", words: ["--", "printf", "[%s]", "$HOME", "a b"], output: "[$HOME][a b]"),
        Case(name: "x", words: ["echo a   b"], output: "a b\n"),
        // A shell takes each word by itself, though blanks in it are not kept apart.
        Case(name: "x", words: ["printf", "[%s]", "a   b"], output: "[a b]"),
    ]

    @Test("starts what is meant", arguments: LauncherProgram.all, cases)
    func choice(program: LauncherProgram, item: Case) throws {
        let image = try AppImage(metadata: Self.metadata, platformAPI: item.api)
        let result = try image.run(program, item.words, as: item.name)
        #expect(result.output == item.output)
        #expect(result.errors.isEmpty)
        #expect(result.status == .exited(0))
    }

    static let failures: [(name: String, words: [String], message: String)] = [
        ("x", [], "determine start command: when there is no default process a command is required"),
        (
            "/cnb/process/orphan", ["a"],
            "determine start command: failed to find buildpack for process orphan with buildpack ID acme/gone"
        ),
        ("empty", [], "no command provided for process type \"empty\""),
        ("x", ["--", "no-such-program"], "path lookup: exec: \"no-such-program\": executable file not found in $PATH"),
        ("x", ["--", ""], "path lookup: exec: \"\": executable file not found in $PATH"),
        ("x", ["--", "./gone"], "path lookup: exec: \"./gone\": no such file or directory"),
        ("x", ["--", "/etc/passwd"], "path lookup: exec: \"/etc/passwd\": permission denied"),
        ("x", ["--", "/etc"], "path lookup: exec: \"/etc\": is a directory"),
    ]

    @Test("says why it cannot start, and exits with 82", arguments: LauncherProgram.all, failures)
    func failure(program: LauncherProgram, item: (name: String, words: [String], message: String)) throws {
        let result = try AppImage(metadata: Self.metadata).run(program, item.words, as: item.name)
        #expect(result.errors == "ERROR: failed to launch: \(item.message)\n")
        #expect(result.status == .exited(82))
        #expect(result.output.isEmpty)
    }

    @Test("does not take a program from a relative directory of PATH", arguments: LauncherProgram.all)
    func relativePath(program: LauncherProgram) throws {
        let image = try AppImage()
        try image.directory.write("app/bin/tool", "#!/bin/sh\necho wrong\n", mode: 0o755)
        let result = try image.run(program, ["--", "tool"], ["PATH": "bin"])
        #expect(result.errors.contains("cannot run executable found relative to current directory"))
        #expect(result.status == .exited(82))
    }

    @Test("warns about CNB_PROCESS_TYPE, which has no effect", arguments: LauncherProgram.all)
    func processTypeVariable(program: LauncherProgram) throws {
        let image = try AppImage(metadata: Self.metadata, platformAPI: "0.12")
        let result = try image.run(program, as: "old", ["CNB_PROCESS_TYPE": "new"])
        #expect(result.output == "[default]")
        #expect(
            result.errors == """
                Warning: CNB_PROCESS_TYPE is not supported in Platform API 0.12
                Warning: Run with ENTRYPOINT 'new' to invoke the 'new' process type

                """
        )
    }

    @Test("takes a process only where it is meant for the execution environment", arguments: LauncherProgram.all)
    func execEnv(program: LauncherProgram) throws {
        let metadata = """
            [[processes]]
            type = "web"
            command = ["echo", "in test"]
            exec-env = ["test"]
            direct = true
            [[processes]]
            type = "web"
            command = ["echo", "elsewhere"]
            exec-env = ["production", "staging"]
            direct = true
            [[processes]]
            type = "any"
            command = ["echo", "anywhere"]
            exec-env = ["*"]
            direct = true
            """
        let image = try AppImage(metadata: metadata)
        #expect(try image.run(program, as: "web").output == "elsewhere\n")
        #expect(try image.run(program, as: "web", ["CNB_EXEC_ENV": "test"]).output == "in test\n")
        #expect(try image.run(program, as: "any", ["CNB_EXEC_ENV": "development"]).output == "anywhere\n")
        let missing = try image.run(program, as: "web", ["CNB_EXEC_ENV": "development"])
        #expect(missing.errors.contains("process type web was not found"))
        #expect(missing.status == .exited(82))
        // Before Platform API 0.15 the field means nothing.
        let older = try image.run(program, as: "web", ["CNB_PLATFORM_API": "0.14", "CNB_EXEC_ENV": "development"])
        #expect(older.output == "in test\n")
    }

    @Test("passes on the process's end, as it becomes the process", arguments: LauncherProgram.all)
    func ends(program: LauncherProgram) throws {
        let image = try AppImage()
        #expect(try image.run(program, ["exit 7"]).status == .exited(7))
        #expect(try image.run(program, ["--", "sh", "-c", "kill -TERM $$"]).status == .signaled(15))
    }
}
