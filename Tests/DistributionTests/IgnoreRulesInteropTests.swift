import Distribution
import POSIX
import TestSupport
import Testing

@Suite("Ignore rules and git", .enabled(if: Conditions.commandExists("git"), "needs git"), .timeLimit(.minutes(1)))
struct IgnoreRulesInteropTests {
    /// Files and directories whose names have what patterns are about; those that end in `/` are directories.
    private static let tree = [
        "a", "b/", "b/a", "b/a.c", "b/b/", "b/b/a", "b/b/b.c", "c/", "c/b/", "c/b/a", "c/b/b/", "c/b/b/c.log", "a.c",
        "a.log",
        "ab", "abc", "a b", "a ", "[a]", "!a", "#a", "a*", "a?", "b/-", "b/]", "foo/", "foo/bar", "foo/x/", "foo/x/bar",
        "fooxbar", "é", "B/", "B/a", "1", "x1y", "c/a.c", "c/foo/", "c/foo/bar",
    ]

    private static let alphabet = [
        "a", "b", "c", "foo", "bar", ".c", ".log", "*", "**", "?", "/", "/", "[ab]", "[!a]", "[a-c]", "[[:alpha:]]",
        "[^b-]",
        "\\*", "\\", " ", "é", "[]a]", "**/", "/**", "/**/", "1", "[0-9]", "-", "[[:digit:]x]", "[", "#", "!",
    ]

    private static let known = [
        "*.c\n!b/a.c", "b/\n!b/a", "/a", "b/b", "*\n!*/\n!*.c", "foo**bar", "**/b/a", "c/**", "c/**/a", "\\!a", "\\#a",
        "a\\ ",
        "[[]a]", "a[*]", "[A-Z]", "b/[]-]", "/*\n!/c\n/c/*\n!/c/b", "b//", "/", "//", "**", "/**", "**/", "a/", "!a",
        "*a\n!a*", "é", "?", "??", "\\a", "\\", "a\\", "[a-", "[z-a]", "[[:upper:]]", "[[:nope:]]", "[\\]]", "b/?",
        "b?a",
        "b[/]a", "b[!c]a", "*/a", "*/*", "***", "b/***/a", "**a", "a**", "c/**b", "foo/**/bar", "\t", "a\t",
    ]

    @Test("git ignores the same files, by patterns that have traps and by patterns thrown together")
    func sameAsGit() throws {
        let directory = try TemporaryDirectory()
        #expect(try runCommand(["git", "init", "-q", directory.path]).status == .exited(0))
        for path in Self.tree {
            if path.hasSuffix("/") {
                try directory.makeDirectory(path)
            } else {
                try directory.write(path, "")
            }
        }
        try directory.write(
            "paths",
            Self.tree.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }.joined(separator: "\0")
        )
        var random = Pseudorandom(seed: 42)
        for rules in Self.known + (0..<300).map({ _ in Self.thrownTogether(&random) }) {
            let ours = try ignoredByUs(rules)
            let gits = try ignoredByGit(rules, in: directory)
            #expect(ours == gits, "\(rules.debugDescription)")
        }
    }

    /// Lines at random, save for letters right before `**/`: git's documentation says that this is one asterisk, and git
    /// takes it for directories where no other wildcard comes before it.
    private static func thrownTogether(_ random: inout Pseudorandom) -> String {
        (0..<Int.random(in: 1...3, using: &random)).map { _ in
            (0..<Int.random(in: 1...4, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "" }
                .joined()
        }.filter { !$0.hasAsterisksBehindName }.joined(separator: "\n")
    }

    private func ignoredByUs(_ text: String) throws -> [String] {
        let rules = try IgnoreRules(parsing: Array(text.utf8), file: ".gitignore")
        return Self.tree.compactMap { path in
            let isDirectory = path.hasSuffix("/")
            let name = isDirectory ? String(path.dropLast()) : path
            return rules.ignores(name, isDirectory: isDirectory) ? name : nil
        }
    }

    private func ignoredByGit(_ text: String, in directory: TemporaryDirectory) throws -> [String] {
        try directory.write(".gitignore", text)
        let command = "git -c core.excludesFile=/dev/null check-ignore --no-index -z --stdin < paths"
        let result = try runCommand(["sh", "-c", command], environment: ["LC_ALL": "C"], in: directory.path)
        return result.output.split(separator: "\0").map(String.init)
    }
}

extension String {
    /// Whether the first wildcard is `**` with a name right before it.
    fileprivate var hasAsterisksBehindName: Bool {
        let literal = prefix { !"*?[\\".contains($0) }
        return dropFirst(literal.count).hasPrefix("**") && literal.last.map { $0 != "/" } ?? false
    }
}
