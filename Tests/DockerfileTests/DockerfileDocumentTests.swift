import Testing

@testable import Dockerfile

@Suite("Dockerfile parser")
struct DockerfileDocumentTests {
    private func parse(_ text: String) throws -> DockerfileDocument {
        try DockerfileDocument(parsing: Array(text.utf8))
    }

    @Test("gives names, flags, arguments and places")
    func instructions() throws {
        let document = try parse(
            """
            # a comment
            ARG base_image

              from ${base_image} AS tools
            COPY --from=tools --chown="a b" one two /there
            RUN echo  "a  b" # not a comment
            """
        )
        #expect(document.instructions.map { $0.name } == ["ARG", "FROM", "COPY", "RUN"])
        #expect(document.instructions.map { $0.line } == [2, 4, 5, 6])
        #expect(document.instructions.map { $0.column } == [1, 3, 1, 1])
        #expect(document.instructions[1].arguments == ["${base_image}", "AS", "tools"])
        #expect(document.instructions[2].flags == ["--from=tools", "--chown=a b"])
        #expect(document.instructions[2].arguments == ["one", "two", "/there"])
        #expect(document.instructions[3].arguments == ["echo  \"a  b\" # not a comment"])
    }

    @Test("joins continued lines, without the comments and empty lines between them")
    func continuation() throws {
        let document = try parse("FROM x\nRUN a && \\\n  # why\n\n  b \\  \n  && c\nUSER me\n")
        #expect(document.instructions[1].arguments == ["a &&   b   && c"])
        #expect(document.instructions[1].endLine == 6)
        #expect(document.instructions[2].line == 7)
    }

    @Test("does not take two backslashes for a continuation")
    func escapedBackslash() throws {
        #expect(try parse("FROM x\nRUN a \\\\\nRUN b").instructions.count == 3)
    }

    @Test("obeys the escape directive, and only at the top")
    func escapeDirective() throws {
        let document = try parse("# syntax=docker/dockerfile:1\n# Escape = `\nFROM x\nRUN a `\n  b\n")
        #expect(document.escape == "`")
        #expect(document.instructions[1].arguments == ["a   b"])
        #expect(try parse("# other=1\n# escape=`\nFROM x").escape == "\\")
    }

    @Test("reads CRLF, a byte order mark and a last line without an end")
    func lineEnds() throws {
        let document = try parse("\u{FEFF}FROM x\r\nRUN a \\\r\n b\r\nUSER 1000")
        #expect(document.instructions.map { $0.arguments } == [["x"], ["a  b"], ["1000"]])
    }

    @Test(
        "knows JSON lists from commands",
        arguments: [
            ("RUN [\"a\", \"b c\\u0041\\n\"]", ["a", "b cA\n"], true),
            ("RUN [ -f x ] && y", ["[ -f x ] && y"], false),
            ("RUN [\"a\", ]", ["[\"a\", ]"], false),
            ("CMD []", [], true),
            ("COPY [\"a b\", \"/c\"]", ["a b", "/c"], true),
        ]
    )
    func json(line: String, arguments: [String], isJSON: Bool) throws {
        let instruction = try parse("FROM x\n\(line)").instructions[1]
        #expect(instruction.arguments == arguments)
        #expect(instruction.isJSON == isJSON)
    }

    @Test(
        "gives variables as name=value, in both forms",
        arguments: [
            ("ENV a=1 b=\"two words\" c='x y'", ["a=1", "b=\"two words\"", "c='x y'"]),
            ("ENV a  one two", ["a=one two"]),
            ("LABEL \"a b\"=c\\ d", ["\"a b\"=c\\ d"]),
            ("ARG one two=2", ["one", "two=2"]),
        ]
    )
    func pairs(line: String, arguments: [String]) throws {
        #expect(try parse("FROM x\n\(line)").instructions[1].arguments == arguments)
    }

    @Test("takes here-documents to the instruction above them")
    func heredocs() throws {
        let document = try parse("FROM x\nRUN <<EOF cat 3<<-'END'\necho $a\n# text\nEOF\n\tone\n\tEND\nUSER me\n")
        let run = document.instructions[1]
        #expect(run.heredocs.map { $0.content } == ["echo $a\n# text\n", "\tone\n"])
        #expect(run.heredocs.map { $0.expands } == [true, false])
        #expect(run.heredocs.map { $0.stripsTabs } == [false, true])
        #expect(run.endLine == 7)
        #expect(document.instructions[2].name == "USER")
        #expect(try parse("FROM x\nENV a <<EOF\nUSER b").instructions.count == 3)
    }

    @Test(
        "says what is wrong and where",
        arguments: [
            ("", 0, "file with no instructions"),
            ("# only a comment\n", 0, "file with no instructions"),
            ("FROM x\n  FORM y", 2, "unknown instruction: FORM"),
            ("FROM", 1, "FROM requires either one or three arguments"),
            ("FROM a b", 1, "FROM requires either one or three arguments"),
            (
                "FROM a AS 1x", 1,
                "invalid name for build stage: \"1x\", name can't start with a number or contain symbols"
            ),
            ("FROM --what=x a", 1, "unknown flag: --what"),
            ("FROM --platform a", 1, "missing a value on flag: --platform"),
            ("FROM x\nCOPY --link=maybe a b", 2, "expecting boolean value for flag --link, not: maybe"),
            ("FROM x\nCOPY --from=a --from=b a b", 2, "duplicate flag specified: --from"),
            ("FROM x\nCOPY a", 2, "COPY requires at least two arguments: the source and the destination"),
            ("FROM x\nCOPY a <<EOF\nEOF", 2, "COPY cannot accept a heredoc as a destination"),
            ("FROM x\nRUN <<EOF\na\n", 2, "unterminated heredoc"),
            ("FROM x\nENV a", 2, "ENV must have two arguments"),
            ("FROM x\nENV a=1 b", 2, "can't find = in \"b\"; must be of the form: name=value"),
            ("FROM x\nENV =1", 2, "ENV names can not be blank"),
            ("FROM x\nARG", 2, "ARG requires at least one argument"),
            ("FROM x\nUSER", 2, "USER requires exactly one argument"),
            ("FROM x\nSHELL bash -c", 2, "SHELL requires the arguments to be in JSON form"),
            ("FROM x\nRUN [1, 2]", 2, "when using JSON array syntax, arrays must be comprised of strings only"),
            ("FROM x\nONBUILD ONBUILD RUN a", 2, "chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"),
            ("FROM x\nHEALTHCHECK WHAT a", 2, "unknown type \"WHAT\" in HEALTHCHECK (try CMD)"),
            ("# escape=x\nFROM x", 1, "invalid escape token 'x' does not match ` or \\"),
            ("# escape=`\n# escape=`\nFROM x", 2, "only one escape parser directive can be used"),
        ]
    )
    func mistakes(text: String, line: Int, message: String) {
        let error = #expect(throws: DockerfileError.self) { try parse(text) }
        #expect(error?.message == message)
        #expect(error?.line == line)
    }

    @Test("refuses a line that is longer than the reference reads")
    func longLine() {
        #expect(throws: DockerfileError.self) {
            try parse("FROM x\nRUN \(String(repeating: "a", count: 70_000))")
        }
    }

    @Test("survives every cut and every changed byte of a document")
    func hostileBytes() {
        let text =
            "# escape=`\nFROM a AS b\nRUN [\"x\", {\"y\": [1]}]\nCOPY --from=a <<E <<-'F' /x `\n y\nE\nF\nENV a=\"b` c\" d='"
        let bytes = Array(text.utf8)
        for place in bytes.indices {
            _ = try? DockerfileDocument(parsing: Array(bytes[..<place]))
            for replacement: UInt8 in [0, 10, 13, 34, 39, 45, 60, 91, 92, 96, 0xC3, 0xFF] {
                var changed = bytes
                changed[place] = replacement
                _ = try? DockerfileDocument(parsing: changed)
            }
        }
        _ = try? parse("RUN \(String(repeating: "[", count: 60_000))")
    }
}
