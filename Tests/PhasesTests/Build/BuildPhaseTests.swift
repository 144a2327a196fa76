import BuildpackModel
import CNBCore
import Console
import POSIX
import Phases
import TestSupport
import Testing

@Suite("Build")
struct BuildPhaseTests {
    private let fixture: ModuleFixture

    init() throws {
        fixture = try ModuleFixture()
    }

    /// A shell command that writes lines to a file in the buildpack's layers directory.
    private func write(_ name: String, _ lines: String...) -> String {
        "printf '%s\\n' \(lines.map { "'\($0)'" }.joined(separator: " ")) > \"$CNB_LAYERS_DIR/\(name)\""
    }

    // MARK: - Layers and environment

    @Test("build layers change the environment of the buildpacks after their own")
    func layers() throws {
        try fixture.buildpack(
            "acme/first",
            build: """
                cd "$CNB_LAYERS_DIR"
                mkdir -p tool/bin tool/env tool/env.build tool/env.launch run/bin
                printf value > tool/env/TOOL
                printf more > tool/env/LIST.append
                printf , > tool/env/LIST.delim
                printf build > tool/env.build/LIST.append
                printf launch > tool/env.launch/TOOL
                printf '[types]\\nbuild = true\\n' > tool.toml
                printf '[types]\\nlaunch = true\\n' > run.toml
                echo "${TOOL-none}" > "$OLDPWD/first.txt"
                """
        )
        try fixture.buildpack("second", build: "env > env.txt")
        try fixture.build(["acme/first", "second"])
        let layer = fixture.root.path("layers/acme_first/tool")
        let lines = fixture.lines("app/env.txt")
        #expect(fixture.lines("app/first.txt") == ["none"])
        #expect(lines.contains("TOOL=value"))
        #expect(lines.contains("LIST=morebuild"))
        #expect(lines.contains("PATH=\(layer)/bin:/usr/bin:/bin"))
        #expect(lines.contains("CNB_LAYERS_DIR=\(fixture.root.path("layers/second"))"))
        #expect(!lines.contains("SECRET=1"))
    }

    @Test(
        "files that have no end fail the build and are named, whatever they stand for",
        .timeLimit(.minutes(1)),
        arguments: [
            ("mkfifo l.toml", "l.toml"), ("mkfifo launch.toml", "launch.toml"), ("mkfifo build.toml", "build.toml"),
            ("mkfifo store.toml", "store.toml"), ("ln -s /dev/zero launch.toml", "launch.toml"),
            ("truncate -s 10G l.toml", "l.toml"),
            ("mkdir -p l/env; printf '[types]\nbuild = true\n' > l.toml; mkfifo l/env/V", "l/env/V"),
        ]
    )
    func planted(command: String, name: String) throws {
        try fixture.buildpack("a", build: "cd \"$CNB_LAYERS_DIR\" && \(command)")
        try fixture.buildpack("b")
        let path = fixture.root.path("layers/a/\(name)")
        #expect {
            try fixture.build(["a", "b"])
        } throws: { error in
            (error as? PhaseError)?.kind == .build && "\(error)".contains("read \(path): ")
        }
    }

    @Test(
        "what is wrong in launch.toml or build.toml is not said of a layer",
        arguments: [
            ("build.toml", "[[build.bom]]"), ("build.toml", "[[bom"), ("launch.toml", "[[processes]]\ntype = 1"),
            ("launch.toml", "[types]\nlaunch = 3"), ("build.toml", "[[unmet]]\nname = 2"), ("launch.toml", "bom = 1"),
        ]
    )
    func brokenOutput(name: String, text: String) throws {
        try fixture.buildpack("a", build: "printf '%s\n' '\(text)' > \"$CNB_LAYERS_DIR/\(name)\"")
        #expect {
            try fixture.build(["a"])
        } throws: { error in
            "\(error)".contains("/layers/a/\(name): line") && !"\(error)".contains("layer metadata")
        }
    }

    @Test("a buildpack that fails is named, with its program and status", arguments: ["exit 3", "kill -9 $$"])
    func failureNamed(body: String) throws {
        try fixture.buildpack("acme/bad", build: body)
        let status = body == "exit 3" ? "exit status 3" : "signal: killed"
        #expect {
            try fixture.build(["acme/bad"])
        } throws: { "\($0)" == "failed to build: \(status) (bin/build of buildpack 'acme/bad@1.0.0')" }
    }

    @Test("misspelt keys and odd variables are pointed out, and change nothing")
    func warnings() throws {
        try fixture.buildpack(
            "a",
            build: """
                cd "$CNB_LAYERS_DIR"
                printf '[[processes]]\ntype = "web"\ncommand = ["x"]\ncomand = "y"\n[[proceses]]\n' > launch.toml
                mkdir -p l/env; printf '[types]\nlaunch = true\n' > l.toml
                printf x > l/env/A=B; printf 'a\\0b' > l/env/NUL
                """
        )
        let metadata = try fixture.build(["a"])
        #expect(metadata.processes.map(\.type) == ["web"])
        let warnings = fixture.logger.records.filter { $0.level == .warn }.map(\.message)
        for text in [
            "launch.toml: unknown key 'processes.comand' is ignored; did you mean 'command'?",
            "launch.toml: unknown key 'proceses' is ignored; did you mean 'processes'?",
            "l/env/A=B: no variable can have a name with '=' in it", "l/env/NUL: a value with a NUL byte",
        ] {
            #expect(warnings.contains { $0.contains(text) }, "\(text) in \(warnings)")
        }
    }

    @Test("a layer that is for nothing is renamed, which fails if the name is taken")
    func ignoredLayers() throws {
        try fixture.buildpack("a", build: "mkdir \"$1/l\"; : > \"$1/l.toml\"")
        try fixture.build(["a"])
        #expect(fixture.exists("layers/a/l.ignore"))
        #expect(!fixture.exists("layers/a/l"))
        #expect(failureKind { try fixture.build(["a"]) } == .build)
    }

    // MARK: - Plans

    @Test("each buildpack is asked for what earlier ones have not provided")
    func plans() throws {
        let providers = ["a", "b"].map { GroupElement(id: $0, version: "1.0.0") } as [GroupElement]
        let plan = ResolvedBuildPlan(
            entries: ["x", "y"].map { ResolvedBuildPlan.Entry(providers: providers, requires: [Requirement(name: $0)]) }
        )
        try fixture.buildpack("a", build: "cat \"$3\" > a.toml; \(write("build.toml", "[[unmet]]", "name = \"y\""))")
        try fixture.buildpack("b", build: "cat \"$CNB_BP_PLAN_PATH\" > b.toml")
        try fixture.build(["a", "b"], plan: plan)
        #expect(fixture.lines("app/a.toml").filter { $0.contains("name") } == ["  name = \"x\"", "  name = \"y\""])
        #expect(fixture.lines("app/b.toml").filter { $0.contains("name") } == ["  name = \"y\""])
    }

    // MARK: - Processes, labels, slices

    @Test("the last process of a type counts, and may take the default away")
    func processes() throws {
        try fixture.buildpack(
            "a",
            build: write(
                "launch.toml",
                "[[processes]]",
                "type = \"web\"",
                "command = [\"a\"]",
                "default = true",
                "[[labels]]",
                "key = \"k\"",
                "value = \"1\"",
                "[[slices]]",
                "paths = [\"*\"]"
            )
        )
        try fixture.buildpack(
            "b",
            api: "0.8",
            build: write("launch.toml", "[[processes]]", "type = \"web\"", "command = \"b\"")
        )
        let metadata = try fixture.build(["a", "b"])
        #expect(metadata.processes.map(\.command) == [["b"]])
        #expect(metadata.processes.map(\.isDirect) == [false])
        #expect(metadata.processes.map(\.buildpackID) == ["b"])
        #expect(metadata.defaultProcessType.isEmpty)
        #expect(metadata.labels == [ImageLabel(key: "k", value: "1")])
        #expect(metadata.slices == [Slice(paths: ["*"])])
        #expect(fixture.logger.messages.contains { $0.contains("redefining the following default process type") })
        #expect(fixture.text("layers/config/metadata.toml") == metadata.text(platformAPI: .latest))
    }

    @Test("before API 0.8 processes have no working directory")
    func workingDirectory() throws {
        let launch = write(
            "launch.toml",
            "[[processes]]",
            "type = \"web\"",
            "command = \"x\"",
            "working-dir = \"/tmp\""
        )
        try fixture.buildpack("old", api: "0.7", build: launch.replacing("$CNB_LAYERS_DIR", with: "$1"))
        try fixture.buildpack("new", api: "0.8", build: launch)
        #expect(try fixture.build(["old"]).processes.map(\.workingDirectory) == [""])
        #expect(fixture.logger.messages.contains { $0.contains("Ignoring working directory for process 'web'") })
        #expect(try fixture.build(["new"]).processes.map(\.workingDirectory) == ["/tmp"])
    }

    // MARK: - Bills of materials

    @Test("SBOM files go where the platform looks for them, by what they are about")
    func sbomFiles() throws {
        try fixture.buildpack(
            "acme/a",
            info: "sbom-formats = [\"application/vnd.cyclonedx+json\", \"application/spdx+json; version=2.2\"]",
            build: """
                cd "$1"
                printf '[types]\\nlaunch = true\\ncache = true\\n' > both.toml
                printf '[types]\\nbuild = true\\n' > tool.toml
                for name in both tool other launch build; do echo "$name" > "$name.sbom.cdx.json"; done
                echo spdx > launch.sbom.spdx.json
                """
        )
        try fixture.root.write("layers/sbom/launch/stale.json", "{}")
        try fixture.build(["acme/a"])
        let found = try ["launch", "build", "cache"].flatMap { kind in
            try files(below: fixture.root.path("layers/sbom/\(kind)")).map { "\(kind)/\($0)" }
        }
        #expect(
            found == [
                "launch/acme_a/both/sbom.cdx.json", "launch/acme_a/sbom.cdx.json", "launch/acme_a/sbom.spdx.json",
                "launch/sbom.legacy.json", "build/acme_a/sbom.cdx.json", "build/acme_a/tool/sbom.cdx.json",
                "build/sbom.legacy.json", "cache/acme_a/both/sbom.cdx.json",
            ]
        )
        #expect(fixture.text("layers/sbom/launch/sbom.legacy.json") == "null\n")
    }

    @Test("old bills of materials are files from Platform API 0.9, and metadata before")
    func legacyBOM() throws {
        let bom = write("launch.toml", "[[bom]]", "name = \"dep\"", "[bom.metadata]", "n = 1")
        try fixture.buildpack("a", build: bom)
        #expect(try fixture.build(["a"]).bom.isEmpty)
        #expect(
            fixture.text("layers/sbom/launch/sbom.legacy.json")
                == "[{\"name\":\"dep\",\"metadata\":{\"n\":1},\"buildpack\":{\"id\":\"a\",\"version\":\"1.0.0\"}}]\n"
        )
        let metadata = try fixture.build(["a"], fixture.buildInputs("0.8"))
        #expect(metadata.bom.map(\.requirement.name) == ["dep"])
        #expect(!fixture.exists("layers/sbom"))
    }

    // MARK: - Failures

    @Test(
        "a script that fails is one kind of failure, output that breaks a rule another",
        arguments: [
            ("exit 9", PhaseErrorKind.buildpackFailed), ("kill -9 $$", .buildpackFailed),
            ("echo '[[unmet]]' > \"$1/build.toml\"", .build),
            ("printf '[[unmet]]\\nname = \"x\"\\n' > \"$1/build.toml\"", .build),
            ("echo 'launch = true' > \"$1/l.toml\"", .build),
            ("echo 'cache = true' > \"$1/store.toml\"", .build),
            ("echo '[[processes' > \"$1/launch.toml\"", .build),
            ("printf '[[bom]]\\nname = \"x\"\\nversion = \"1\"\\n' > \"$1/launch.toml\"", .build),
            ("echo {} > \"$1/launch.sbom.cdx.json\"", .build),
            ("echo {} > \"$1/launch.sbom.other.json\"", .build),
        ]
    )
    func failures(script: String, kind: PhaseErrorKind) throws {
        try fixture.buildpack("a", build: script)
        try fixture.buildpack("b", build: "touch ran")
        #expect(failureKind { try fixture.build(["a", "b"]) } == kind)
        #expect(!fixture.exists("app/ran"))
        #expect(!fixture.exists("layers/config/metadata.toml"))
    }

    @Test("an executable that is missing is the buildpack's failure, a buildpack that is missing is not")
    func missing() throws {
        try fixture.buildpack("a", build: nil)
        #expect(failureKind { try fixture.build(["a"]) } == .buildpackFailed)
        #expect(failureKind { try fixture.build(["missing"]) } == .build)
    }

    @Test("what a buildpack writes is shown in order, whatever the log level")
    func output() throws {
        try fixture.buildpack("a", build: "echo 1; echo 2 >&2; echo 3; printf 4 >&2")
        fixture.logger.level = .error
        try fixture.build(["a"])
        #expect(fixture.logger.messages == ["1", "2", "3", "4"])
    }

    @Test("a daemon that a buildpack leaves behind is not waited for", .timeLimit(.minutes(1)))
    func daemon() throws {
        try fixture.buildpack("a", build: "echo before; sleep 300 & echo $! > pid; echo after")
        try fixture.build(["a"])
        #expect(fixture.logger.messages.suffix(20).contains("after"))
        let daemon = try #require(fixture.lines("app/pid").first)
        #expect(try runCommand(["sh", "-c", "kill \(daemon)"]).status.isSuccess)
    }

    @Test("group.toml and plan.toml that can't be read are general failures")
    func badInputs() throws {
        var inputs = try fixture.buildInputs()
        inputs.groupPath = fixture.root.path("layers/group.toml")
        inputs.planPath = fixture.root.path("layers/plan.toml")
        let run = { try BuildPhase(inputs: inputs, logger: fixture.logger).run() }
        #expect(failureKind(run) == .failed)
        try fixture.root.write("layers/group.toml", "[[group]]\nid = \"a\"\nversion = \"1.0.0\"\napi = \"0.99\"\n")
        #expect(failureKind(run) == .failed)
        try fixture.root.write("layers/plan.toml", "")
        #expect(failureKind(run) == .incompatibleBuildpackAPI)
    }

    /// The relative paths of all files below a directory, sorted.
    private func files(below directory: String) throws -> [String] {
        try FileSystem.list(directory).flatMap { entry in
            guard entry.type == .directory else { return [entry.name] }
            return try files(below: Path.join(directory, entry.name)).map { "\(entry.name)/\($0)" }
        }
    }
}
