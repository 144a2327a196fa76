import JSON
import POSIX
import TestSupport
import Testing

/// Builds of one app into a daemon, on this machine's own paths.
///
/// The app's buildpack makes a layer `greeting` of the app's file of that name, and above it a layer `tool`, of which it
/// only leaves metadata where the build before had it.
struct DaemonBuild {
    /// Holds everything.
    let directory: TemporaryDirectory
    /// Between the phases and the daemon.
    let recorder: SocketRecorder
    /// The app image's name.
    let image: String
    /// More variables for the phases.
    var environment: [String: String] = [:]
    private let binaries: String

    /// Whether such builds can be run here.
    static let canRun = DockerDaemon.isAvailable && ReleaseBinaries.directory != nil
    /// The run image that every build has unless another one is named.
    static let runImage = "slipway.test/run"

    /// Prepares an app, and the run image if it is missing.
    ///
    /// - Parameter name: Makes the app image's name.
    /// - Throws: When there are no release binaries, or the daemon does not start.
    init(_ name: String) throws {
        binaries = try #require(ReleaseBinaries.directory)
        let daemon = try DockerDaemon.sharedDaemon()
        if try daemon.docker("inspect", Self.runImage).status != .exited(0) {
            try Self.makeRunImage(Self.runImage, containing: "run image", in: daemon)
        }
        directory = try TemporaryDirectory()
        recorder = try SocketRecorder(to: daemon.socketPath)
        image = "slipway.test/\(name)"
        let buildpack = "buildpacks/test_one/1.0.0"
        try directory.write(
            "\(buildpack)/buildpack.toml",
            "api = \"0.12\"\n[buildpack]\nid = \"test/one\"\nversion = \"1.0.0\"\n"
        )
        try directory.write("\(buildpack)/bin/detect", "#!/bin/sh\nexit 0\n", mode: 0o755)
        try directory.write(
            "\(buildpack)/bin/build",
            """
            #!/bin/sh
            set -eu
            [ -f "$1/tool.toml" ] || {
                mkdir "$1/tool"
                head -c 400000 /dev/zero | tr '\\0' x >"$1/tool/file"
            }
            printf '[types]\\nlaunch = true\\n' >"$1/tool.toml"
            mkdir -p "$1/greeting"
            cp greeting "$1/greeting/"
            printf '[types]\\nlaunch = true\\n' >"$1/greeting.toml"
            printf '[[processes]]\\ntype = "web"\\ncommand = ["/x"]\\ndefault = true\\n' >"$1/launch.toml"
            """,
            mode: 0o755
        )
        try directory.write(
            "order.toml",
            "[[order]]\n[[order.group]]\nid = \"test/one\"\nversion = \"1.0.0\"\n"
        )
        try directory.write("run.toml", "[[images]]\nimage = \"\(Self.runImage)\"\n")
        try directory.write("workspace/greeting", "hello\n")
        try directory.makeDirectory("platform/env")
        try directory.makeDirectory("launch-cache")
    }

    /// Puts an image into the daemon that apps can run on.
    static func makeRunImage(_ name: String, containing text: String, in daemon: DockerDaemon) throws {
        let changes = ["ENV PATH=/bin RUN=1", "LABEL io.buildpacks.base.id=\(text.utf8.count)", "USER 1000:1000"]
        try daemon.makeImage(name, files: ["etc/run": text], changes: changes)
    }

    /// Runs the creator in a new container, so to speak: nothing of the last build's layers is left.
    func create(_ flags: String..., to image: String? = nil, runImage: String = runImage) throws -> CommandResult {
        try? FileSystem.removeTree(directory.path("layers"))
        try directory.makeDirectory("layers")
        return try phase(
            "creator",
            flags + [
                "-app", directory.path("workspace"), "-buildpacks", directory.path("buildpacks"),
                "-order", directory.path("order.toml"), "-platform", directory.path("platform"),
                "-launcher", "\(binaries)/launcher", "-layers", directory.path("layers"), "-log-level", "debug",
                "-run-image", runImage,
                image ?? self.image,
            ]
        )
    }

    /// Runs a build that has to succeed, and gives what it printed.
    @discardableResult
    func build(_ flags: String...) throws -> String {
        let result =
            flags.isEmpty
            ? try create("-daemon") : try create("-daemon", "-launch-cache", directory.path("launch-cache"))
        try #require(result.status == .exited(0), "\(result.output)\(result.errors)")
        return result.output + result.errors
    }

    /// Lets a user who is nobody build, as detector and builder want it.
    mutating func becomeNobody() throws {
        try FileSystem.chmod(directory.path, 0o755)
        environment["CNB_USER_ID"] = "65534"
        environment["CNB_GROUP_ID"] = "65534"
    }

    /// Runs the phases of a build one by one, in a new container, and gives what they printed; to be called after
    /// ``becomeNobody()``.
    func buildByPhases() throws -> String {
        // Nobody may not be allowed to look where the binaries are.
        let lifecycle = directory.path("lifecycle")
        try FileSystem.writeFile(lifecycle, try FileSystem.readFile("\(binaries)/lifecycle"), mode: 0o755)
        let asNobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", lifecycle]
        try? FileSystem.removeTree(directory.path("layers"))
        try directory.makeDirectory("layers")
        let layers = ["-layers", directory.path("layers"), "-log-level", "debug"]
        let app = ["-app", directory.path("workspace")]
        let builder = ["-buildpacks", directory.path("buildpacks"), "-platform", directory.path("platform")]
        let daemon = ["-daemon", "-launch-cache", directory.path("launch-cache")]
        let steps = [
            (["\(binaries)/analyzer"], daemon + ["-run-image", Self.runImage] + layers + [image]),
            (asNobody + ["detect"], app + builder + ["-order", directory.path("order.toml")] + layers),
            (["\(binaries)/restorer"], ["-daemon"] + layers),
            (asNobody + ["build"], app + builder + layers),
            (["\(binaries)/exporter"], daemon + app + ["-launcher", "\(binaries)/launcher"] + layers + [image]),
        ]
        var output = ""
        for (program, arguments) in steps {
            let result = try run(program + arguments)
            try #require(result.status == .exited(0), "\(program): \(result.output)\(result.errors)")
            output += result.output + result.errors
        }
        return output
    }

    /// Runs a phase.
    func phase(_ name: String, _ arguments: [String]) throws -> CommandResult {
        try run(["\(binaries)/\(name)"] + arguments)
    }

    private func run(_ command: [String]) throws -> CommandResult {
        var variables: [String: String?] = [
            "CNB_PLATFORM_API": "0.15", "CNB_NO_COLOR": "true", "CNB_USER_ID": "0", "CNB_GROUP_ID": "0",
            "CNB_RUN_PATH": directory.path("run.toml"), "DOCKER_HOST": "unix://\(recorder.path)",
        ]
        for (name, value) in environment { variables[name] = value }
        return try runCommand(command, environment: variables)
    }

    /// What the daemon says about an image.
    func inspect(_ name: String? = nil) throws -> JSONValue {
        let result = try DockerDaemon.sharedDaemon().docker("inspect", name ?? image)
        try #require(result.status == .exited(0), "\(result.errors)")
        return try #require(try JSONParser.parse(result.output)[0])
    }

    /// The diff ids of an image.
    func layers(_ name: String? = nil) throws -> [String] {
        try #require(try inspect(name)["RootFS"]?["Layers"]?.arrayValue).compactMap(\.stringValue)
    }

    /// How many bytes the daemon was sent to load, and how often it was asked for a whole image, since the last call of
    /// `build` of which the number of requests is given.
    func traffic(since start: Int) -> (loaded: Int, saved: Int) {
        let requests = recorder.requests.dropFirst(start)
        let loads = requests.filter { $0.line.hasPrefix("POST") && $0.line.contains("/images/load") }
        return (loads.reduce(0) { $0 + $1.size }, requests.filter { $0.line.hasSuffix("/get") }.count)
    }
}
