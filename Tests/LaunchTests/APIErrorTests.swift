import POSIX
import TestSupport
import Testing

@Suite("Launcher: APIs and metadata")
struct APIErrorTests {
    @Test(
        "refuses Platform APIs with 11",
        arguments: LauncherProgram.all,
        [
            ("", "get platform API version; please set 'CNB_PLATFORM_API' to specify the desired platform API version"),
            (
                "0.99",
                "set platform API: platform API version '0.99' is incompatible with the lifecycle; "
                    + "it takes 0.7 to 0.15, and reads the version from CNB_PLATFORM_API"
            ),
            (
                "0.6",
                "set platform API: platform API version '0.6' is incompatible with the lifecycle; "
                    + "it takes 0.7 to 0.15, and reads the version from CNB_PLATFORM_API"
            ),
            ("zero", "parse platform API 'zero'"),
        ]
    )
    func platform(program: LauncherProgram, item: (api: String, message: String)) throws {
        let result = try AppImage(platformAPI: item.api).run(program, ["--", "true"])
        #expect(result.errors == "ERROR: failed to \(item.message)\n")
        #expect(result.status == .exited(11))
    }

    @Test(
        "refuses Buildpack APIs with 12",
        arguments: LauncherProgram.all,
        [
            (
                "api = '0.99'",
                "set API for buildpack 'acme/a': buildpack API version '0.99' is incompatible with the lifecycle; "
                    + "it takes 0.7 to 0.12"
            ),
            ("api = 'x'", "parse buildpack API 'x' for buildpack 'acme/a'"),
            ("", "parse buildpack API '' for buildpack 'acme/a'"),
        ]
    )
    func buildpack(program: LauncherProgram, item: (line: String, message: String)) throws {
        let image = try AppImage(metadata: "[[buildpacks]]\nid = 'acme/a'\n\(item.line)\n")
        let result = try image.run(program, ["--", "true"])
        #expect(result.errors == "ERROR: failed to \(item.message)\n")
        #expect(result.status == .exited(12))
    }

    /// Metadata that cannot be used, and a part of what is said about it.
    static let malformed = [
        ("[[proc", "line 1, column 7"),
        ("processes = 5", "expected an array of tables, found an integer"),
        ("[[processes]]\ntype = 5", "line 2, column 8 (processes.type): expected a string, found an integer"),
        ("[[processes]]\ncommand = 5", "expected a string or an array of strings, found an integer"),
        ("[[processes]]\ncommand = ['a', 5]", "expected a string, found an integer"),
        ("[[processes]]\ndirect = 'true'", "expected a boolean, found a string"),
        ("[[buildpacks]]\nid = []", "expected a string, found an array"),
        ("a = 1\na = 2", "line 2"),
        ("\u{0}", "line 1"),
        (String(repeating: "[", count: 100_000), "line 1"),
        ("a = " + String(repeating: "[", count: 100_000), "line 1"),
    ]

    @Test("points at what is wrong with metadata.toml, and exits with 82", arguments: LauncherProgram.all, malformed)
    func metadata(program: LauncherProgram, item: (text: String, message: String)) throws {
        let image = try AppImage(metadata: item.text)
        let result = try image.run(program, ["--", "true"])
        let file = "\(image.layersDir)/config/metadata.toml"
        #expect(result.errors.hasPrefix("ERROR: failed to read metadata: \(file): line "))
        #expect(result.errors.contains(item.message))
        #expect(result.status == .exited(82))
    }

    @Test("names a metadata.toml that is not there", arguments: LauncherProgram.all)
    func missing(program: LauncherProgram) throws {
        let result = try AppImage().run(program, ["--", "true"], ["CNB_LAYERS_DIR": "/gone//x/.."])
        #expect(
            result.errors
                == "ERROR: failed to read metadata: open /gone/config/metadata.toml: no such file or directory\n"
        )
        #expect(result.status == .exited(82))
    }

    @Test("colours its messages unless told not to", arguments: LauncherProgram.all)
    func colour(program: LauncherProgram) throws {
        let result = try AppImage(platformAPI: "x").run(program, [], ["CNB_NO_COLOR": "no"])
        #expect(result.errors == "\u{1B}[31;1mERROR: \u{1B}[0mfailed to parse platform API 'x'\n")
    }
}
