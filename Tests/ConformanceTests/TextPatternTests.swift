import Testing

@testable import Conformance

@Suite("Patterns in expectations")
struct TextPatternTests {
    private static let digest = "sha256:" + String(repeating: "0a", count: 32)

    @Test(
        "match what their names say",
        arguments: [
            ("plain", "plain"), ("", ""), ("@{any}", ""), ("@{any}", "two\nlines"), ("@{text}", "x"),
            ("a@{any}b@{any}c", "a-b-b-c"), ("@{digest}", digest), ("@{hex}@{hex}", "0af"),
            ("v@{number}.@{number}", "v1.20"),
            ("@{time}", "2024-05-01T12:30:05Z"), ("@{time}", "2024-05-01T12:30:05.25+02:00"), ("@{path}", "/a/b.c"),
            ("@{bool}", "false"), ("@{version}", "0.20.1"), ("@{version}", "1.0.0-rc.1+build"),
            ("@{x}:@{any}", "1@{y}:t"),
            ("user@example", "user@example"),
        ]
    )
    func matches(pattern: String, text: String) throws {
        let bindings = Bindings(["x": "1@{y}"])
        #expect(try bindings.pattern(pattern).matches(text))
    }

    @Test(
        "don't match anything else",
        arguments: [
            ("plain", "plain "), ("@{text}", ""), ("@{digest}", "sha256:00"), ("@{digest}", digest.uppercased()),
            ("@{hex}", "0AF"), ("@{number}", "-1"), ("@{number}", ""), ("@{time}", "2024-05-01 12:30:05Z"),
            ("@{time}", "2024-05-01T12:30:05"), ("@{path}", "a/b"), ("@{path}", "/a b"), ("@{bool}", "True"),
            ("@{version}", "v1"), ("@{version}", "1."), ("a@{any}b", "ab-"),
        ]
    )
    func rejects(pattern: String, text: String) throws {
        #expect(try !Bindings().pattern(pattern).matches(text))
    }

    @Test("are found within a line")
    func found() throws {
        let pattern = try Bindings(["id": "acme/a"]).pattern("@{id}@{any}@{number}")
        #expect(pattern.isFound(in: "using acme/a at 1.0"))
        #expect(!pattern.isFound(in: "using acme/a"))
    }

    @Test("take no longer for texts that nearly match")
    func isFast() throws {
        let pattern = try Bindings().pattern(String(repeating: "@{any}a", count: 30) + "b")
        #expect(!pattern.matches(String(repeating: "a", count: 2000)))
    }

    @Test("that mean nothing are refused", arguments: ["@{nothing}", "@{", "a @{any"])
    func refused(pattern: String) {
        #expect(throws: TextError.self) { try Bindings().pattern(pattern) }
    }

    @Test("can't be given", arguments: ["@{any}", "@{digest}", "@{nothing}"])
    func given(text: String) {
        #expect(throws: TextError.self) { try Bindings().expand(text) }
    }

    @Test(
        "of names have stars",
        arguments: [
            ("platform/*", "platform/a/b", true), ("*", "", true), ("a*c", "abc", true), ("a*c", "abcd", false),
        ]
    )
    func globs(pattern: String, text: String, isMatch: Bool) {
        #expect(Glob(pattern).matches(text) == isMatch)
    }
}
