import CNBCore
import Distribution
import POSIX
import TestSupport
import Testing

@Suite("Files of variables")
struct EnvFileTests {
    private func read(_ text: String) throws -> [String] {
        try EnvFile(parsing: Array(text.utf8), file: ".env").settings.map { setting in
            setting.name + (setting.value.map { "=\($0)" } ?? "")
        }
    }

    @Test(
        "a line",
        arguments: [
            ("A=1", "A=1"), ("A=", "A="), ("  A = 1  ", "A=1"), ("export A=1", "A=1"), ("export\tA", "A"), ("A", "A"),
            ("A # comment = no value", "A"), ("export=1", "export=1"), ("A=b c", "A=b c"), ("A=b # c", "A=b"),
            ("A=b#c", "A=b#c"), ("A=#c", "A="), ("A=b=c", "A=b=c"), ("A='b # c'", "A=b # c"), ("A='b\\n'", "A=b\\n"),
            ("A=\"b\\nc\\t\\\"\\\\\\$\\`\\x\"", "A=b\nc\t\"\\$`\\x"), ("A=\"b\" # c", "A=b"), ("A=''", "A="),
            ("A=it's", "A=it's"), ("A={\"a\": \"b\"}", "A={\"a\": \"b\"}"), ("A=$HOME", "A=$HOME"),
            ("A=\"b\\\nc\"", "A=bc"), ("spring.profile=x", "spring.profile=x"), ("A=é", "A=é"),
        ]
    )
    func line(text: String, setting: String) throws {
        #expect(try read(text) == [setting])
    }

    @Test("a file with comments, empty lines, line ends of other systems and values over several lines")
    func file() throws {
        let text = "\u{FEFF}# first\r\n\r\nA=1\r\nKEY=\"-----BEGIN\r\nabc\r\n-----END\"\r\n  # more\nB='x\ny'\nC\n"
        #expect(try read(text) == ["A=1", "KEY=-----BEGIN\nabc\n-----END", "B=x\ny", "C"])
        #expect(try read("").isEmpty)
    }

    @Test(
        "what is malformed is named with its line",
        arguments: [
            ("A=1\nB=\"x\ny\n", ".env: line 2: the quote is not closed"),
            ("\n\nA='x' y", ".env: line 3: unexpected text behind the closing quote"),
            ("A=\"x\ny\" z", ".env: line 2: unexpected text behind the closing quote"),
            ("A b", ".env: line 1: expected '=' behind 'A'"),
            ("export A b=1", ".env: line 1: expected '=' behind 'A'"),
            ("A=1\n=2", ".env: line 2: variable '': the name is empty"),
            ("a/b=2", ".env: line 1: variable 'a/b': the name has a space or one of / = \" ' ` # $"),
            ("A=\"x\ny\u{0}\"", ".env: line 1: variable 'A': the value has a zero byte"),
        ]
    )
    func malformed(text: String, message: String) {
        let error = #expect(throws: DistributionError.self) { try read(text) }
        #expect(error?.description == message)
    }

    @Test("bytes that are no text are refused, and so is a file that is too large")
    func bounds() {
        #expect(throws: DistributionError.line(file: "f", line: 2, reason: "it is not UTF-8")) {
            try EnvFile(parsing: Array("A=1\nB=".utf8) + [0xFF], file: "f")
        }
        let large = Array(repeating: UInt8(ascii: "\n"), count: FileLimit.variablesFile + 1)
        #expect(throws: DistributionError.self) { try EnvFile(parsing: large, file: "f") }
    }

    @Test("a shell that reads the file gets the same values", .timeLimit(.minutes(1)))
    func shell() throws {
        let text = """
            # comment
            export A=1
            B='single # $HOME \\n'
            C="double \\" \\\\ \\$HOME \\`x\\`"
            D="two
            lines" # comment
            E=plain
            F="joined\\
            line"
            G=
            """
        let directory = try TemporaryDirectory()
        let file = try directory.write("env", text)
        let names = ["A", "B", "C", "D", "E", "F", "G"]
        let script =
            "set -a; . \(file); for n in \(names.joined(separator: " ")); do eval \"printf '%s\\\\0' \\\"\\$$n\\\"\"; done"
        let result = try runCommand(["sh", "-c", script])
        let values = try EnvFile(parsing: Array(text.utf8), file: file).settings.map { $0.value ?? "" }
        #expect(
            result.output.split(separator: "\0", omittingEmptySubsequences: false).dropLast().map(String.init) == values
        )
    }
}
