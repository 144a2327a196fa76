import CNBCore
import Testing

@Suite("Ids, versions and types")
struct NameTests {
    @Test(
        "ids that the specification allows",
        arguments: ["io.buildpacks.ruby", "acme/node", "A-1/b.c", "config/x", "apps", "a..b", "...", "a/"]
    )
    func validIDs(text: String) throws {
        let id = try BuildpackID(text)
        #expect(id.text == text)
        #expect(id.deviation == nil)
    }

    @Test(
        "ids of public buildpacks that it does not allow are taken, and can be told",
        arguments: ["google.go.appengine_gomod", "a+b", "acme@corp", "acme node", "acme\\a", "é"]
    )
    func deviatingIDs(text: String) throws {
        let id = try BuildpackID(text)
        #expect(id.text == text)
        #expect(id.deviation != nil)
    }

    @Test(
        "what can't be an id is refused",
        arguments: [
            "", "app", "config", "generated", "sbom", "a\0b", "a\n", "\u{7f}", "..", ".", "a/../b", "../a", "/a", "a/.",
        ]
    )
    func invalidIDs(text: String) {
        #expect(throws: CNBError.self) { try BuildpackID(text) }
    }

    @Test("an id's directory has underscores for slashes", arguments: [("a/b/c", "a_b_c"), ("a", "a"), ("", "")])
    func directoryNames(id: String, expected: String) {
        #expect(BuildpackID.directoryName(for: id) == expected)
    }

    @Test("versions have three numbers", arguments: ["0.0.0", "1.2.3", "10.200.3000", "1.2.99999999999999999999"])
    func validVersions(text: String) throws {
        let version = try BuildpackVersion(text)
        #expect(version.text == text)
        #expect(version.deviation == nil)
    }

    @Test(
        "those of public buildpacks that have not are taken, and can be told",
        arguments: [
            "", "1", "1.0", "2024.11.01", "0.0.35.1", "01.2.3", "1.2.x", "1..3", "v1.2.3", "1.2.3-rc.1", "1.2.3+build",
            "0.0.1-SNAPSHOT", "f0ba41b", "1.0.9-v1.0.9.0", "simple layers",
        ]
    )
    func deviatingVersions(text: String) throws {
        let version = try BuildpackVersion(text)
        #expect(version.text == text)
        #expect(version.deviation != nil)
    }

    @Test("what can't name a directory is no version", arguments: ["..", "a/../..", "/1", "1\0", "1\n2", "."])
    func invalidVersions(text: String) {
        #expect(throws: CNBError.self) { try BuildpackVersion(text) }
    }

    @Test("ids are compared as bytes: two spellings of é are two ids")
    func byteEquality() {
        #expect("\u{E9}" == "e\u{301}", "canonically equivalent")
        #expect(!"\u{E9}".hasSameBytes(as: "e\u{301}"))
        #expect("web".hasSameBytes(as: "web"))
    }
}

@Suite("Execution environments")
struct ExecEnvTests {
    @Test(
        "decide what is meant for them",
        arguments: [
            ("production", [], true), ("production", ["production"], true),
            ("production", ["test", "production"], true),
            ("production", ["test"], false), ("test", ["*"], true), ("staging", ["production", "*"], true),
            ("", ["production"], true), ("*", ["test"], false),
        ] as [(String, [String], Bool)]
    )
    func eligibility(name: String, list: [String], expected: Bool) throws {
        #expect(try ExecEnv(name).isEligible(list) == expected)
    }

    @Test("must not hold the slash that is reserved")
    func slash() {
        #expect(throws: CNBError.invalidExecEnv("a/b")) { try ExecEnv("a/b") }
    }
}

@Suite("Modes")
struct ModeTests {
    @Test(
        "deprecation: unknown values warn",
        arguments: [
            ("quiet", DeprecationMode.quiet), ("error", .error), ("warn", .warn), ("", .warn), ("QUIET", .warn),
        ]
    )
    func deprecation(text: String, expected: DeprecationMode) {
        #expect(DeprecationMode(text) == expected)
    }

    @Test("no supported API is deprecated, so that even mode error accepts all", arguments: PlatformAPI.supported)
    func nothingDeprecated(version: APIVersion) throws {
        #expect(DeprecationMode.error.judge(try PlatformAPI(version.description)) == .accepted)
    }

    @Test(
        "experimental features: refused unless asked for",
        arguments: [
            ("silent", ExperimentalMode.quiet), ("quiet", .quiet), ("warn", .warn), ("", .error), ("error", .error),
            ("yes", .warn),
        ]
    )
    func experimental(text: String, expected: ExperimentalMode) {
        #expect(ExperimentalMode(text) == expected)
    }
}
