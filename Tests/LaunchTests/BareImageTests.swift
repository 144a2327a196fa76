import POSIX
import TestSupport
import Testing

@Suite("Launcher: both builds")
struct LauncherBuildTests {
    @Test("are there, so that all tests of the launcher run with the one that is shipped too")
    func builds() {
        #expect(LauncherProgram.all.map(\.build) == ["hosted", "embedded"])
    }
}

@Suite(
    "Launcher: an image that holds nothing else",
    .enabled(if: LauncherProgram.embedded != nil, "the Embedded build of the launcher is not there"),
    .enabled(if: Conditions.isRoot, "needs root, for chroot")
)
struct BareImageTests {
    /// Runs the launcher in a root without libc, shell, /proc or /dev; the process is the launcher itself, once more.
    private func run(_ words: [String], files: KeyValuePairs<String, String> = [:]) throws -> LaunchResult {
        let program = try #require(LauncherProgram.embedded)
        let root = try TemporaryDirectory()
        try root.makeDirectory("workspace")
        try root.write("layers/config/metadata.toml", Self.metadata)
        try root.write("cnb/lifecycle/launcher", try FileSystem.readFile(program.path), mode: 0o755)
        for (path, text) in files { try root.write(path, text, mode: 0o755) }
        let chroot = try #require(Conditions.commandPath("chroot"))
        let capture = try Subprocess.capture(
            SubprocessConfiguration(
                executable: chroot,
                arguments: [root.path, "/cnb/lifecycle/launcher"] + words,
                environment: ["CNB_PLATFORM_API=0.15", "CNB_NO_COLOR=1", "PATH=/cnb/lifecycle:/bin"]
            )
        )
        return LaunchResult(status: capture.status, bytes: capture.output, errorBytes: capture.errors)
    }

    static let metadata = """
        [[buildpacks]]
        id = "acme/one"
        api = "0.12"
        """

    @Test("starts a direct process")
    func direct() throws {
        // The second launcher doesn't get CNB_PLATFORM_API, which shows that it has started.
        let result = try run(["--", "/cnb/lifecycle/launcher"])
        #expect(result.errors.contains("failed to get platform API version"))
        #expect(result.status == .exited(11))
    }

    @Test("applies the files of layers")
    func layers() throws {
        let result = try run(["--print-env"], files: ["layers/acme_one/a/env/V": "value"])
        #expect(result.output == "export CNB_NO_COLOR='1'\nexport PATH='/bin'\nexport V='value'\n")
        #expect(result.status == .exited(0))
    }

    @Test("says that there is no bash where one is needed")
    func bash() throws {
        let result = try run(["echo hi"])
        #expect(result.errors.hasPrefix("ERROR: failed to launch: bash exec: no such file or directory\n"))
        #expect(result.errors.contains("there is no /bin/bash in the image"))
        #expect(result.status == .exited(82))
    }

    @Test("names what is missing where a script's interpreter isn't there")
    func interpreter() throws {
        let result = try run(["--", "/app/script"], files: ["app/script": "#!/usr/bin/env python3\n"])
        #expect(result.errors.hasPrefix("ERROR: failed to launch: direct exec: no such file or directory\n"))
        #expect(result.errors.contains("/app/script is there, but what starts it is not"))
        #expect(result.status == .exited(82))
    }

    @Test("is at most 300 KB large")
    func size() throws {
        let path = try #require(LauncherProgram.embedded).path
        // The debug build is larger, and not what is shipped.
        if path.contains("/debug/") { return }
        #expect(try FileSystem.status(path).size <= 300_000)
    }
}
