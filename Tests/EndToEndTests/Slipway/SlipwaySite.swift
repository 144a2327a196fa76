import JSON
import POSIX
import TestSupport
import Testing

/// A user's place of work: an app, a home with store and caches, and what else a test needs, removed with the test.
struct SlipwaySite: Sendable {
    /// Has `app` and `home`.
    let directory: TemporaryDirectory
    /// Whoever works here.
    let user: SlipwayUser
    /// More variables for `slipway`.
    var environment: [String: String] = [:]

    /// Prepares an empty app and an empty home.
    init(_ user: SlipwayUser = .plain) throws {
        self.user = user
        directory = try TemporaryDirectory()
        try FileSystem.chmod(directory.path, 0o755)
        for path in [directory.path, try directory.makeDirectory("home"), try directory.makeDirectory("app")] {
            try user.give(path)
        }
    }

    /// The app's directory.
    var app: String { directory.path("app") }
    /// The local store.
    var store: String { directory.path("home/.local/share/slipway") }

    /// The variables that `slipway` gets on top of those of the tests.
    var variables: [String: String?] {
        var variables: [String: String?] = [
            "HOME": directory.path("home"), "XDG_DATA_HOME": nil, "XDG_CACHE_HOME": nil, "XDG_CONFIG_HOME": nil,
            "SLIPWAY_TOOLS": nil, "SLIPWAY_BIN": nil, "SLIPWAY_LIFECYCLE": nil, "SLIPWAY_BUILDPACKS": nil,
        ]
        for (name, value) in environment { variables[name] = value }
        return variables
    }

    /// The command that runs `slipway` as this place's user.
    func command(_ arguments: [String]) throws -> [String] { user.prefix + [try SlipwayPrograms.path()] + arguments }

    /// Runs `slipway` in this place's directory.
    func slipway(_ arguments: [String]) throws -> CommandResult {
        try runCommand(try command(arguments), environment: variables, in: directory.path)
    }

    /// Runs `slipway`, which has to succeed; gives its standard output without the line end.
    @discardableResult
    func succeed(_ arguments: String..., location: SourceLocation = #_sourceLocation) throws -> String {
        let result = try slipway(arguments)
        try #require(
            result.status == .exited(0),
            "slipway \(arguments): \(result.output)\(result.errors)",
            sourceLocation: location
        )
        return result.output.last == "\n" ? String(result.output.dropLast()) : result.output
    }

    /// Starts `slipway`; what it prints goes to the file `log`.
    func start(_ arguments: [String]) throws -> RunningProcess {
        // A shell that runs the tests in the background has them, and whatever they start, ignore SIGINT.
        let command = ["--default-signal"] + (try command(arguments))
        let program = try #require(Conditions.commandPath("env"))
        var variables = ProcessEnvironment.current
        for (name, value) in self.variables { variables[name] = value }
        return try RunningProcess(
            SubprocessConfiguration(
                executable: program,
                arguments: command,
                environment: variables.map { "\($0.key)=\($0.value)" },
                workingDirectory: directory.path
            ),
            outputPath: directory.path("log")
        )
    }

    /// What is left of builds that have ended: mounts, processes with mounts of this place, and directories of builds.
    var leftovers: [String] {
        var found: [String] = []
        for process in (try? FileSystem.list("/proc"))?.map(\.name) ?? [] where UInt32(process) != nil {
            let mounts = (try? FileSystem.readText("/proc/\(process)/mountinfo")) ?? ""
            guard mounts.contains(directory.path) else { continue }
            let line = (try? FileSystem.readText("/proc/\(process)/cmdline")) ?? ""
            found.append("process \(process): \(line.replacing("\0", with: " "))")
        }
        for build in (try? FileSystem.list(directory.path("home/.cache/slipway/builds"))) ?? [] {
            found.append("build \(build.name)")
        }
        return found
    }

    /// ``leftovers`` that do not go away within a few seconds: ends of processes take a moment to be noticed.
    func lastingLeftovers() -> [String] {
        for _ in 1...300 {
            if leftovers.isEmpty { return [] }
            Clock.sleep(milliseconds: 10)
        }
        return leftovers
    }

    /// The result that `--metadata-file` has written.
    func metadata(_ file: String = "result.json") throws -> JSONValue {
        try JSONParser.parse(try FileSystem.readFile(directory.path(file)), source: file)
    }
}

extension JSONValue {
    /// The texts of a list.
    var texts: [String] { (arrayValue ?? []).compactMap(\.stringValue) }
}
