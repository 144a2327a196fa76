import POSIX
import TestSupport
import Testing

@Suite("Launcher: processes that a shell runs", .enabled(if: FileSystem.isExecutable("/bin/bash"), "needs /bin/bash"))
struct ShellProcessTests {
    static let metadata = """
        [[buildpacks]]
        id = "acme/one"
        api = "0.8"
        [[buildpacks]]
        id = "acme/two"
        api = "0.8"

        [[processes]]
        type = "web"
        command = "echo \\"$TRAIL\\" $0 $#"
        buildpack-id = "acme/one"
        [[processes]]
        type = "words"
        command = "printf"
        args = ["[%s]", "$WORD", "'$WORD'", "*", "a;b", "$(echo sub)", "a && b", "#c", "~", ""]
        buildpack-id = "acme/one"
        [[processes]]
        type = "several"
        command = ["echo", "a  b"]
        buildpack-id = "acme/one"
        [[processes]]
        type = "there"
        command = "pwd"
        working-dir = "$TARGET/sub"
        buildpack-id = "acme/one"
        [[processes]]
        type = "orphan"
        command = ["echo", "a"]
        args = ["b"]
        buildpack-id = "acme/gone"
        """

    @Test("sources the profile scripts of layers, then the app's", arguments: LauncherProgram.all)
    func profiles(program: LauncherProgram) throws {
        let image = try AppImage(metadata: Self.metadata, platformAPI: "0.9").layers([
            "acme_one/a/profile.d/1.sh": "export TRAIL=1",
            "acme_one/a/profile.d/2 b\"$x.sh": "export TRAIL=$TRAIL,2",
            "acme_one/a/profile.d/web/3.sh": "export TRAIL=$TRAIL,web",
            "acme_one/a/profile.d/other/3.sh": "export TRAIL=$TRAIL,other",
            "acme_one/b/profile.d/1.sh": "export TRAIL=$TRAIL,b:$0",
            "acme_two/a/profile.d/1.sh": "export TRAIL=$TRAIL,two; return 4",
        ])
        try image.directory.write("app/.profile", "export TRAIL=$TRAIL,app; unexported=x")
        let web = try image.run(program, as: "web")
        #expect(web.output == "1,2,web,b:web,two,app bash 0\n")
        #expect(web.errors.isEmpty)
        let own = try image.run(program, ["echo $TRAIL $unexported"], as: "/cnb/lifecycle/launcher")
        #expect(own.output == "1,2,b:/cnb/lifecycle/launcher,two,app\n")
    }

    @Test("ends as a profile script ends the shell", arguments: LauncherProgram.all)
    func exitingProfile(program: LauncherProgram) throws {
        let image = try AppImage(metadata: Self.metadata).layers(["acme_one/a/profile.d/x": "exit 9"])
        #expect(try image.run(program, ["echo reached"]).status == .exited(9))
    }

    @Test("passes over a directory named .profile", arguments: LauncherProgram.all)
    func profileDirectory(program: LauncherProgram) throws {
        let image = try AppImage()
        try image.directory.makeDirectory("app/.profile")
        let result = try image.run(program, ["echo reached"])
        #expect(result.output == "reached\n")
        #expect(result.errors.isEmpty)
    }

    @Test("evaluates each word once, without splitting or matching files", arguments: LauncherProgram.all)
    func words(program: LauncherProgram) throws {
        let image = try AppImage(metadata: Self.metadata, platformAPI: "0.9")
        try image.directory.write("app/file", "")
        let result = try image.run(program, ["more $WORD", "`echo tick`", "|"], as: "words", ["WORD": "two  words"])
        #expect(
            result.output == "[two  words]['two  words'][*][a;b][sub][a && b][#c][~][][more two  words][tick][|]"
        )
    }

    @Test("joins a command of several parts by blanks, up to Platform API 0.9", arguments: LauncherProgram.all)
    func severalParts(program: LauncherProgram) throws {
        let image = try AppImage(metadata: Self.metadata, platformAPI: "0.9")
        #expect(try image.run(program, as: "several").output == "a b\n")
    }

    @Test(
        "expands variables in the working directory, and stays where it is if that is missing",
        arguments: LauncherProgram.all
    )
    func workingDirectory(program: LauncherProgram) throws {
        let image = try AppImage(metadata: Self.metadata)
        let directory = try image.directory.makeDirectory("target/sub")
        let found = try image.run(program, as: "there", ["TARGET": image.directory.path("target")])
        #expect(found.output == "\(directory)\n")
        let missing = try image.run(program, as: "there", ["TARGET": "/gone"])
        #expect(missing.output == "\(image.appDir)\n")
        #expect(missing.errors.contains("/gone/sub: No such file or directory"))
    }

    @Test("wants to know the buildpack of a process with arguments", arguments: LauncherProgram.all)
    func orphan(program: LauncherProgram) throws {
        let result = try AppImage(metadata: Self.metadata).run(program, as: "orphan")
        #expect(
            result.errors
                == "ERROR: failed to launch: process type 'orphan' provided by unknown buildpack 'acme/gone'\n"
        )
        #expect(result.status == .exited(82))
    }

    @Test("runs bash -c -- when there is nothing after --", arguments: LauncherProgram.all)
    func onlyDashes(program: LauncherProgram) throws {
        #expect(try AppImage().run(program, ["--"]).status == .exited(2))
    }
}

@Suite("Launcher: working directories")
struct WorkingDirectoryTests {
    static let metadata = """
        [[processes]]
        type = "absolute"
        command = ["pwd"]
        working-dir = "/usr"
        direct = true
        [[processes]]
        type = "relative"
        command = ["pwd"]
        working-dir = "sub"
        direct = true
        [[processes]]
        type = "missing"
        command = ["pwd"]
        working-dir = "/gone"
        direct = true
        [[processes]]
        type = "tool"
        command = ["./tool"]
        working-dir = "sub"
        direct = true
        """

    @Test("a direct process runs in its own", arguments: LauncherProgram.all)
    func direct(program: LauncherProgram) throws {
        let image = try AppImage(metadata: Self.metadata)
        try image.directory.write("app/tool", "#!/bin/sh\necho of the app", mode: 0o755)
        try image.directory.write("app/sub/tool", "#!/bin/sh\necho of the directory", mode: 0o755)
        #expect(try image.run(program, as: "absolute").output == "/usr\n")
        #expect(try image.run(program, as: "relative").output == "\(image.appDir)/sub\n")
        #expect(try image.run(program, ["--", "pwd"]).output == "\(image.appDir)\n")
        #expect(try image.run(program, as: "tool").output == "of the directory\n")
        let missing = try image.run(program, as: "missing")
        #expect(missing.errors == "ERROR: failed to launch: change directory: chdir /gone: no such file or directory\n")
        #expect(missing.status == .exited(82))
    }

    @Test("an app directory that is missing is an error", arguments: LauncherProgram.all)
    func app(program: LauncherProgram) throws {
        let result = try AppImage().run(program, ["--", "pwd"], ["CNB_APP_DIR": "/gone"])
        #expect(
            result.errors
                == "ERROR: failed to launch: change to app directory: chdir /gone: no such file or directory\n"
        )
    }
}
