import JSON
import POSIX
import TestSupport
import Testing

@Suite(
    "Judging buildpacks",
    .enabled(if: JudgeProgram.path != nil && JudgeProgram.lifecycleDir != nil, "\(JudgeProgram.comment)")
)
struct BuildpackJudgeTests {
    /// A buildpack that breaks rules, and which ones.
    struct Violation: CustomTestStringConvertible, Sendable {
        let rules: Set<String>
        var descriptor: String?
        var detect: String? = "exit 0"
        var build = ""

        var testDescription: String {
            "\(rules.sorted().joined(separator: ", ")): \(descriptor ?? detect ?? "") \(build)"
        }

        /// A wrong buildpack.toml.
        static func descriptor(_ rules: String..., text: String) -> Violation {
            Violation(rules: Set(rules), descriptor: text)
        }

        /// A wrong bin/detect.
        static func detect(_ rules: String..., script: String) -> Violation {
            Violation(rules: Set(rules), detect: script)
        }

        /// A wrong bin/build.
        static func build(_ rules: String..., script: String) -> Violation {
            Violation(rules: Set(rules), build: script)
        }
    }

    private static let good = JudgedBuildpack.info
    private static let targets = JudgedBuildpack.targets

    /// A descriptor with other lines at the top, in `[buildpack]` and at the end.
    private static func toml(api: String = "\"0.12\"", info: String = good, _ rest: String = targets) -> String {
        "api = \(api)\n\(info)\n\(rest)"
    }

    private static let descriptors: [Violation] = [
        .descriptor("descriptor-syntax", text: "api = "),
        .descriptor("descriptor-type", text: toml("[[targets]]\nos = 1\n")),
        .descriptor("descriptor-unknown-key", text: toml(info: good + "\nicense = \"MIT\"")),
        .descriptor("descriptor-unknown-key", text: toml(targets + "\n[foo]\n")),
        .descriptor("api-missing", text: "\(good)\n\(targets)"),
        .descriptor("api-format", text: toml(api: "\"v0.12\"")),
        .descriptor("api-unsupported", text: toml(api: "\"0.99\"")),
        .descriptor("id-missing", text: toml(info: "[buildpack]\nversion = \"1.0.0\"")),
        .descriptor("id-format", text: toml(info: "[buildpack]\nid = \"a_b\"\nversion = \"1.0.0\"")),
        .descriptor("id-reserved", text: toml(info: "[buildpack]\nid = \"sbom\"\nversion = \"1.0.0\"")),
        .descriptor("version-missing", text: toml(info: "[buildpack]\nid = \"a/b\"")),
        .descriptor("version-format", text: toml(info: "[buildpack]\nid = \"a/b\"\nversion = \"1.01.0\"")),
        .descriptor("license-incomplete", text: toml("\n[[buildpack.licenses]]\n\(targets)")),
        .descriptor("exec-env-name", text: toml(info: good + "\nexec-env = [\"production\", \"a/b\"]")),
        .descriptor("exec-env-name", text: toml("\n[[buildpack.exec-env]]\n\(targets)")),
        .descriptor(
            "sbom-format-unknown",
            text: toml(info: "[buildpack]\nid = \"a/b\"\nversion = \"1.0.0\"\nsbom-formats = [\"text/plain\"]")
        ),
        .descriptor("targets-missing", text: toml("")),
        .descriptor("target-invalid", text: toml(targets + "[[targets]]\nos = \"linux\"\narch = \"x86_64\"\n")),
        .descriptor("stacks-deprecated", text: toml(targets + "[[stacks]]\nid = \"*\"\n")),
        .descriptor("stacks-deprecated", "stack-invalid", text: toml(targets + "[[stacks]]\n")),
        .descriptor(
            "order-with-executables",
            text: toml("[[order]]\n[[order.group]]\nid = \"a/b\"\nversion = \"1.0.0\"\n")
        ),
        .descriptor(
            "order-with-executables",
            "order-reference",
            text: toml("[[order]]\n[[order.group]]\nid = \"a/b\"\n")
        ),
        Violation(rules: ["executable-missing"], detect: nil),
    ]

    private static let plan = "cat >\"$CNB_BUILD_PLAN_PATH\" <<X\n"

    private static let detections: [Violation] = [
        .detect("detect-exit", "detect-unrelated-app", script: "exit 3"),
        .detect("detect-unrelated-app", script: "test -e main || exit 1"),
        .detect("detect-writes-app", script: "echo x >>main"),
        .detect("plan-syntax", script: "\(plan)[[provides]\nX"),
        .detect("plan-type", script: "\(plan)[[provides]]\nname = 1\nX"),
        .detect("plan-unknown-key", script: "\(plan)[[provide]]\nname = \"a\"\nX"),
        .detect("plan-name", script: "\(plan)[[requires]]\n[[provides]]\nX"),
        .detect(
            "plan-version",
            script: "\(plan)[[provides]]\nname = \"a\"\n[[requires]]\nname = \"a\"\nversion = \"1\"\nX"
        ),
        .detect("plan-needs-others", script: "\(plan)[[requires]]\nname = \"a\"\n[[provides]]\nname = \"b\"\nX"),
    ]

    private static func file(_ name: String, _ lines: String) -> String { "cat >\"$L/\(name)\" <<X\n\(lines)\nX" }

    private static let layers: [Violation] = [
        .build("layer-name-reserved", script: "mkdir \"$L/launch\""),
        .build("layer-syntax", script: "mkdir \"$L/a\"; \(file("a.toml", "[types"))"),
        .build("layer-type", script: "mkdir \"$L/a\"; \(file("a.toml", "[types]\nlaunch = \"true\""))"),
        .build("layer-type", script: "layer a launch; echo '[metadata]\nexec-env = \"test\"' >>\"$L/a.toml\""),
        .build("layer-unknown-key", script: "layer a launch; echo 'lunch = true' >>\"$L/a.toml\""),
        .build("layer-types-outside", script: "mkdir \"$L/a\"; echo 'launch = true' >\"$L/a.toml\""),
        .build("layer-without-toml", script: "mkdir \"$L/a\""),
        .build("layer-without-contents", script: "layer a launch; rm -r \"$L/a\""),
        .build("layer-without-contents", script: "layer a cache; rm -r \"$L/a\""),
        .build("layer-unused", script: "mkdir \"$L/a\"; echo '[metadata]' >\"$L/a.toml\""),
        .build("layer-link", script: "layer a launch; ln -s /tmp/x \"$L/a/link\""),
        .build("profile-script", script: "layer a launch; mkdir \"$L/a/profile.d\""),
        .build("env-suffix", script: "layer a build; mkdir \"$L/a/env\"; echo x >\"$L/a/env/PATH.perpend\""),
        .build("env-reserved", script: "layer a build; mkdir \"$L/a/env\"; echo x >\"$L/a/env/CNB_X\""),
        .build("env-directory", script: "layer a build; mkdir -p \"$L/a/env.build/web\""),
        .build("env-no-effect", script: "layer a launch; mkdir \"$L/a/env.build\"; echo x >\"$L/a/env.build/X\""),
        .build("env-no-effect", script: "layer a cache; mkdir -p \"$L/a/env\"; echo x >\"$L/a/env/X\""),
        .build("execd-mode", script: "layer a launch; mkdir \"$L/a/exec.d\"; echo x >\"$L/a/exec.d/x\""),
        .build("execd-mode", script: "layer a launch; mkdir -p \"$L/a/exec.d/web\"; echo x >\"$L/a/exec.d/web/x\""),
    ]

    private static func process(_ lines: String) -> String { file("launch.toml", "[[processes]]\n\(lines)") }
    private static let web = "type = \"web\"\ncommand = [\"sh\"]\n"

    private static let outputs: [Violation] = [
        .build("launch-syntax", script: file("launch.toml", "[[processes]")),
        .build("launch-type", script: file("launch.toml", "[[labels]]\nkey = \"a\"\nvalue = 1")),
        .build("launch-type", "process-command", script: process("type = \"web\"\ncommand = \"sh\"")),
        .build("launch-unknown-key", script: process(web + "redirect = true")),
        .build("process-direct", script: process(web + "direct = true")),
        .build("process-type", script: process("type = \"a b\"\ncommand = [\"sh\"]")),
        .build("process-duplicate", script: process("\(web)[[processes]]\n\(web)")),
        .build("process-command", script: process("type = \"web\"\ncommand = []")),
        .build("process-missing-file", script: process("type = \"web\"\ncommand = [\"/workspace/x\"]")),
        .build("process-missing-file", script: process("type = \"web\"\ncommand = [\"/workspace/main\"]")),
        .build(
            "process-missing-file",
            script: "layer a build; chmod +x \"$L/a/file\"\n" + process("type = \"web\"\ncommand = [\"$L/a/file\"]")
        ),
        .build(
            "process-defaults",
            script: process("\(web)default = true\n[[processes]]\ntype = \"b\"\ncommand = [\"b\"]\ndefault = true")
        ),
        .build("label-incomplete", script: file("launch.toml", "[[labels]]\nkey = \"a\"")),
        .build(
            "label-duplicate",
            script: file(
                "launch.toml",
                "[[labels]]\nkey = \"a\"\nvalue = \"1\"\n[[labels]]\nkey = \"a\"\nvalue = \"2\""
            )
        ),
        .build("slice-path", script: file("launch.toml", "[[slices]]\npaths = [\"a/../../etc\"]")),
        .build("slice-path", script: file("launch.toml", "[[slices]]\npaths = [\"/etc/*\"]")),
        .build("slice-pattern", script: file("launch.toml", "[[slices]]\npaths = [\"[a\"]")),
        .build("bom-deprecated", script: file("launch.toml", "[[bom]]\nname = \"a\"")),
        .build(
            "bom-deprecated",
            "lifecycle-refused",
            script: file("launch.toml", "[[bom]]\nname = \"a\"\nversion = \"1\"")
        ),
        .build("build-syntax", script: file("build.toml", "[[unmet]")),
        .build("build-type", "unmet-name", script: file("build.toml", "[[unmet]]\nname = 1")),
        .build("build-unknown-key", script: file("build.toml", "[[met]]\nname = \"a\"")),
        .build("unmet-name", script: file("build.toml", "[[unmet]]\nname = \"a\"")),
        .build("store-syntax", script: file("store.toml", "[metadata")),
        .build("store-type", script: file("store.toml", "metadata = 1")),
        .build("store-unknown-key", script: file("store.toml", "[data]\na = 1")),
        .build("sbom-name", script: "layer a launch; echo '{}' >\"$L/a.sbom.xml.json\""),
        .build("sbom-subject", script: "printf %s \"$sbom\" >\"$L/b.sbom.cdx.json\""),
        .build(
            "sbom-undeclared",
            script: "layer a launch; echo '{\"spdxVersion\": \"SPDX-2.3\"}' >\"$L/a.sbom.spdx.json\""
        ),
        .build("sbom-syntax", script: "echo '{' >\"$L/launch.sbom.cdx.json\""),
        .build("sbom-kind", script: "echo '{}' >\"$L/build.sbom.cdx.json\""),
        .build("sbom-missing", script: "layer a launch; rm \"$L/a.sbom.cdx.json\""),
    ]

    private static let behaviours: [Violation] = [
        .build("build-exit", script: "exit 7"),
        .build("write-outside", script: "echo x >\"$CNB_BUILDPACK_DIR/x\""),
        .build("write-outside", script: "echo x >\"$CNB_PLATFORM_DIR/env/x\""),
        .build("write-outside", script: "mkdir \"$L/../acme_other\""),
        .detect("write-outside", script: "echo x >\"$CNB_BUILDPACK_DIR/x\""),
        .build("app-changed", script: "echo x >x"),
        .build("leftovers", script: "echo x >/tmp/x"),
        .build("not-reproducible", script: "layer a launch; cat /proc/sys/kernel/random/uuid >\"$L/a/id\""),
        .build("not-reproducible", script: "layer a cache; mktemp -d \"$L/a/XXXXXX\""),
        .build("rebuild-failed", script: "mkdir \"$L/a\"; layer a cache"),
        .build("rebuild-layer-lost", script: "test -e \"$L/a.toml\" || layer a cache"),
    ]

    @Test(
        "finds what is wrong, and nothing else",
        arguments: descriptors + detections + layers + outputs + behaviours
    )
    func violation(_ violation: Violation) throws {
        var buildpack = try JudgedBuildpack()
        if let descriptor = violation.descriptor { buildpack.descriptor = descriptor }
        buildpack.detect = violation.detect
        buildpack.build = violation.build
        let judgement = try buildpack.judge()
        #expect(judgement.rules() == violation.rules, "\(judgement.text)")
        #expect((judgement.status == .exited(1)) == !judgement.rules(of: ["error"]).isEmpty, "\(judgement.text)")
    }

    @Test("every rule has a buildpack that breaks it, and is in the documentation")
    func allRules() throws {
        let rows = try JudgeProgram.run(["--rules"]).output
        let rules = Set(rows.split(separator: "\n").dropFirst(2).map { String($0.split(separator: "`")[1]) })
        let all = Self.descriptors + Self.detections + Self.layers + Self.outputs + Self.behaviours
        // They have tests of their own.
        #expect(rules == Set(all.flatMap(\.rules)).union(["descriptor-missing", "build-needs-others"]))
        let document = try FileSystem.readText("\(Repository.root)/docs/buildpack-authors.md")
        #expect(document.contains(rows), "put what cnb-conformance buildpack --rules prints into the document")
    }

    @Test("a directory without buildpack.toml")
    func missingDescriptor() throws {
        let directory = try TemporaryDirectory()
        let judgement = try JudgedBuildpack.judge(directory.path, app: directory.path)
        #expect(judgement.rules() == ["descriptor-missing"])
        #expect(judgement.status == .exited(1))
    }

    @Test("a buildpack that does everything right, with layers of all types")
    func clean() throws {
        var buildpack = try JudgedBuildpack()
        buildpack.build = """
            layer both launch; echo 'cache = true' >>"$L/both.toml"
            layer tool build
            layer only cache
            # What is restored without contents is reused.
            if [ -e "$L/reused.toml" ]; then echo '[types]\nlaunch = true' >"$L/reused.toml"; else layer reused launch; fi
            mkdir -p "$L/both/env" "$L/both/env.launch/web" "$L/both/exec.d"
            echo 1 >"$L/both/env/A.default"; echo 1 >"$L/both/env.launch/web/PATH.prepend"
            echo '#!/bin/sh' >"$L/both/exec.d/run"; chmod +x "$L/both/exec.d/run"
            printf '[metadata]\\nruns = 1\\n' >"$L/store.toml"
            printf '[[processes]]\\ntype = "web"\\ncommand = ["%s"]\\nargs = ["x"]\\ndefault = true\\n' \\
                "$L/both/exec.d/run" >"$L/launch.toml"
            printf '[[slices]]\\npaths = ["static/*.[a-z]*"]\\n' >>"$L/launch.toml"
            """
        let judgement = try buildpack.judge()
        #expect(judgement.rules() == [], "\(judgement.text)")
        #expect(judgement.status == .exited(0), "\(judgement.text)")
    }

    @Test("an app that the buildpack declines, and a build that takes too long, are told apart from faults")
    func notJudged() throws {
        var buildpack = try JudgedBuildpack()
        buildpack.detect = "exit 100"
        let declined = try buildpack.judge()
        #expect(declined.rules() == [])
        #expect(declined.status == .exited(2))
        #expect(declined.document["obstacle"]?.stringValue?.hasPrefix("bin/detect declines the app") == true)

        buildpack.detect = "exit 0"
        buildpack.build = "sleep 60"
        buildpack.arguments = ["--timeout", "1"]
        let slow = try buildpack.judge()
        #expect(slow.rules() == ["build-exit"], "\(slow.text)")
        #expect(slow.texts("message", of: "build-exit").first?.hasPrefix("it does not end") == true)
    }

    @Test("findings say where, why and what to change")
    func details() throws {
        var buildpack = try JudgedBuildpack()
        buildpack.build = "layer a launch; cat /proc/sys/kernel/random/uuid >\"$L/a/id\""
        let judgement = try buildpack.judge()
        let rule = "not-reproducible"
        #expect(judgement.texts("file", of: rule) == ["/layers/acme_good/a/id"])
        #expect(judgement.texts("message", of: rule) == ["has other contents the second time"])
        #expect(judgement.texts("link", of: rule).allSatisfy { $0.hasSuffix("/buildpack.md#layers") })
        let lifecycle = try #require(JudgeProgram.lifecycleDir)
        let text = try JudgeProgram.run([
            "--app", buildpack.directory.path("app"), buildpack.directory.path("buildpack"), "--lifecycle", lifecycle,
        ])
        #expect(text.status == .exited(0))
        let lines = text.output.split(separator: "\n")
        #expect(lines.first == "warning: /layers/acme_good/a/id: has other contents the second time [not-reproducible]")
        #expect(lines.last == "acme/good 1.0.0: 0 errors, 1 warning, 0 notes")
    }

    @Test(
        "the command line's mistakes end with 2",
        arguments: [[], ["/"], ["/", "--app", "/nowhere"], ["/nowhere", "--app", "/tmp"], ["/", "--what"]]
    )
    func usage(arguments: [String]) throws {
        let result = try JudgeProgram.run(arguments)
        #expect(result.status == .exited(2))
        #expect(result.errors.hasPrefix("cnb-conformance buildpack: "))
    }

    // MARK: What others would do

    @Test("of the alternatives of a plan the one that needs fewest stand-ins is taken")
    func alternatives() throws {
        var buildpack = try JudgedBuildpack()
        buildpack.detect = """
            cat >"$CNB_BUILD_PLAN_PATH" <<X
            [[provides]]
            name = "certificates"
            [[or]]
            [[or.provides]]
            name = "certificates"
            [[or.requires]]
            name = "certificates"
            [[or]]
            [[or.requires]]
            name = "jdk"
            X
            """
        buildpack.build = "grep -q certificates \"$CNB_BP_PLAN_PATH\""
        let judgement = try buildpack.judge()
        #expect(judgement.rules() == [], "\(judgement.text)")
        #expect(judgement.status == .exited(0))
    }

    @Test("a build that fails with stand-ins is noted, not called an error")
    func failsWithStandIns() throws {
        var buildpack = try JudgedBuildpack()
        buildpack.detect = "printf '[[provides]]\\nname = \"certificates\"\\n' >\"$CNB_BUILD_PLAN_PATH\""
        buildpack.build = "grep -q paths \"$CNB_BP_PLAN_PATH\""
        let judgement = try buildpack.judge()
        #expect(judgement.rules(of: ["error", "warning"]) == [], "\(judgement.text)")
        #expect(judgement.rules() == ["plan-needs-others", "build-needs-others"])
        #expect(judgement.status == .exited(2))
    }

    @Test("buildpacks see the variables and bindings that are given")
    func platformInput() throws {
        var buildpack = try JudgedBuildpack()
        try buildpack.directory.write("binding/certificate", "PEM")
        buildpack.arguments = [
            "--env", "BPE_COLOR=blue=green, and red", "--binding", "ca/x=\(buildpack.directory.path("binding"))",
        ]
        let check = """
            [ "$BPE_COLOR" = "blue=green, and red" ]
            [ "$(cat /platform/bindings/*/type)" = ca/x ]
            [ "$(cat /platform/bindings/*/certificate)" = PEM ]
            """
        buildpack.detect = "[ -e main ] || exit 100\n\(check)"
        buildpack.build = check
        let judgement = try buildpack.judge()
        #expect(judgement.rules() == [], "\(judgement.text)")
        #expect(judgement.status == .exited(0), "\(judgement.text)")
    }

    @Test(
        "variables and bindings that can't be are refused",
        arguments: [
            ["--env", "NAME"], ["--env", "=x"], ["--env", "a/b=x"], ["--binding", "ca"], ["--binding", "ca=/nowhere"],
        ]
    )
    func wrongPlatformInput(arguments: [String]) throws {
        let result = try JudgeProgram.run(["/usr/share", "--app", "/tmp"] + arguments)
        #expect(result.status == .exited(2))
        #expect(
            result.errors.hasPrefix("cnb-conformance buildpack: \(arguments[0]) \(arguments[1]): "),
            "\(result.errors)"
        )
    }

    // MARK: The repository's own

    @Test("the repository's buildpacks are clean", arguments: ["procfile", "python", "static-site", "web"])
    func ownBuildpacks(name: String) throws {
        let app = try TemporaryDirectory()
        try app.write("Procfile", "web: ./main\n")
        if name == "python" {
            try app.write("main.py", "print()\n")
            try app.write("requirements.txt", "")
        } else {
            try app.write("public/index.html", "<p>")
        }
        let judgement = try JudgedBuildpack.judge(
            "\(Repository.root)/buildpacks/\(name)",
            app: app.path,
            ["--buildpacks", "\(Repository.root)/buildpacks"]
        )
        #expect(judgement.rules() == [], "\(judgement.text)")
        #expect(judgement.status == .exited(0), "\(judgement.text)")
    }

    @Test("a composite buildpack without its members is refused with a reason")
    func missingMembers() throws {
        let app = try TemporaryDirectory()
        let judgement = try JudgedBuildpack.judge("\(Repository.root)/buildpacks/web", app: app.path)
        #expect(judgement.status == .exited(2))
        #expect(judgement.document["obstacle"]?.stringValue?.contains("--buildpacks") == true)
    }
}
