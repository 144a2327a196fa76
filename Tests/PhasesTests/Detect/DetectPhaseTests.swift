import BuildpackModel
import CNBCore
import Console
import POSIX
import Phases
import TestSupport
import Testing

@Suite("Detect")
struct DetectPhaseTests {
    private let fixture: ModuleFixture

    init() throws {
        fixture = try ModuleFixture()
    }

    // MARK: - Groups

    @Test("the first group that passes is written, with its plan, and later ones are not run")
    func firstGroup() throws {
        try fixture.buildpack("acme/no", detect: "exit 100")
        try fixture.buildpack(
            "acme/yes",
            info: "homepage = \"https://yes\"",
            detect: #"printf '[[provides]]\nname = "x"\n[[requires]]\nname = "x"\n' > "$CNB_BUILD_PLAN_PATH""#
        )
        try fixture.buildpack("acme/later", detect: "touch ran")
        try fixture.order([["acme/no", "acme/yes"], ["acme/yes"], ["acme/later"]])
        let result = try fixture.detect()
        #expect(result.group.buildpacks.map(\.description) == ["acme/yes@1.0.0"])
        #expect(result.plan.entries.map { $0.requires[0].name } == ["x"])
        #expect(
            fixture.text("layers/group.toml")
                == "[[group]]\n  id = \"acme/yes\"\n  version = \"1.0.0\"\n  api = \"0.12\"\n  homepage = \"https://yes\"\n"
        )
        #expect(fixture.lines("layers/plan.toml").contains("    name = \"x\""))
        #expect(!fixture.exists("app/ran"))
        #expect(fixture.logger.messages.contains("acme/yes 1.0.0"))
    }

    @Test("an app directory that is not there is not the buildpacks' fault")
    func missingApp() throws {
        try fixture.buildpack("a")
        try fixture.order([["a"]])
        var inputs = try fixture.detectInputs()
        inputs.appDir = "/no/such/app"
        #expect(failureKind { try fixture.detect(inputs) } == .noGroupDetectedWithErrors)
        #expect(fixture.logger.messages.contains("there is no app directory /no/such/app"))
    }

    @Test("an order file without an order is pointed out")
    func missingOrder() throws {
        try fixture.root.write("order.toml", "[[orders]]\n[[orders.group]]\nid = \"a\"\n")
        var inputs = try fixture.detectInputs()
        inputs.orderPath = fixture.root.path("order.toml")
        #expect(failureKind { try fixture.detect(inputs) } == .noGroupDetected)
        #expect(
            fixture.logger.messages.contains { $0.contains("has no [[order]]") && $0.contains("it has [[orders]]") }
        )
    }

    @Test(
        "a module that is not there: the error says which are",
        arguments: [("a@9", "these versions: 1.0.0"), ("b@1.0.0", "there is no buildpack 'b'")]
    )
    func missingModule(element: String, hint: String) throws {
        try fixture.buildpack("a")
        let parts = element.split(separator: "@")
        try fixture.root.write(
            "order.toml",
            "[[order]]\n[[order.group]]\nid = \"\(parts[0])\"\nversion = \"\(parts[1])\"\n"
        )
        var inputs = try fixture.detectInputs()
        inputs.orderPath = fixture.root.path("order.toml")
        #expect {
            try fixture.detect(inputs)
        } throws: { "\($0)".contains(hint) }
    }

    @Test("optional members that don't pass or are in error are left out")
    func optionalMembers() throws {
        try fixture.buildpack("a", detect: "exit 100")
        try fixture.buildpack("b", detect: "exit 3")
        try fixture.buildpack("c")
        try fixture.order([["a?", "b?", "c"]])
        #expect(try fixture.detect().group.buildpacks.map(\.id) == ["c"])
        #expect(fixture.logger.messages.contains("1 of 3 buildpacks participating"))
    }

    @Test(
        "failures have the kinds of the specification",
        arguments: [
            ("exit 100", PhaseErrorKind.noGroupDetected), ("exit 1", .noGroupDetectedWithErrors),
            ("kill -9 $$", .noGroupDetectedWithErrors), ("echo x > \"$2\"", .noGroupDetectedWithErrors),
            (#"printf '[[requires]]\nname = "x"\n' > "$2""#, .noGroupDetected),
            (#"printf '[[requires]]\nname = "x"\nversion = "1"\n' > "$2""#, .noGroupDetectedWithErrors),
        ]
    )
    func failures(detect: String, kind: PhaseErrorKind) throws {
        try fixture.buildpack("a", detect: detect)
        try fixture.order([["a"]])
        #expect(failureKind { try fixture.detect() } == kind)
        #expect(!fixture.exists("layers/group.toml"))
    }

    @Test("a module that is in several groups runs once, and those of a group run at the same time")
    func runsOnce() throws {
        // Each waits for the other, so one after the other they would never end.
        try fixture.buildpack("a", detect: "echo a >> runs; until [ -e b ]; do sleep 0.01; done; touch a")
        try fixture.buildpack("b", detect: "touch b; until [ -e a ]; do sleep 0.01; done; exit 100")
        try fixture.order([["a", "b"], ["a", "b", "a"], ["a"]])
        #expect(try fixture.detect().group.buildpacks.map(\.id) == ["a"])
        #expect(fixture.lines("app/runs") == ["a"])
    }

    @Test("when no group passes, everything is shown, and a table of the groups")
    func report() throws {
        try fixture.buildpack("acme/no", detect: "echo nope; exit 100")
        try fixture.buildpack("acme/err", detect: "exit 7")
        try fixture.buildpack("acme/needs", detect: #"printf '[[requires]]\nname = "node"\n' > "$2""#)
        try fixture.order([["acme/no", "acme/err?"], ["acme/needs"]])
        fixture.logger.level = .warn
        #expect(failureKind { try fixture.detect() } == .noGroupDetectedWithErrors)
        let messages = fixture.logger.messages
        #expect(messages.contains("======== Output: acme/no@1.0.0 ========"))
        #expect(messages.contains("nope"))
        #expect(messages.contains("fail: acme/needs@1.0.0 requires node"))
        let table = messages.drop { !$0.hasPrefix("GROUP") }
        #expect(
            Array(table) == [
                "GROUP  MODULE      VERSION  RESULT",
                "1      acme/no     1.0.0    fail",
                "1      acme/err    1.0.0    error (exit code 7)",
                "2      acme/needs  1.0.0    pass",
                "not met in group 2: acme/needs@1.0.0 requires node",
                "No buildpack groups passed detection.",
            ]
        )
    }

    @Test("output is shown as it is, binary and without a final newline")
    func binaryOutput() throws {
        try fixture.buildpack("a", detect: #"printf 'a\000b\n\nc'; printf 'd' >&2; exit 1"#)
        try fixture.order([["a"]])
        _ = failureKind { try fixture.detect() }
        #expect(fixture.logger.messages.contains("a\0b\n\ncd"))
    }

    // MARK: - Composite buildpacks

    @Test("a composite buildpack stands for each of its groups, an optional one also for nothing")
    func composites() throws {
        try fixture.buildpack("no", detect: "exit 100")
        for id in ["a", "b", "tail"] { try fixture.buildpack(id) }
        try fixture.composite("inner", order: [["no"], ["b", "a"]])
        try fixture.composite("never", order: [["no"]])
        try fixture.composite("outer", order: [["a", "never"], ["inner", "never?", "a"]])
        try fixture.order([["outer", "tail"]])
        #expect(try fixture.detect().group.buildpacks.map(\.id) == ["b", "a", "tail"])
    }

    @Test("composite buildpacks that contain each other are an error that names the circle")
    func circle() throws {
        try fixture.composite("a", order: [["b"]])
        try fixture.composite("b", order: [["a"]])
        try fixture.order([["a"]])
        #expect {
            try fixture.detect()
        } throws: { error in
            "\(error)" == "failed to detect: composite buildpacks contain each other: a@1.0.0 -> b@1.0.0 -> a@1.0.0"
        }
    }

    @Test("what is missing or has another API is an error where the search comes to it")
    func badMembers() throws {
        try fixture.buildpack("a")
        try fixture.buildpack("future", api: "0.99")
        try fixture.composite("lost", order: [["missing"]])
        try fixture.composite("ahead", order: [["future"]])
        try fixture.order([["a"], ["lost"]])
        #expect(try fixture.detect().group.buildpacks.map(\.id) == ["a"])
        try fixture.order([["lost"]])
        #expect(failureKind { try fixture.detect() } == .detect)
        try fixture.order([["ahead"]])
        #expect(failureKind { try fixture.detect() } == .incompatibleBuildpackAPI)
        // Elements of order.toml itself are verified before anything is run.
        try fixture.order([["a"], ["missing"]])
        #expect(failureKind { try fixture.detect() } == .failed)
        try fixture.order([["a"], ["future"]])
        #expect(failureKind { try fixture.detect() } == .incompatibleBuildpackAPI)
    }

    // MARK: - Who takes part

    @Test("a required buildpack for another target is an error, an optional one takes part")
    func targets() throws {
        let more = "[[targets]]\nos = \"plan9\""
        try fixture.buildpack("other", more: more, detect: "touch ran")
        try fixture.buildpack("a")
        try fixture.order([["other", "a"]])
        #expect(failureKind { try fixture.detect() } == .noGroupDetectedWithErrors)
        #expect(!fixture.exists("app/ran"))
        try fixture.order([["other?", "a"]])
        #expect(try fixture.detect().group.buildpacks.map(\.id) == ["other", "a"])
        // Before Platform API 0.12 nobody looks at targets.
        try fixture.order([["other", "a"]])
        #expect(try fixture.detect(fixture.detectInputs("0.11")).group.buildpacks.map(\.id) == ["other", "a"])
    }

    @Test("modules for other execution environments don't take part")
    func execEnvironments() throws {
        try fixture.buildpack("test-only", info: "exec-env = [\"test\"]")
        try fixture.buildpack("any", info: "exec-env = [\"*\"]")
        try fixture.buildpack("old", api: "0.11", info: "exec-env = [\"test\"]")
        try fixture.order([["test-only", "any", "old"]])
        #expect(try fixture.detect().group.buildpacks.map(\.id) == ["any", "old"])
        var inputs = try fixture.detectInputs()
        inputs.execEnv = try ExecEnv("test")
        #expect(try fixture.detect(inputs).group.buildpacks.map(\.id) == ["test-only", "any", "old"])
        let old = try fixture.detectInputs("0.14")
        #expect(try fixture.detect(old).group.buildpacks.map(\.id) == ["test-only", "any", "old"])
    }

    @Test("system buildpacks surround each group, unless it has them anyway")
    func systemBuildpacks() throws {
        for id in ["a", "pre", "post"] { try fixture.buildpack(id) }
        try fixture.root.write(
            "system.toml",
            "[[system.pre.buildpacks]]\nid = \"pre\"\nversion = \"1.0.0\"\n"
                + "[[system.post.buildpacks]]\nid = \"post\"\nversion = \"1.0.0\"\n"
        )
        try fixture.order([["a"]])
        #expect(try fixture.detect().group.buildpacks.map(\.id) == ["pre", "a", "post"])
        try fixture.order([["post", "a"]])
        #expect(try fixture.detect().group.buildpacks.map(\.id) == ["pre", "post", "a"])
        #expect(try fixture.detect(fixture.detectInputs("0.14")).group.buildpacks.map(\.id) == ["post", "a"])
    }

    @Test("a system buildpack that fails keeps a group from passing, unless it is optional")
    func optionalSystemBuildpack() throws {
        try fixture.buildpack("a")
        try fixture.buildpack("pre", detect: "exit 100")
        try fixture.order([["a"]])
        let pre = "[[system.pre.buildpacks]]\nid = \"pre\"\nversion = \"1.0.0\"\n"
        try fixture.root.write("system.toml", pre)
        #expect(throws: PhaseError.self) { try fixture.detect() }
        try fixture.root.write("system.toml", pre + "optional = true\n")
        #expect(try fixture.detect().group.buildpacks.map(\.id) == ["a"])
    }

    // MARK: - Surroundings

    @Test("a buildpack sees the user's, the operator's and the interface's variables, and little else")
    func environment() throws {
        try fixture.buildpack("a", detect: "env | sort > env.txt; echo $# >> env.txt; pwd >> env.txt")
        try fixture.order([["a"]])
        try fixture.root.write("platform/env/BP_USER", "from user")
        try fixture.root.write("platform/env/PATH", "/user/bin")
        try fixture.root.write("config/env/BP_USER", "from operator")
        try fixture.root.write("config/env/BP_OPERATOR.append", "more")
        try fixture.detect()
        let lines = fixture.lines("app/env.txt")
        #expect(lines.contains("BP_USER=from user"))
        #expect(lines.contains("BP_OPERATOR=more"))
        #expect(lines.contains("PATH=/user/bin:/usr/bin:/bin"))
        #expect(lines.contains("HOME=/home/me"))
        #expect(!lines.contains("SECRET=1"))
        #expect(lines.contains("CNB_BUILDPACK_DIR=\(fixture.root.path("buildpacks/a/1.0.0"))"))
        #expect(lines.contains("CNB_PLATFORM_DIR=\(fixture.root.path("platform"))"))
        #expect(lines.contains("CNB_TARGET_OS=linux"))
        #expect(lines.contains("CNB_EXEC_ENV=production"))
        #expect(lines.suffix(2) == ["2", fixture.root.path("app")])
    }

    @Test("with clear-env the user's variables are hidden, the operator's are not")
    func clearEnv() throws {
        try fixture.buildpack("a", info: "clear-env = true", detect: "env > env.txt")
        try fixture.order([["a"]])
        try fixture.root.write("platform/env/BP_USER", "x")
        try fixture.root.write("config/env/BP_OPERATOR", "y")
        try fixture.detect()
        #expect(!fixture.lines("app/env.txt").contains("BP_USER=x"))
        #expect(fixture.lines("app/env.txt").contains("BP_OPERATOR=y"))
    }

    @Test(
        "variables of the interface come with the buildpack's API",
        arguments: [("0.7", []), ("0.8", ["CNB_BUILD_PLAN_PATH"]), ("0.10", ["CNB_BUILD_PLAN_PATH", "CNB_TARGET_OS"])]
    )
    func variablesByAPI(api: String, present: [String]) throws {
        try fixture.buildpack("a", api: api, detect: "env > env.txt")
        try fixture.order([["a"]])
        try fixture.detect()
        let names = fixture.lines("app/env.txt").map { String($0.prefix { $0 != "=" }) }
        let asked = ["CNB_BUILD_PLAN_PATH", "CNB_TARGET_OS", "CNB_EXEC_ENV"]
        #expect(asked.filter(names.contains) == present)
    }
}
