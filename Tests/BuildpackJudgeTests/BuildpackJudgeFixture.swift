import JSON
import POSIX
import TestSupport
import Testing

/// The program under test, and the lifecycle that it runs buildpacks in.
enum JudgeProgram {
    /// Static binaries, which run in any file tree.
    static let lifecycleDir: String? = {
        let named = ProcessEnvironment["SLIPWAY_BIN"] ?? "\(Repository.root)/out/bin"
        return FileSystem.isExecutable("\(named)/lifecycle") ? named : nil
    }()

    static let path = BuiltProgram.path("cnb-conformance")

    static let comment = "needs cnb-conformance and release binaries (scripts/build out/bin)"

    /// Runs `cnb-conformance buildpack`.
    static func run(_ arguments: [String]) throws -> CommandResult {
        let program = try #require(path)
        return try runCommand([program, "buildpack"] + arguments)
    }
}

/// What the judge said in JSON.
struct Judgement {
    let status: POSIX.ExitStatus
    let document: JSONValue
    let text: String

    private var findings: [JSONValue] { document["findings"]?.arrayValue ?? [] }

    /// The names of the rules that were broken, each once; `of` limits them to some severities.
    func rules(of severities: Set<String> = ["error", "warning", "note"]) -> Set<String> {
        let found = findings.filter { severities.contains($0["severity"]?.stringValue ?? "") }
        return Set(found.compactMap { $0["rule"]?.stringValue })
    }

    /// The texts of a key in the findings of a rule.
    func texts(_ key: String, of rule: String) -> [String] {
        findings.filter { $0["rule"]?.stringValue == rule }.compactMap { $0[key]?.stringValue }
    }
}

/// A buildpack that has nothing wrong with it, until a test changes something.
struct JudgedBuildpack {
    let directory: TemporaryDirectory
    /// The whole of buildpack.toml.
    var descriptor: String
    /// The lines of bin/detect; nil for no such file.
    var detect: String? = "exit 0"
    /// The lines of bin/build, which knows `layer NAME TYPES`.
    var build: String = ""
    /// More arguments for the judge.
    var arguments: [String] = []

    static let info = """
        [buildpack]
        id = "acme/good"
        version = "1.0.0"
        sbom-formats = ["application/vnd.cyclonedx+json"]
        """
    static let targets = "[[targets]]\nos = \"linux\"\n"

    /// Makes a layer with one file, types and an SBOM.
    private static let functions = """
        L=$CNB_LAYERS_DIR
        sbom='{"bomFormat": "CycloneDX", "specVersion": "1.5"}'
        layer() {
            mkdir -p "$L/$1"; echo "$1" >"$L/$1/file"
            printf '[types]\\n%s = true\\n' "$2" >"$L/$1.toml"; printf '%s' "$sbom" >"$L/$1.sbom.cdx.json"
        }
        """

    init() throws {
        directory = try TemporaryDirectory()
        descriptor = "api = \"0.12\"\n\(Self.info)\n\(Self.targets)"
        try directory.write("app/main", "an app\n")
    }

    /// Writes everything and has it judged.
    func judge() throws -> Judgement {
        try directory.write("buildpack/buildpack.toml", descriptor)
        if let detect {
            try directory.write("buildpack/bin/detect", "#!/bin/sh\nset -eu\n\(detect)\n", mode: 0o755)
        }
        try directory.write("buildpack/bin/build", "#!/bin/sh\nset -eu\n\(Self.functions)\n\(build)\n", mode: 0o755)
        return try Self.judge(directory.path("buildpack"), app: directory.path("app"), arguments)
    }

    /// Has a directory judged.
    static func judge(_ buildpack: String, app: String, _ arguments: [String] = []) throws -> Judgement {
        let lifecycle = try #require(JudgeProgram.lifecycleDir)
        let result = try JudgeProgram.run(
            [buildpack, "--app", app, "--lifecycle", lifecycle, "--format", "json"] + arguments
        )
        let document = try JSONParser.parse(Array(result.output.utf8), source: "cnb-conformance")
        return Judgement(status: result.status, document: document, text: result.output + result.errors)
    }
}
