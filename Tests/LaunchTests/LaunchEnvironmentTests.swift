import LaunchPOSIX
import POSIX
import TestSupport
import Testing

@testable import LaunchModel

@Suite("Launcher: the environment of a process")
struct ProcessEnvironmentTests {
    static let metadata = """
        [[buildpacks]]
        id = "acme/one"
        api = "0.12"
        [[buildpacks]]
        id = "two"
        api = "0.7"

        [[processes]]
        type = "web"
        command = ["env", "-0"]
        direct = true
        """

    /// The variables that a process of type `web` gets.
    private func variables(
        _ program: LauncherProgram,
        _ files: KeyValuePairs<String, String>,
        _ environment: [String: String] = [:],
        as name: String = "web"
    ) throws -> [String: String] {
        let image = try AppImage(metadata: Self.metadata).layers(files)
        let result = try image.run(program, name == "web" ? [] : ["--", "env", "-0"], as: name, environment)
        #expect(result.status == .exited(0), "\(result.errors)")
        var variables: [String: String] = [:]
        for entry in result.output.split(separator: "\0") {
            guard let equals = entry.firstIndex(of: "=") else { continue }
            let value = String(entry[entry.index(after: equals)...])
            variables[String(entry[..<equals])] = value.replacing(image.layersDir, with: "/layers")
        }
        return variables
    }

    @Test("hides what is meant for the launcher, and passes on the rest", arguments: LauncherProgram.all)
    func inherited(program: LauncherProgram) throws {
        let found = try variables(
            program,
            [:],
            [
                "PATH": "/cnb/process:/usr/bin:/cnb/lifecycle:/bin:/cnb/process/x", "CNB_PROCESS_TYPE": "x",
                "CNB_DEPRECATION_MODE": "quiet", "CNB_EXEC_ENV": "production", "CNB_STACK_ID": "s", "EMPTY": "",
            ]
        )
        #expect(
            found == [
                "PATH": "/usr/bin:/bin:/cnb/process/x", "CNB_EXEC_ENV": "production", "CNB_STACK_ID": "s", "EMPTY": "",
                "CNB_NO_COLOR": "true",
            ]
        )
    }

    /// Files of one layer, a variable's value before, and the value that comes out.
    static let rules: [(files: KeyValuePairs<String, String>, before: String?, after: String?)] = [
        (["V": "new"], nil, "new"), (["V": "new"], "old", "new"),
        (["V.override": "new"], "old", "new"),
        (["V.default": "new"], nil, "new"), (["V.default": "new"], "", "new"), (["V.default": "new"], "old", "old"),
        (["V.append": "new"], nil, "new"), (["V.append": "new"], "old", "oldnew"),
        (["V.append": "new", "V.delim": ", "], "old", "old, new"), (["V.append": "new", "V.delim": ","], "", "new"),
        (["V.prepend": "new"], "old", "newold"), (["V.prepend": "new", "V.delim": ":"], "old", "new:old"),
        // By name: append comes before override, and so is lost; both ends can be added to.
        (["V.append": "a", "V.override": "o"], "old", "o"),
        (["V.append": "a", "V.prepend": "p", "V.delim": "-"], "old", "p-old-a"),
        // Neither the delimiter nor an unknown suffix makes a variable.
        (["V.delim": ","], nil, nil), (["V.unknown": "new"], nil, nil), (["V.append.x": "new"], nil, nil),
        // The contents are taken as they are.
        (["V": " line \n\n"], nil, " line \n\n"), (["V": "$HOME `x`"], nil, "$HOME `x`"), (["V": ""], "old", ""),
    ]

    @Test("is changed by the files of a layer", arguments: LauncherProgram.all, rules.indices)
    func suffixes(program: LauncherProgram, index: Int) throws {
        let rule = Self.rules[index]
        let image = try AppImage(metadata: Self.metadata)
        for (name, text) in rule.files { try image.layers(["acme_one/a/env/\(name)": text]) }
        let result = try image.run(
            program,
            ["--", "printenv", "-0", "V"],
            as: "x",
            rule.before.map { ["V": $0] } ?? [:]
        )
        #expect(result.output == rule.after.map { $0 + "\0" } ?? "", "\(rule.files)")
    }

    @Test("takes layers in order, and for a type its own files last", arguments: LauncherProgram.all)
    func order(program: LauncherProgram) throws {
        let files: KeyValuePairs = [
            "two/a/env/V.append": "4", "acme_one/b/env/V.append": "3", "acme_one/a/env/V.append": "0",
            "acme_one/a/env.launch/V.append": "1", "acme_one/a/env.launch/web/V.append": "2",
            "acme_one/a/env.launch/worker/V.append": "x", "acme_one/a/env.build/V.append": "x",
            "acme_three/a/env/V.append": "x",
        ]
        #expect(try variables(program, files)["V"] == "01234")
        #expect(try variables(program, files, as: "x")["V"] == "0134")
    }

    @Test("puts the layers' directories in front, before their files are applied", arguments: LauncherProgram.all)
    func paths(program: LauncherProgram) throws {
        let files: KeyValuePairs = [
            "acme_one/a/bin/x": "", "acme_one/a/lib/x": "", "acme_one/b/bin": "not even a directory",
            "two/a/bin/x": "", "two/a/include/x": "", "two/a/pkgconfig/x": "", "two/file": "",
            "two/a/env/PATH.append": ":/last", "acme_one/a/env/LD_LIBRARY_PATH.prepend": "/first:",
        ]
        let found = try variables(program, files, ["LD_LIBRARY_PATH": "/own"])
        #expect(
            found["PATH"] == "/layers/two/a/bin:/layers/acme_one/b/bin:/layers/acme_one/a/bin:/usr/bin:/bin:/last"
        )
        #expect(found["LD_LIBRARY_PATH"] == "/first:/layers/acme_one/a/lib:/own")
        #expect(found["CPATH"] == nil && found["PKG_CONFIG_PATH"] == nil && found["LIBRARY_PATH"] == nil)
    }

    @Test("follows links to files and directories, but takes no link for a layer", arguments: LauncherProgram.all)
    func links(program: LauncherProgram) throws {
        let image = try AppImage(metadata: Self.metadata).layers([
            "acme_one/a/env/V": "value", "acme_one/a/tools/x": "",
        ])
        try FileSystem.createSymlink("\(image.layersDir)/acme_one/a/env/LINK", target: "V")
        try FileSystem.createSymlink("\(image.layersDir)/acme_one/a/env/DIRECTORY", target: "../tools")
        try FileSystem.createSymlink("\(image.layersDir)/acme_one/a/bin", target: "tools")
        try FileSystem.createSymlink("\(image.layersDir)/acme_one/a/lib", target: "gone")
        try FileSystem.createSymlink("\(image.layersDir)/acme_one/b", target: "a")
        let result = try image.run(program, as: "web")
        let entries = result.output.split(separator: "\0").map(String.init)
        #expect(entries.contains("LINK=value"))
        #expect(entries.contains("PATH=\(image.layersDir)/acme_one/a/bin:/usr/bin:/bin"))
        #expect(!result.output.contains("DIRECTORY") && !result.output.contains("LD_LIBRARY_PATH"))
    }

    @Test("passes bytes through that are not UTF-8", arguments: LauncherProgram.all)
    func bytes(program: LauncherProgram) throws {
        let image = try AppImage(metadata: Self.metadata)
        let value: [UInt8] = [0xFF, 0x80, 0x0A, 0x41, 0xC3]
        try image.directory.write("layers/acme_one/a/env/V", value)
        #expect(try image.run(program, ["--", "printenv", "-0", "V"]).bytes == value + [0])
    }

    @Test("takes a value of any length", arguments: LauncherProgram.all)
    func length(program: LauncherProgram) throws {
        let value = String(repeating: "x", count: 100_000)
        #expect(try variables(program, ["acme_one/a/env/V": value])["V"] == value)
    }

    @Test("sees all of a directory that the kernel lists in parts", arguments: LauncherProgram.all)
    func manyFiles(program: LauncherProgram) throws {
        let image = try AppImage(metadata: Self.metadata)
        for number in 100..<400 {
            try image.layers([
                "acme_one/a/env/A_VARIABLE_WITH_A_LONG_NAME_\(number)": "\(number)", "acme_one/b/file\(number)": "",
                "acme_one/b/env/ALL.append": "", "acme_one/layer\(number)/bin/x": "",
            ])
        }
        try image.layers(["acme_one/b/bin/x": "", "acme_one/b/env.launch/ALL.append": "b"])
        let entries = Set(try image.run(program, as: "web").output.split(separator: "\0").map(String.init))
        for number in 100..<400 { #expect(entries.contains("A_VARIABLE_WITH_A_LONG_NAME_\(number)=\(number)")) }
        #expect(entries.contains("ALL=b"))
        let layers = (100..<400).reversed().map { "layer\($0)" } + ["b"]
        let path = layers.map { "\(image.layersDir)/acme_one/\($0)/bin:" }.joined() + "/usr/bin:/bin"
        #expect(entries.contains("PATH=\(path)"))
    }

    @Test("names a file that cannot be read", arguments: LauncherProgram.all)
    func unreadable(program: LauncherProgram) throws {
        let image = try AppImage(metadata: Self.metadata).layers(["acme_one/a/env/W": "w"])
        try FileSystem.createSymlink("\(image.layersDir)/acme_one/a/env/V", target: "gone")
        let result = try image.run(program, as: "web")
        let directory = "\(image.layersDir)/acme_one/a/env"
        #expect(
            result.errors == "ERROR: failed to launch: modify env: apply env files from dir '\(directory)': "
                + "open \(directory)/V: no such file or directory\n"
        )
        #expect(result.status == .exited(82))
    }

    @Test(
        "refuses files that have no end, and waits for nobody",
        .timeLimit(.minutes(1)),
        arguments: LauncherProgram.all,
        [
            ("mkfifo V", "not an ordinary file"), ("ln -s /dev/zero V", "not an ordinary file"),
            ("truncate -s 2M V", "larger than"),
        ]
    )
    func endless(program: LauncherProgram, planted: (command: String, reason: String)) throws {
        let image = try AppImage(metadata: Self.metadata).layers(["acme_one/a/env/W": "w"])
        let directory = "\(image.layersDir)/acme_one/a/env"
        #expect(try runCommand(["sh", "-c", "cd '\(directory)' && \(planted.command)"]).status == .exited(0))
        let result = try image.run(program, as: "web")
        #expect(result.errors.contains("read \(directory)/V: \(planted.reason)"), "\(result.errors)")
        #expect(result.status == .exited(82))
    }

    @Test("refuses a value with a NUL, which the process would not see whole", arguments: LauncherProgram.all)
    func nul(program: LauncherProgram) throws {
        let image = try AppImage(metadata: Self.metadata).layers(["acme_one/a/env/V": "a\0b"])
        let result = try image.run(program, as: "web")
        #expect(result.errors == "ERROR: failed to launch: direct exec: invalid argument\n")
        #expect(result.status == .exited(82))
    }
}

@Suite("Environment model")
struct EnvironmentModelTests {
    @Test("keeps the order of variables and takes the last of several values")
    func order() {
        var environment = LaunchEnvironment(strings: ["A=1", "B=2", "novalue", "A=3", "=odd", "C=a=b"])
        environment["B"] = "4"
        environment["D"] = "5"
        environment["=x"] = nil
        #expect(environment.strings == ["A=3", "B=4", "=odd", "C=a=b", "D=5"])
        environment["A"] = nil
        #expect(environment["A"] == nil && environment["C"] == "a=b")
    }

    @Test("values grow at both ends, and copies don't see it")
    func growth() {
        var environment = LaunchEnvironment(strings: ["P=start", "EMPTY="])
        let before = environment
        var expected = "start"
        for number in 0..<500 {
            environment.perform(
                .prepend,
                on: [UInt8]("P".utf8)[...],
                with: [UInt8]("<\(number)".utf8),
                [UInt8]("|".utf8)
            )
            environment.perform(.append, on: [UInt8]("P".utf8)[...], with: [UInt8]("\(number)>".utf8), nil)
            expected = "<\(number)|" + expected + "\(number)>"
        }
        environment.perform(.prependPath, on: [UInt8]("EMPTY".utf8)[...], with: [UInt8]("x".utf8), nil)
        #expect(environment.strings == ["P=" + expected, "EMPTY=x"])
        #expect(before.strings == ["P=start", "EMPTY="])
        #expect(environment == LaunchEnvironment(strings: environment.strings))
        #expect(environment != before)
    }

    @Test("a build inherits few variables")
    func build() {
        let all = [
            "HOME=/h", "PATH=/bin", "SECRET=x", "CPATH=c", "HTTPS_PROXY=p", "no_proxy=n", "CNB_STACK_ID=s",
            "CNB_USER_ID=1",
            "LIBRARY_PATH=l", "PKG_CONFIG_PATH=k", "LD_LIBRARY_PATH=d", "HOSTNAME=n", "Home=x",
        ]
        let environment = LaunchEnvironment.build(inheriting: LaunchEnvironment(strings: all))
        #expect(environment.strings == all.filter { !["SECRET=x", "CNB_USER_ID=1", "Home=x"].contains($0) })
    }

    @Test("build layers add to more path variables, and bring env and env.build")
    func buildLayer() throws {
        let directory = try TemporaryDirectory()
        for name in ["bin", "lib", "include", "pkgconfig"] { try directory.makeDirectory(name) }
        try directory.write("env/V", "env")
        try directory.write("env.build/V.append", "+build")
        try directory.write("env.launch/V", "launch")
        var environment = LaunchEnvironment(strings: ["CPATH=/c"])
        try environment.applyBuildLayer(RawPath(directory.path))
        #expect(
            environment.strings == [
                "CPATH=\(directory.path)/include:/c", "PATH=\(directory.path)/bin",
                "LD_LIBRARY_PATH=\(directory.path)/lib",
                "LIBRARY_PATH=\(directory.path)/lib", "PKG_CONFIG_PATH=\(directory.path)/pkgconfig", "V=env+build",
            ]
        )
    }

    @Test("the user's variables replace, those of paths go in front; the operator's are defaults")
    func overrides() throws {
        let directory = try TemporaryDirectory()
        try directory.write("platform/PATH", "/user")
        try directory.write("platform/A", "user")
        try directory.write("platform/WITH.dot", "x")
        try directory.write("operator/A", "operator")
        try directory.write("operator/B", "operator")
        try directory.write("operator/C.override", "operator")
        var environment = LaunchEnvironment(strings: ["PATH=/bin", "A=build", "C=build"])
        try environment.applyPlatformFiles(in: RawPath(directory.path("platform")))
        try environment.applyPlatformFiles(in: RawPath(directory.path("gone")))
        try environment.applyBuildConfigFiles(in: RawPath(directory.path("operator")))
        #expect(environment.strings == ["PATH=/user:/bin", "A=user", "C=operator", "WITH.dot=x", "B=operator"])
    }

    @Test(
        "paths are cleaned as Go's are",
        arguments: [
            ("/layers//", "/layers"), ("/a/./b/../c", "/a/c"), ("/..", "/"), ("a/..", "."), ("", "."), ("../a", "../a"),
            ("../../a/..", "../.."), ("/", "/"), ("//a", "/a"),
        ]
    )
    func cleaned(text: String, expected: String) {
        #expect(RawPath(text).cleaned == RawPath(expected))
    }
}
