import CNBCore
import Testing

@Suite("Ids, versions and types")
struct NameTests {
    @Test(
        "ids that the specification allows",
        arguments: ["io.buildpacks.ruby", "acme/node", "A-1/b.c", "config/x", "apps"]
    )
    func validIDs(text: String) throws {
        #expect(try BuildpackID(text).text == text)
    }

    @Test(
        "ids that it does not allow",
        arguments: ["", "app", "config", "generated", "sbom", "acme_node", "acme node", "acme\\a", "é", "a\0b", "a\n"]
    )
    func invalidIDs(text: String) {
        #expect(throws: CNBError.invalidBuildpackID(text)) { try BuildpackID(text) }
    }

    @Test("an id's directory has underscores for slashes", arguments: [("a/b/c", "a_b_c"), ("a", "a"), ("", "")])
    func directoryNames(id: String, expected: String) {
        #expect(BuildpackID.directoryName(for: id) == expected)
    }

    @Test("versions have three numbers", arguments: ["0.0.0", "1.2.3", "10.200.3000", "1.2.99999999999999999999"])
    func validVersions(text: String) throws {
        #expect(try BuildpackVersion(text).text == text)
    }

    @Test("and nothing else", arguments: ["", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.x", "1..3", "v1.2.3", "1.2.3-rc1"])
    func invalidVersions(text: String) {
        #expect(throws: CNBError.invalidBuildpackVersion(text)) { try BuildpackVersion(text) }
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
