import POSIX
import TestSupport
import Testing

@Suite("Launcher: exec.d")
struct ExecDTests {
    static let metadata = """
        [[buildpacks]]
        id = "acme/one"
        api = "0.12"
        [[buildpacks]]
        id = "two"
        api = "0.7"

        [[processes]]
        type = "web"
        command = ["printenv", "-0", "TRAIL"]
        direct = true
        """

    @Test(
        "programs run in order, in the app directory, and see what earlier ones have set",
        arguments: LauncherProgram.all
    )
    func order(program: LauncherProgram) throws {
        func add(_ name: String) -> String { "#!/bin/sh\nprintf 'TRAIL = \"%s,\(name)\"' \"$TRAIL\" >&3\n" }
        let image = try AppImage(metadata: Self.metadata).layers([
            "acme_one/a/env/TRAIL": "env",
            "acme_one/a/exec.d/2": add("2"), "acme_one/a/exec.d/1": add("1"),
            "acme_one/a/exec.d/web/0": add("web"), "acme_one/a/exec.d/other/0": add("other"),
            "acme_one/b/exec.d/dir": "#!/bin/sh\nprintf 'TRAIL = \"%s,%s\"' \"$TRAIL\" \"$PWD\" >&3\n",
            "two/a/exec.d/1": add("two"), "two/a/exec.d/2": "#!/bin/sh\nexit 0\n",
        ])
        #expect(try image.run(program, as: "web").output == "env,1,2,web,\(image.appDir),two\0")
        let own = try image.run(program, ["--", "printenv", "-0", "TRAIL"])
        #expect(own.output == "env,1,2,\(image.appDir),two\0")
    }

    @Test("their output is the launcher's; there is nothing for them to read", arguments: LauncherProgram.all)
    func streams(program: LauncherProgram) throws {
        let image = try AppImage(metadata: Self.metadata).layers([
            "acme_one/a/exec.d/x": "#!/bin/sh\necho out; echo err >&2; cat; echo 'TRAIL = \"x\"' >&3\n"
        ])
        let result = try image.run(program, as: "web")
        #expect(result.output == "out\nx\0")
        #expect(result.errors == "err\n")
    }

    @Test("a large output doesn't block", arguments: LauncherProgram.all)
    func large(program: LauncherProgram) throws {
        let image = try AppImage(metadata: Self.metadata).layers([
            "acme_one/a/exec.d/x":
                "#!/bin/sh\nprintf 'TRAIL = \"' >&3; head -c 100000 /dev/zero | tr '\\0' x >&3; printf '\"' >&3\n"
        ])
        #expect(try image.run(program, as: "web").bytes.count == 100_001)
    }

    /// A program, and how the error about it ends.
    static let failures = [
        ("#!/bin/sh\nexit 3\n", "failed to execute exec.d file at path 'PATH': exit status 3"),
        ("#!/bin/sh\nkill -9 $$\n", "failed to execute exec.d file at path 'PATH': signal: killed"),
        ("not executable", "failed to execute exec.d file at path 'PATH': fork/exec PATH: permission denied"),
        ("#!/gone\n", "failed to execute exec.d file at path 'PATH': fork/exec PATH: no such file or directory"),
        (
            "#!/bin/sh\necho 'A = 5' >&3\n",
            "failed to decode output from exec.d file at path 'PATH': line 1, column 5 (A): expected a string, found an integer"
        ),
        ("#!/bin/sh\necho 'A' >&3\n", "failed to decode output from exec.d file at path 'PATH': line 1"),
        ("#!/bin/sh\necho '[t]' >&3\n", "found a table"),
    ]

    @Test("a failure ends the launch with 82, and names the program", arguments: LauncherProgram.all, failures)
    func failure(program: LauncherProgram, item: (text: String, message: String)) throws {
        let image = try AppImage(metadata: Self.metadata).layers(["acme_one/a/exec.d/x": item.text])
        let result = try image.run(program, as: "web")
        let path = "\(image.layersDir)/acme_one/a/exec.d/x"
        #expect(result.errors.contains(item.message.replacing("PATH", with: path)), "\(result.errors)")
        #expect(result.errors.hasPrefix("ERROR: failed to launch: exec.d: failed to "))
        #expect(result.status == .exited(82))
    }
}
