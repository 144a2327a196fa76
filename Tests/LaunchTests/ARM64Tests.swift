import POSIX
import TestSupport
import Testing

/// What it takes to run the cross-compiled launcher here.
private enum ARM64 {
    static let emulator = Conditions.commandPath("qemu-aarch64-static")
    static let launcher = Path.join(Repository.root, "out/arm64/launcher")
}

@Suite(
    "Launcher: the build for arm64",
    .enabled(if: ARM64.emulator != nil, "needs qemu-aarch64-static"),
    .enabled(if: FileSystem.exists(ARM64.launcher), "not there: scripts/build-launcher-arm64 out/arm64/launcher")
)
struct ARM64Tests {
    /// Starts the launcher in the emulator; what it becomes runs without.
    private func run(_ image: AppImage, _ words: [String], as name: String = "x") throws -> LaunchResult {
        let emulator = try #require(ARM64.emulator)
        return try image.run(LauncherProgram(build: "arm64", path: emulator), ["-0", name, ARM64.launcher] + words)
    }

    @Test("starts direct and shell processes")
    func processes() throws {
        let image = try AppImage(metadata: ProcessChoiceTests.metadata)
        #expect(try run(image, [], as: "array").output == "[always][default]")
        #expect(try run(image, ["a b"], as: "array").output == "[always][a b]")
        #expect(try run(image, ["echo $PWD"]).output == "\(image.appDir)\n")
        #expect(try run(image, ["--", "no-such-program"]).status == .exited(82))
    }

    @Test("applies the files and programs of layers")
    func environment() throws {
        let image = try AppImage(metadata: ExecDTests.metadata).layers([
            "acme_one/a/env/TRAIL": "env", "acme_one/a/env.launch/web/TRAIL.append": "+web",
            "acme_one/a/exec.d/x": "#!/bin/sh\nprintf 'TRAIL = \"%s+exec.d\"' \"$TRAIL\" >&3\n",
        ])
        #expect(try run(image, [], as: "web").output == "env+web+exec.d\0")
    }

    @Test("is at most 300 KB large")
    func size() throws {
        #expect(try FileSystem.status(ARM64.launcher).size <= 300_000)
    }

    @Test("says what is wrong")
    func errors() throws {
        let result = try run(AppImage(metadata: "[[proc"), [])
        #expect(result.errors.contains("line 1, column 7"))
        #expect(result.status == .exited(82))
        #expect(try run(AppImage(platformAPI: "0.1"), []).status == .exited(11))
    }
}
