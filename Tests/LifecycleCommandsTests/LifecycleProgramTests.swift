import CNBCore
import Console
import LifecycleCommands
import POSIX
import TestSupport
import Testing

@Suite("The lifecycle's command line")
struct LifecycleProgramTests {
    /// Runs the program; returns the exit code and everything that was said.
    private func run(
        _ arguments: String...,
        environment: [String: String] = ["CNB_PLATFORM_API": "0.15"]
    ) -> (code: Int32, messages: [String]) {
        let logger = Logger.collecting()
        let code = LifecycleProgram(logger: logger, environment: environment).run(arguments)
        return (code, logger.messages)
    }

    @Test("without a phase there is nothing to do")
    func noPhase() {
        #expect(run("/cnb/lifecycle/lifecycle").code == 3)
        let unknown = run("lifecycle", "--version")
        #expect(unknown.code == 3)
        #expect(
            unknown.messages.first?.hasPrefix("failed to recognize phase: --version \nValid phases: detect") == true
        )
    }

    @Test("the Platform API comes first", arguments: ["", " ", "x", "0.6", "0.16", "1.0"])
    func platformAPI(text: String) {
        #expect(run("detector", "-app", "/", environment: ["CNB_PLATFORM_API": text]).code == 11)
        #expect(run("lifecycle", "nonsense", environment: ["CNB_PLATFORM_API": text]).code == 11)
        #expect(run("lifecycle", "-version", environment: [:]).code == 0)
    }

    @Test(
        "what only asks needs no Platform API",
        arguments: [["detector", "-version"], ["lifecycle", "build", "-help"]]
    )
    func questions(arguments: [String]) {
        #expect(LifecycleProgram(logger: .collecting(), environment: [:]).run(arguments) == 0)
        #expect(LifecycleProgram(logger: .collecting(), environment: ["CNB_PLATFORM_API": "x"]).run(arguments) == 11)
    }

    @Test("help names all phases and the Platform APIs", arguments: ["-help", "--help", "-h", "help"])
    func help(argument: String) {
        let result = run("lifecycle", argument, environment: [:])
        #expect(result.code == 0)
        for word in ["detect", "rebaser", "0.7 to 0.15", "-inputs"] {
            #expect(result.messages.joined().contains(word))
        }
    }

    @Test("a misspelt phase gets the nearest one")
    func misspelt() {
        #expect(run("lifecycle", "detcet").messages.first?.hasSuffix("Did you mean detect?") ?? false)
    }

    @Test("phases are found by the program's name and by the first argument")
    func dispatch() {
        for arguments in [["/x/detector.sh", "-version"], ["lifecycle", "detect", "-version"]] {
            let logger = Logger.collecting()
            let program = LifecycleProgram(logger: logger, environment: ["CNB_PLATFORM_API": "0.12"])
            #expect(program.run(arguments) == 0)
            #expect(logger.messages.count == 1)
        }
    }

    private static let misuses: [(arguments: [String], code: Int32)] = [
        (["detector", "-nope"], Int32(2)),
        (["detector", "-h"], 0),
        (["detector", "-no-color=maybe"], 2),
        (["detector", "-log-level", "loud"], 1),
        (["detector", "extra"], 3),
        (["analyzer"], 3),
        (["restorer", "x"], 3),
        (["exporter"], 3),
        (["creator", "a", "b"], 3),
        (["rebaser"], 3),
        (["analyzer", "-run-image", "first.example/run", "Bad/Ref:Tag"], 3),
        (["extender", "-kind", "none"], 3),
    ]

    @Test(
        "wrong flags, levels and arguments have their exit codes",
        arguments: Self.misuses
    )
    func exitCodes(arguments: [String], code: Int32) {
        let program = LifecycleProgram(logger: .collecting(), environment: ["CNB_PLATFORM_API": "0.15"])
        #expect(program.run(arguments) == code)
    }

    @Test(
        "buildpacks don't run as root",
        .enabled(if: Conditions.isRoot, "needs root"),
        arguments: ["detect", "build"]
    )
    func root(phase: String) {
        let result = run("lifecycle", phase)
        #expect(result.code == 1)
        #expect(result.messages.last == "failed to \(phase): refusing to run as root")
    }

    @Test("layouts are an experiment, and need a directory")
    func layout() {
        let arguments = ["analyzer", "-layout", "-run-image", "run", "app"]
        let environment = ["CNB_PLATFORM_API": "0.15"]
        let logger = Logger.collecting()
        #expect(LifecycleProgram(logger: logger, environment: environment).run(arguments) == 1)
        let refusal = "experimental features are disabled unless CNB_EXPERIMENTAL_MODE is set to warn or quiet"
        #expect(logger.messages.last == refusal)
        let refusing = environment.merging(["CNB_EXPERIMENTAL_MODE": "error"]) { $1 }
        #expect(LifecycleProgram(logger: logger, environment: refusing).run(arguments) == 1)
        #expect(logger.messages.last == "experimental features are disabled by CNB_EXPERIMENTAL_MODE=error")
        let quiet = environment.merging(["CNB_EXPERIMENTAL_MODE": "quiet"]) { $1 }
        #expect(LifecycleProgram(logger: logger, environment: quiet).run(arguments) == 3)
        #expect(logger.messages.last == "failed to resolve inputs: -layout-dir is required with -layout")
    }

    @Test("an exporter without analyzed.toml fails as an export")
    func missingAnalysis() throws {
        let directory = try TemporaryDirectory()
        let result = run("exporter", "-layers", directory.path, "first.example/app")
        #expect(result.code == 62)
        #expect(result.messages.last == "failed to export: run image not found in analyzed metadata")
    }

    private static let badOptions: [(variable: String, value: String, message: String)] = [
        ("CNB_CACHE_MTIME", "yes", "CNB_CACHE_MTIME: expected \"keep\" or nothing, found \"yes\""),
        ("CNB_CACHE_COMPRESSION", "zip", "CNB_CACHE_COMPRESSION: unknown layer compression 'zip'"),
        ("CNB_CACHE_COMPRESSION", "gzip:13", "CNB_CACHE_COMPRESSION: unknown layer compression 'gzip:13'"),
    ]

    @Test("options for the cache have no values that are silently ignored", arguments: Self.badOptions)
    func badCacheOptions(variable: String, value: String, message: String) throws {
        let result = try restore([variable: value])
        #expect(result.code == 3)
        #expect(result.messages.last == "failed to resolve inputs: \(message)")
    }

    @Test("a read cache that is no use costs a warning that names it")
    func badReadCaches() throws {
        let result = try restore(["CNB_CACHE_FROM": "./cache,Bad/Name,127.0.0.1:1/cache"])
        #expect(result.code == 0)
        for text in [
            "Not restoring from cache ./cache: the path of a directory has to be absolute",
            "Not restoring from cache Bad/Name: ", "Not restoring from cache 127.0.0.1:1/cache: ",
        ] {
            #expect(result.messages.contains { $0.hasPrefix(text) }, "\(text) in \(result.messages)")
        }
    }

    @Test("an unknown log format is pointed out")
    func badLogFormat() throws {
        let result = try restore(["CNB_LOG_FORMAT": "yaml"])
        #expect(result.code == 0)
        #expect(result.messages.contains(#"Ignoring CNB_LOG_FORMAT: expected "text" or "json", found "yaml""#))
    }

    @Test("the creator refuses an unknown compression before it builds")
    func badLayerCompression() {
        let environment = ["CNB_PLATFORM_API": "0.15", "CNB_LAYER_COMPRESSION": "rar"]
        let result = run("creator", "-run-image", "first.example/run", "first.example/app", environment: environment)
        #expect(result.code == 3)
        #expect(
            result.messages.last
                == "failed to resolve inputs: CNB_LAYER_COMPRESSION: unknown layer compression 'rar'"
        )
    }

    /// Restores into an empty layers directory.
    private func restore(_ variables: [String: String]) throws -> (code: Int32, messages: [String]) {
        let directory = try TemporaryDirectory()
        try directory.write("group.toml", "[[group]]\nid = \"acme/one\"\nversion = \"1\"\napi = \"0.12\"\n")
        try directory.makeDirectory("layers")
        let environment = [
            "CNB_PLATFORM_API": "0.15", "CNB_LAYERS_DIR": directory.path("layers"),
            "CNB_GROUP_PATH": directory.path("group.toml"), "CNB_USER_ID": "\(Users.userID)",
            "CNB_GROUP_ID": "\(Users.groupID)",
        ]
        return run("restorer", environment: environment.merging(variables) { $1 })
    }

    @Test("misplaced flags are pointed out")
    func misplacedFlags() {
        let result = run("analyzer", "first.example/aa", "-tag", "x")
        #expect(result.code == 3)
        #expect(result.messages.contains { $0.contains("unconsumed flag-like positional arg: \n\t-tag\n") })
    }

    @Test("docs/inputs.md is what `lifecycle -inputs` prints")
    func document() throws {
        let printed = run("lifecycle", "-inputs").messages.joined(separator: "\n") + "\n"
        let document = try FileSystem.readText(Path.join(Repository.root, "docs/inputs.md"))
        #expect(document == printed, "run: lifecycle -inputs > docs/inputs.md")
    }
}
