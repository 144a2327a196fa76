import POSIX
import TestSupport
import Testing

@Suite(
    "Commands in the documentation",
    .enabled(if: ReleaseBinaries.canBuild && ReleaseBinaries.canBuildApps, "\(ReleaseBinaries.comment)"),
    .serialized
)
struct DocumentedCommandsTests {
    @Test(
        "the page on building one's own app leads from a directory to images in Docker and a registry",
        .enabled(if: DockerDaemon.isAvailable, "\(DockerDaemon.comment)"),
        .enabled(if: Conditions.commandExists("docker-registry"), "needs docker-registry")
    )
    func buildYourOwnApp() throws {
        let clone = try Clone()
        try clone.directory.write("my-app/index.html", "<p>my own page")
        let daemon = try DockerDaemon.sharedDaemon()
        let registry = try RegistryServer()
        let result = try clone.follow(
            "build-your-own-app.md",
            replacing: ["localhost:5000": registry.host],
            environment: ["DOCKER_HOST": daemon.host, "PORT": "18436"]
        )
        try #require(result.status == .exited(0), "\(result.output)\(result.errors)")
        #expect(result.output.contains("<p>my own page"))
        #expect(result.lines.count { $0.contains("Loaded image: my-app:latest") } == 2, "\(result.output)")
        #expect(result.output.contains("\(registry.host)/my-app"), "\(result.output)")
        #expect(try daemon.docker("inspect", "my-app:latest").status == .exited(0))
    }

    @Test(
        "the page on writing a buildpack makes one that the judge passes and that builds an image",
        .enabled(if: Clone.judge != nil, "needs cnb-conformance (scripts/build out/bin out/tools)")
    )
    func writingABuildpack() throws {
        let result = try Clone().follow("writing-a-buildpack.md")
        try #require(result.status == .exited(0), "\(result.output)\(result.errors)")
        #expect(result.output.contains("acme/words 1.0.0: 0 errors, 0 warnings, 0 notes"), "\(result.output)")
        #expect(result.lines.contains("3 words"), "\(result.output)")
    }
}

/// A directory that looks like a clone of this repository in which `scripts/build out/bin` has been run.
private struct Clone {
    let directory: TemporaryDirectory

    /// The judge of buildpacks, where `scripts/build` has put it.
    static let judge: String? = {
        let named = ProcessEnvironment["SLIPWAY_TOOLS"] ?? "\(Repository.root)/out/tools"
        return FileSystem.isExecutable("\(named)/cnb-conformance") ? "\(named)/cnb-conformance" : nil
    }()

    init() throws {
        directory = try TemporaryDirectory()
        let binaries = try #require(ReleaseBinaries.directory)
        for name in ["scripts", "buildpacks", "docs"] {
            try FileSystem.createSymlink(directory.path(name), target: "\(Repository.root)/\(name)")
        }
        try directory.makeDirectory("out/tools")
        try FileSystem.copyTree(binaries, to: directory.path("out/bin"))
        try FileSystem.createSymlink(directory.path("out/tools/slipway"), target: "\(ReleaseBinaries.tools)/slipway")
        if let judge = Self.judge {
            try FileSystem.createSymlink(directory.path("out/tools/cnb-conformance"), target: judge)
        }
    }

    /// Runs all commands of a page one after the other in one shell: the lines that are indented by four spaces.
    ///
    /// The release binaries are there already, so `scripts/build` does nothing.
    func follow(
        _ page: String,
        replacing replacements: [String: String] = [:],
        environment: [String: String] = [:]
    ) throws -> CommandResult {
        var script = "set -euo pipefail\nscripts/build() { [ $# -eq 1 ] && [ -x \"$1/lifecycle\" ]; }\n"
        for line in try FileSystem.readText("\(Repository.root)/docs/\(page)").split(separator: "\n") {
            if line.hasPrefix("    ") { script += line.dropFirst(4) + "\n" }
        }
        for (text, replacement) in replacements { script = script.replacing(text, with: replacement) }
        var variables: [String: String?] = [
            "SLIPWAY_BIN": nil, "DEMO_DIR": nil, "SLIPWAY_STORE": directory.path("store"),
            "SLIPWAY_CACHE_HOME": directory.path("cache"),
        ]
        for (name, value) in environment { variables[name] = value }
        return try runCommand(["bash", "-c", script], environment: variables, in: directory.path)
    }
}
