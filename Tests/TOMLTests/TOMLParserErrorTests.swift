import TOML
import Testing

@Suite("TOML parser errors")
struct TOMLParserErrorTests {
    @Test(
        "refuses invalid documents",
        arguments: [
            // Keys
            "a", "a =", "= 1", "a b = 1", "a. = 1", ".a = 1", "a..b = 1", "\"\"\"a\"\"\" = 1", "é = 1", "a = 1 b = 2",
            "a 1", "a = 1 2", "a\n= 1", "a = \n1",
            // Duplicates and redefinitions
            "a = 1\na = 2", "a = 1\n'a' = 2", "a = 1\na.b = 2", "a.b = 1\na = 2", "a.b.c = 1\na.b = 2", "[a]\n[a]",
            "a = 1\n[a]", "a = 1\n[a.b]", "[a]\n[[a]]", "[[a]]\n[a]", "a = []\n[[a]]", "a = [{b=1}]\n[a.c]",
            "a = {}\n[a.b]", "a = {}\na.b = 1", "a.b = 1\n[a]", "[a]\nb.c = 1\n[a.b]", "[a.b]\n[a]\nb.c = 1",
            "a = {b = 1, b = 2}", "a = {b = {}, b.c = 1}", "a = {b.c = 1, b.c.d = 2}", "[a.b.c]\nz=9\n[a]\nb.c.t = 1",
            // Headers
            "[]", "[a", "[a]b = 1", "[a.]", "[.a]", "[[a]", "[[a] ]", "[ [a]]", "[a]]", "[[]]", "[a\n]",
            // Strings
            "a = \"", "a = \"x", "a = 'x", "a = \"x\ny\"", "a = 'x\ny'", "a = \"\"\"x", "a = '''x", "a = \"\"\"x\"\"",
            "a = \"\"\"x\"\"\"\"\"\"", "a = '''x''''''", "a = \"\\q\"", "a = \"\\x4\"", "a = \"\\u12G4\"",
            "a = \"\\uD800\"", "a = \"\\U00110000\"", "a = \"\\", "a = \"\"\"\\ x\"\"\"", "a = x", "a = \"\u{1}\"",
            "a = \"\u{7F}\"", "a = \"\"\"\r\"\"\"", "# \u{0}", "# \u{B}", "a = 1 \r", "a = \"\"\"\u{0}\"\"\"",
            // Numbers
            "a = 01", "a = -01", "a = +", "a = 1_", "a = _1", "a = 1__2", "a = 0x", "a = 0xG", "a = +0x1", "a = 0X1",
            "a = 0b2", "a = 0o8", "a = 0x_1", "a = 1_000_", "a = 9223372036854775808", "a = -9223372036854775809",
            "a = 0x8000000000000000", "a = 0xfffffffffffffffff", "a = 1.", "a = .1", "a = 1.e1", "a = 1e", "a = 1e+",
            "a = 1._1", "a = 1_.1", "a = 01.5", "a = 1.5.1", "a = 1e1.5", "a = 1e400", "a = Inf", "a = NAN", "a = +-1",
            "a = 1e_1", "a = infinity", "a = truer", "a = True", "a = nan_", "a = 1a", "a = 0x1.5", "a = --1",
            // Dates and times
            "a = 1979-13-01", "a = 1979-00-01", "a = 1979-02-29", "a = 1900-02-29", "a = 1979-04-31", "a = 79-01-01",
            "a = 1979-1-01", "a = 1979-01-01T", "a = 1979-01-01T24:00:00Z", "a = 1979-01-01T00:60:00Z", "a = 07:32:61",
            "a = 7:32:00", "a = 07:32:", "a = 07:32:00.", "a = 1979-01-01T07", "a = 1979-01-01T07:32:00+24:00",
            "a = 1979-01-01T07:32:00+0100", "a = 1979-01-01T07:32:00+01", "a = 1979-01-01x07:32", "a = 07:32Z",
            "a = 1979-01-01T07:32:00Zx", "a = 1979-01-01  07:32:00", "a = 10000-01-01", "a = 1979-01-00",
            // Arrays and inline tables
            "a = [", "a = [1", "a = [1 2]", "a = [,]", "a = [1,,]", "a = [1]]", "a = {", "a = {b}", "a = {b = 1",
            "a = {b = 1 c = 2}", "a = {,}", "a = {b = 1,,}", "a = {b = 1}}", "a = [}",
        ]
    )
    func invalid(text: String) {
        #expect(throws: TOMLError.self) { try TOMLDocument.parse(text) }
    }

    @Test(
        "refuses bytes that are not UTF-8",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0xF0, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFF, 0xFE], [0xE2, 0x82], [0xE2, 0x28, 0xA1],
        ] as [[UInt8]]
    )
    func invalidUTF8(bytes: [UInt8]) {
        let error = #expect(throws: TOMLError.self) {
            try TOMLDocument.parse(Array("a = 1\n# \u{E9} ".utf8) + bytes, file: "x.toml")
        }
        #expect(error?.line == 2)
        #expect(error?.column == 5)
        #expect(error?.message == "invalid UTF-8")
    }

    @Test(
        "says where and what, with the key and the source line",
        arguments: [
            (
                "[group]\napi = 0.12.1",
                "x.toml: line 2, column 7 (group.api): invalid number \"0.12.1\": unexpected \".\"",
                "api = 0.12.1\n      ^"
            ),
            (
                "a = 1\n\tb = yes # sure\n",
                "x.toml: line 2, column 6 (b): expected a value, found \"yes\"; strings need quotes",
                "\tb = yes # sure\n\t    ^"
            ),
            (
                "é.'x y' = \"ü\\q\"", "x.toml: line 1, column 1: expected a key, found \"é\"", "é.'x y' = \"ü\\q\"\n^"
            ),
            (
                "a.'x y' = [1,\n {c = \"ü\\u12\"}]\r\n",
                "x.toml: line 2, column 13 (a.\"x y\".c): expected 4 hexadecimal digits in an escape sequence, "
                    + "found a double quote",
                " {c = \"ü\\u12\"}]\n            ^"
            ),
            ("[a]\nb = 1\n\n[a]", "x.toml: line 4, column 2 (a): key a is already defined in line 1", "[a]\n ^"),
            (
                "a = [1,\n2\n", "x.toml: line 1, column 5 (a): the array that begins here is not closed",
                "a = [1,\n    ^"
            ),
            ("a = \"b\n", "x.toml: line 1, column 5 (a): the string that begins here is not closed", "a = \"b\n    ^"),
            ("a", "x.toml: line 1, column 2 (a): expected \"=\" after the key, found the end of the file", "a\n ^"),
            (
                "a = 1 # x\u{1}", "x.toml: line 1, column 10: control character U+0001 in a comment",
                "a = 1 # x\u{1}\n         ^"
            ),
            (
                "a = {}\n[a.b]",
                "x.toml: line 2, column 2 (a.b): inline table a is complete in line 1, a header can't add to it",
                "[a.b]\n ^"
            ),
        ]
    )
    func descriptions(text: String, description: String, excerpt: String) {
        let error = #expect(throws: TOMLError.self) { try TOMLDocument.parse(text, file: "x.toml") }
        #expect(error?.description == description)
        #expect(error?.excerpt == excerpt)
    }

    @Test("shows only a part of a long line")
    func longLine() throws {
        let text = "a = [\(String(repeating: "1, ", count: 100_000))x]"
        let error = try #require(throws: TOMLError.self) { try TOMLDocument.parse(text) }
        #expect(error.column == 300_006)
        #expect(error.sourceLine.utf8.count < 200)
        #expect(error.excerpt.hasSuffix("1, x]\n\(String(repeating: " ", count: 100))^"))
    }
}
