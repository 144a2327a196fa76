import POSIX
import TestSupport
import Testing

/// A build of the launcher, run from outside as an app image would.
struct LauncherProgram: CustomTestStringConvertible, Sendable {
    /// How the sources were compiled: `hosted`, as libraries with an ordinary Swift program over them, or `embedded`, as
    /// one Embedded Swift module, which is what is shipped.
    let build: String
    let path: String

    var testDescription: String { build }

    /// The directory that the products of the build are in.
    private static let products = Path.directory((try? FileSystem.realPath("/proc/self/exe")) ?? "")
    private static let productsOfTests = Path.directory(CommandLine.arguments.first ?? "")

    /// The ordinary build, and the Embedded one where it has been built: by the package as a whole, or in `SLIPWAY_BIN`.
    static let all = [hosted, embedded].compactMap { $0 }

    static let hosted = find("launcher-hosted", in: [productsOfTests, products]).map {
        LauncherProgram(build: "hosted", path: $0)
    }

    static let embedded = find("launcher", in: [ProcessEnvironment["SLIPWAY_BIN"] ?? "", productsOfTests, products]).map
    {
        LauncherProgram(build: "embedded", path: $0)
    }

    private static func find(_ name: String, in directories: [String]) -> String? {
        directories.filter { !$0.isEmpty }.map { Path.join($0, name) }.first { FileSystem.isExecutable($0) }
    }
}

/// An app image as the launcher finds it: `<layers>` with metadata, and an app directory.
struct AppImage {
    let directory: TemporaryDirectory
    var platformAPI = "0.15"
    var environment: [String: String] = [:]

    var layersDir: String { directory.path("layers") }
    var appDir: String { directory.path("app") }

    /// An image whose metadata.toml has this text.
    init(metadata: String = "", platformAPI: String = "0.15") throws {
        directory = try TemporaryDirectory()
        self.platformAPI = platformAPI
        try directory.makeDirectory("app")
        try directory.write("layers/config/metadata.toml", metadata)
    }

    /// Writes files below `<layers>`; those that begin with `#!` can be executed.
    @discardableResult
    func layers(_ files: KeyValuePairs<String, String>) throws -> AppImage {
        for (path, text) in files {
            try directory.write("layers/\(path)", text, mode: text.hasPrefix("#!") ? 0o755 : 0o644)
        }
        return self
    }

    /// Starts the launcher.
    ///
    /// - Parameters:
    ///   - program: Which build.
    ///   - words: Its arguments.
    ///   - name: What it is called as.
    ///   - variables: Variables on top of those that the launcher needs.
    /// - Returns: What came out.
    /// - Throws: When the launcher cannot be started at all.
    func run(
        _ program: LauncherProgram,
        _ words: [String] = [],
        as name: String = "/cnb/lifecycle/launcher",
        _ variables: [String: String] = [:]
    ) throws -> LaunchResult {
        var environment = [
            "CNB_PLATFORM_API": platformAPI, "CNB_LAYERS_DIR": layersDir, "CNB_APP_DIR": appDir, "CNB_NO_COLOR": "true",
            "PATH": "/usr/bin:/bin",
        ]
        environment.merge(self.environment) { $1 }
        environment.merge(variables) { $1 }
        var configuration = SubprocessConfiguration(
            executable: program.path,
            arguments: words,
            environment: environment.map { "\($0.key)=\($0.value)" }.sorted()
        )
        configuration.name = name
        let capture = try Subprocess.capture(configuration)
        return LaunchResult(status: capture.status, bytes: capture.output, errorBytes: capture.errors)
    }
}

/// How a launch went.
struct LaunchResult {
    var status: POSIX.ExitStatus
    var bytes: [UInt8]
    var errorBytes: [UInt8]

    /// Standard output as text.
    var output: String { String(decoding: bytes, as: UTF8.self) }
    /// Standard error as text.
    var errors: String { String(decoding: errorBytes, as: UTF8.self) }
}
