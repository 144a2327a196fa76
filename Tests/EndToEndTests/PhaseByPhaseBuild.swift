import JSON
import POSIX
import TestSupport
import Testing

/// A build whose phases are called one by one on this machine's own paths, with a real registry and a cache directory.
///
/// What a buildpack would leave is written by ``writeLayers(changed:)``, so that only the phases are under test.
struct PhaseByPhaseBuild {
    /// The directory that holds everything but the cache.
    let directory: TemporaryDirectory
    /// The cache directory that exporter and restorer share.
    let cacheDir: String
    /// The app image's name.
    let image: String
    /// More variables for all phases.
    var environment: [String: String] = [:]
    /// The flags that name the cache which is written; none when there is no such cache.
    var cacheFlags: [String]
    private let binaries: String
    private let runImage: String

    /// The layers that every build makes, each with a file of its own.
    static let layerNames = ["a", "b", "c", "d"]
    /// What makes the first layer differ from what it is otherwise.
    static let change = "changed"

    /// Prepares a build.
    ///
    /// - Parameters:
    ///   - registry: Has the run image under `run`.
    ///   - cacheDir: An existing directory.
    ///   - name: The app image's repository.
    /// - Throws: When there are no release binaries, or no room for files.
    init(registry: RegistryServer, cacheDir: String, name: String) throws {
        binaries = try #require(ReleaseBinaries.directory)
        directory = try TemporaryDirectory()
        self.cacheDir = cacheDir
        cacheFlags = ["-cache-dir", cacheDir]
        image = "\(registry.host)/\(name)"
        runImage = "\(registry.host)/run"
        try directory.write("group.toml", "[[group]]\nid = \"test/one\"\nversion = \"1\"\napi = \"0.12\"\n")
        try directory.write("run.toml", "[[images]]\nimage = \"\(runImage)\"\n")
        try directory.write("workspace/main", "app\n")
    }

    /// Pushes an empty run image to a registry.
    static func pushRunImage(to registry: RegistryServer) throws {
        let scratch = try TemporaryDirectory()
        let layout = scratch.path("run")
        let destination = "docker://\(registry.host)/run"
        for command in [
            ["\(Repository.root)/scripts/run-image", "empty", layout],
            ["skopeo", "copy", "--quiet", "--dest-tls-verify=false", "oci:\(layout):latest", destination],
        ] {
            let result = try runCommand(command)
            try #require(result.status == .exited(0), "\(command): \(result.errors)")
        }
    }

    /// Empties the layers directory, as every build starts in a new container.
    func startContainer() throws {
        try? FileSystem.removeTree(directory.path("layers"))
        try directory.write(
            "layers/config/metadata.toml",
            """
            [[buildpacks]]
              id = "test/one"
              version = "1"
              api = "0.12"

            [[processes]]
              type = "web"
              command = ["/workspace/main"]
              buildpack-id = "test/one"
            """
        )
    }

    /// Writes the layers that the buildpack would contribute; `changed` makes one of them differ.
    func writeLayers(changed: String = "") throws {
        for name in Self.layerNames {
            let contents = Self.contents(of: name, changed: name == "a" ? changed : "")
            try directory.write("layers/test_one/\(name)/file", contents)
            try directory.write("layers/test_one/\(name).toml", "[types]\nlaunch = true\ncache = true\n")
        }
    }

    /// The layers whose contents are there after a restore, by name; the test fails where one is no build's.
    func restoredLayers() throws -> [String] {
        try Self.layerNames.filter { name in
            let path = directory.path("layers/test_one/\(name)/file")
            guard FileSystem.exists(path) else { return false }
            let text = try FileSystem.readText(path)
            let contents = ["", Self.change].map { Self.contents(of: name, changed: $0) }
            #expect(contents.contains(text), "layer \(name) was restored with other contents than were cached")
            return true
        }
    }

    private static func contents(of name: String, changed: String) -> String {
        String(repeating: "layer \(name) \(changed)\n", count: 40_000)
    }

    /// Runs the analyzer.
    func analyze() throws -> CommandResult {
        try phase(["\(binaries)/analyzer", "-run-image", runImage, "-layers", directory.path("layers"), image])
    }

    /// Runs the restorer.
    func restore() throws -> CommandResult {
        let files = ["-layers", directory.path("layers"), "-group", directory.path("group.toml")]
        return try phase(["\(binaries)/restorer"] + files + cacheFlags)
    }

    /// Runs the exporter; with a time limit it is killed then, as by a machine that goes away.
    func export(killedAfterMilliseconds limit: Int? = nil) throws -> CommandResult {
        let killer = limit.map { ["timeout", "--signal=KILL", "\(Double($0) / 1000)"] } ?? []
        return try phase(
            killer + [
                "\(binaries)/exporter", "-layers", directory.path("layers"), "-group", directory.path("group.toml"),
                "-app", directory.path("workspace"), "-launcher", "\(binaries)/launcher",
                "-report", directory.path("report.toml"),
            ] + cacheFlags + [image]
        )
    }

    /// A whole build from an empty container, each phase of which has to succeed; gives what the phases printed.
    @discardableResult
    func build(changed: String = "") throws -> String {
        try startContainer()
        var output = ""
        for step in [analyze, restore] {
            let result = try step()
            try #require(result.status == .exited(0), "\(result.output)\(result.errors)")
            output += result.output + result.errors
        }
        _ = try restoredLayers()
        try writeLayers(changed: changed)
        let result = try export()
        try #require(result.status == .exited(0), "\(result.output)\(result.errors)")
        return output + result.output + result.errors
    }

    /// The digests of the app image's layers, as skopeo reads them.
    func imageLayers() throws -> [String] {
        let read = try runCommand(["skopeo", "inspect", "--raw", "--tls-verify=false", "docker://\(image)"])
        try #require(read.status == .exited(0), "\(read.errors)")
        let manifest = try JSONParser.parse(Array(read.output.utf8), source: "skopeo")
        return try #require(manifest["layers"]?.arrayValue).map { $0["digest"]?.stringValue ?? "" }
    }

    private func phase(_ command: [String]) throws -> CommandResult {
        try runCommand(
            command,
            environment: [
                "CNB_PLATFORM_API": "0.15", "CNB_NO_COLOR": "true", "CNB_RUN_PATH": directory.path("run.toml"),
                "CNB_USER_ID": "\(Users.userID)", "CNB_GROUP_ID": "\(Users.groupID)",
            ].merging(environment) { $1 }
        )
    }
}
