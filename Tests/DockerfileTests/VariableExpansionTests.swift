import Dockerfile
import Testing

@Suite("Variables of Dockerfiles")
struct VariableExpansionTests {
    private static let values = ["a": "one", "empty": "", "path": "/usr/lib/lib.so.1", "glob": "a*b*c"]

    private func instruction(_ text: String) throws -> DockerfileInstruction {
        try DockerfileDocument(parsing: Array(text.utf8)).instructions[0]
    }

    private func expand(_ word: String, escape: Character = "\\") throws -> String {
        try VariableExpansion(escape: escape) { Self.values[$0] }.expand(word, in: instruction("ENV a=b"))
    }

    @Test(
        "are put in, and quotes and escapes taken out",
        arguments: [
            ("$a", "one"), ("${a}", "one"), ("x${a}y", "xoney"), ("$a$a", "oneone"), ("$none", ""), ("$", "$"),
            ("a$", "a$"), ("$ a", "$ a"), ("\\$a", "$a"), ("'$a'", "$a"), ("\"$a\"", "one"), ("\"a b\"", "a b"),
            ("\"\\$a\"", "$a"), ("\"\\n\"", "\\n"), ("\\n", "n"), ("a\\ b", "a b"), ("\"it's\"", "it's"),
            ("${a:-x}", "one"), ("${none:-x}", "x"), ("${empty:-x}", "x"), ("${empty-x}", ""), ("${none-x}", "x"),
            ("${a:+x}", "x"), ("${none:+x}", ""), ("${empty:+x}", ""), ("${empty+x}", "x"), ("${none:-$a}", "one"),
            ("${none:-${none:-deep}}", "deep"), ("${a:?gone}", "one"), ("${none:-a b}", "a b"), ("$1", ""),
            ("${path#*/}", "usr/lib/lib.so.1"), ("${path##*/}", "lib.so.1"), ("${path%.*}", "/usr/lib/lib.so"),
            ("${path%%.*}", "/usr/lib/lib"), ("${path#nothing}", "/usr/lib/lib.so.1"),
            ("${path/lib/LIB}", "/usr/LIB/lib.so.1"),
            ("${path//lib/LIB}", "/usr/LIB/LIB.so.1"), ("${path//lib}", "/usr//.so.1"), ("${glob/\\*/-}", "a-b*c"),
            ("${path#/us?/}", "lib/lib.so.1"), ("日本$a", "日本one"),
        ]
    )
    func expansion(word: String, expected: String) throws {
        #expect(try expand(word) == expected)
    }

    @Test("can be escaped with the backtick where the file says so")
    func backtick() throws {
        #expect(try expand("`$a\\$a", escape: "`") == "$a\\one")
    }

    @Test(
        "that can't be expanded are errors which say why",
        arguments: [
            ("${a", "missing '}'"), ("${none:?no luck}", "none: no luck"),
            ("${none?}", "none: not allowed to be unset"),
            ("${}", "a name was expected"), ("${a!b}", "unsupported modifier '!'"), ("${a:=b}", "unsupported modifier"),
            ("'a", "single-quote"), ("\"a", "double-quote"), (String(repeating: "${a:-", count: 5000), "too deeply"),
        ]
    )
    func failures(word: String, reason: String) throws {
        let error = #expect(throws: DockerfileError.self) { try expand(word) }
        #expect(error?.message.contains(reason) == true, "\(String(describing: error))")
        #expect(error?.line == 1)
    }

    @Test("in here-documents leave quotes alone, and tabs where they count")
    func heredocs() throws {
        let copy = try instruction("COPY <<EOF <<-'RAW' /x/\n\t\"$a\" \\$a 'x'\nEOF\n\t\t$a\nRAW\n")
        let expansion = VariableExpansion(escape: "\\") { Self.values[$0] }
        #expect(try expansion.expand(copy.heredocs[0], in: copy) == "\t\"one\" $a 'x'\n")
        #expect(try expansion.expand(copy.heredocs[1], in: copy) == "$a\n")
    }

    @Test("Instructions say in one line what they are")
    func summary() throws {
        #expect(try instruction("RUN --network=none echo  a \\\n  b").summary == "RUN --network=none echo  a   b")
        #expect(try instruction(#"RUN ["echo", "a \"b\""]"#).summary == #"RUN ["echo", "a \"b\""]"#)
        #expect(try instruction("copy --chown=1:2 a b /c/").flag("chown") == "1:2")
        #expect(try instruction("COPY --link a /c/").flag("link") == "true")
    }
}
