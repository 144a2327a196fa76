import CNBCore
import Distribution
import Testing

@Suite("Ignore rules")
struct IgnoreRulesTests {
    @Test(
        "patterns match as gitignore says",
        arguments: [
            ("*.log", "a.log", true), ("*.log", "x/y/a.log", true), ("*.log", "a.logs", false),
            ("/a", "a", true), ("/a", "x/a", false), ("a/b", "a/b", true), ("a/b", "x/a/b", false),
            ("a/*", "a/b", true), ("a/*", "a/b/c", true), ("a/*.c", "a/x/b.c", false),
            ("**/b", "b", true), ("**/b", "x/y/b", true), ("a/**", "a", false), ("a/**", "a/x/y", true),
            ("a/**/b", "a/b", true), ("a/**/b", "a/x/y/b", true), ("a/**/b", "b", false),
            ("?.c", "a.c", true), ("?.c", "é.c", false), ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false),
            ("[^a-c]x", "dx", true), ("[]x]a", "]a", true), ("[[:digit:]]", "7", true), ("[[:nope:]]", "n", false),
            ("\\!a", "!a", true), ("\\#a", "#a", true), ("#a", "#a", false), ("a\\ ", "a ", true), ("a  ", "a", true),
            ("a\\*b", "a*b", true), ("a\\*b", "axb", false), ("[a", "[a", false), ("a\\", "a\\", false),
            ("", "a", false), ("/", "a", false), ("foo**bar", "fooxbar", true), ("foo**bar", "foo/bar", false),
            ("*a*a*a*a*a*a*a*b", String(repeating: "a", count: 200), false),
        ]
    )
    func patterns(pattern: String, path: String, isIgnored: Bool) throws {
        #expect(try IgnoreRules(patterns: [pattern]).ignores(path, isDirectory: false) == isIgnored)
    }

    @Test("a slash at the end is for directories, and for all that is in them")
    func directories() throws {
        let rules = try IgnoreRules(patterns: ["build/"])
        #expect(rules.ignores("build", isDirectory: true))
        #expect(!rules.ignores("build", isDirectory: false))
        #expect(rules.ignores("x/build/y/z", isDirectory: false))
    }

    @Test("the last pattern decides, but not below an ignored directory")
    func negation() throws {
        let rules = try IgnoreRules(patterns: ["*.log", "!keep.log", "out/", "!out/keep.log"])
        #expect(rules.ignores("a.log", isDirectory: false))
        #expect(!rules.ignores("x/keep.log", isDirectory: false))
        #expect(rules.ignores("out/keep.log", isDirectory: false))
        #expect(rules.match(Array("keep.log".utf8), isDirectory: false) == false)
        #expect(rules.match(Array("other".utf8), isDirectory: false) == nil)
    }

    @Test("a file of patterns may have line ends of other systems, and a byte order mark")
    func file() throws {
        let rules = try IgnoreRules(parsing: Array("\u{FEFF}a\r\n# b\r\n\r\nc".utf8), file: ".gitignore")
        #expect(["a", "c"].allSatisfy { rules.ignores($0, isDirectory: false) })
        #expect(!rules.ignores("b", isDirectory: false))
    }

    @Test("names that are no text are matched by their bytes")
    func bytes() throws {
        let rules = try IgnoreRules(patterns: ["a?.c"])
        #expect(rules.ignores([UInt8(ascii: "a"), 0xFF, UInt8(ascii: "."), UInt8(ascii: "c")], isDirectory: false))
    }

    @Test("number and length of patterns are bounded")
    func bounds() {
        #expect(throws: DistributionError.tooMany("patterns", of: "the list of patterns", limit: 10_000)) {
            try IgnoreRules(patterns: Array(repeating: "a", count: 10_001))
        }
        #expect(throws: DistributionError.self) {
            try IgnoreRules(patterns: [String(repeating: "a", count: 5000)])
        }
    }
}
