import TOML
import Testing

@Suite("TOML parser")
struct TOMLParserTests {
    @Test(
        "reads strings of all four forms",
        arguments: [
            (#"a = "plain""#, "plain"),
            (#"a = """#, ""),
            (#"a = "\b\t\n\f\r\e\"\\""#, "\u{8}\t\n\u{C}\r\u{1B}\"\\"),
            (#"a = "\x41\u00e9\U0001F600""#, "A\u{E9}\u{1F600}"),
            ("a = \"tab\tinside é 😀\"", "tab\tinside é 😀"),
            (#"a = 'C:\temp\'"#, #"C:\temp\"#),
            ("a = \"\"\"\nfirst\nsecond\"\"\"", "first\nsecond"),
            ("a = \"\"\"\r\nfirst\r\nsecond\"\"\"", "first\r\nsecond"),
            ("a = \"\"\"one \\\n   \n\t two\"\"\"", "one two"),
            ("a = \"\"\"one\\  \r\n\r\n two\"\"\"", "onetwo"),
            (#"a = """a "quoted" ""word""""""#, #"a "quoted" ""word"""#),
            ("a = \"\"\"\"\"\"", ""),
            ("a = \"\"\"\"\"\"\"", "\""),
            ("a = \"\"\"\"\"\"\"\"", "\"\""),
            ("a = '''\n\\n 'x' ''y'''''", "\\n 'x' ''y''"),
            ("a = ''''''", ""),
        ]
    )
    func strings(text: String, expected: String) throws {
        #expect(try TOMLDocument.parse(text)["a"] == .string(expected))
    }

    @Test(
        "reads whole numbers",
        arguments: [
            ("0", 0), ("+0", 0), ("-0", 0), ("42", 42), ("-17", -17), ("+99", 99), ("1_000", 1000), ("1_2_3", 123),
            ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min),
            ("0xDEAD_beef", 0xDEAD_BEEF), ("0o755", 0o755), ("0b1101", 0b1101), ("0x0", 0), ("0x00ff", 255),
            ("0x7fffffffffffffff", Int64.max),
        ]
    )
    func integers(text: String, expected: Int64) throws {
        #expect(try TOMLDocument.parse("a = \(text)")["a"] == .integer(expected))
    }

    @Test("reads booleans, and keys that look like values")
    func booleans() throws {
        let table = try TOMLDocument.parse("true = false\n1234 = true\n1.5 = 'x'\n-_-=true\n\"\" = 1")
        #expect(table == ["true": false, "1234": true, "1": .table(["5": "x"]), "-_-": true, "": 1])
    }

    @Test(
        "reads dates and times",
        arguments: [
            ("1979-05-27T07:32:00Z", "1979-05-27T07:32:00Z"),
            ("1979-05-27 00:32:00.999999-07:00", "1979-05-27T00:32:00.999999-07:00"),
            ("1979-05-27t07:32z", "1979-05-27T07:32:00Z"),
            ("1979-05-27T07:32:00+00:00", "1979-05-27T07:32:00Z"),
            ("2000-02-29T23:59:60.5", "2000-02-29T23:59:60.5"),
            ("1979-05-27 07:32", "1979-05-27T07:32:00"),
            ("0001-01-01", "0001-01-01"),
            ("07:32", "07:32:00"),
            ("00:00:00.1234567899", "00:00:00.123456789"),
        ]
    )
    func datesAndTimes(text: String, expected: String) throws {
        let value = try #require(try TOMLDocument.parse("a = \(text)")["a"])
        switch value {
        case .offsetDateTime(let dateTime): #expect("\(dateTime)" == expected)
        case .localDateTime(let dateTime): #expect("\(dateTime)" == expected)
        case .localDate(let date): #expect("\(date)" == expected)
        case .localTime(let time): #expect("\(time)" == expected)
        default: Issue.record("\(value.typeName)")
        }
    }

    @Test("reads arrays over several lines, of mixed types, with a comma at the end")
    func arrays() throws {
        let table = try TOMLDocument.parse("a = [ 1, # one\n  'two' , [\n] , {b=3},\n\n]\nc = []")
        #expect(table == ["a": [1, "two", [], .table(["b": 3])], "c": []])
    }

    @Test("reads inline tables over several lines, with comments and a comma at the end")
    func inlineTables() throws {
        let table = try TOMLDocument.parse("a = {\n  b.c = 1, # why\n  b.d = [2],\n 'e' = {},\n}\nf = { }")
        #expect(table == ["a": .table(["b": .table(["c": 1, "d": [2]]), "e": .table([:])]), "f": .table([:])])
    }

    @Test("builds tables from headers and dotted keys in any order")
    func tables() throws {
        let table = try TOMLDocument.parse(
            """
            top = 1
            a.b.c = 2
            a . b . d = 3
            [x.y.z] # comment
            n = 1
            [x]
            n = 2
            [ a."b".e ]
            n = 3
            [[list]]
            n = 1
            [list.sub]
            n = 2
            [[list.deep]]
            [[list]]
            [[list.deep]]
            n = 4
            [[list.deep]]
            """
        )
        #expect(
            table == [
                "top": 1,
                "a": .table(["b": .table(["c": 2, "d": 3, "e": .table(["n": 3])])]),
                "x": .table(["y": .table(["z": .table(["n": 1])]), "n": 2]),
                "list": [
                    .table(["n": 1, "sub": .table(["n": 2]), "deep": [.table([:])]]),
                    .table(["deep": [.table(["n": 4]), .table([:])]]),
                ],
            ]
        )
    }

    @Test("a dotted key may add to a table that only a longer header named")
    func dottedKeyIntoImpliedTable() throws {
        #expect(
            try TOMLDocument.parse("[a.b.c]\n[a]\nb.d = 1")
                == ["a": .table(["b": .table(["c": .table([:]), "d": 1])])]
        )
    }

    @Test("keeps the order of keys")
    func order() throws {
        let table = try TOMLDocument.parse((0..<200).reversed().map { "k\($0) = \($0)" }.joined(separator: "\n"))
        #expect(table.keys == (0..<200).reversed().map { "k\($0)" })
    }

    @Test("tells keys apart by their bytes, not as characters")
    func canonicallyEquivalentKeys() throws {
        let table = try TOMLDocument.parse("\"\u{E9}\" = 1\n\"e\u{301}\" = 2")
        #expect(table.count == 2)
        #expect(table["\u{E9}"] == 1)
        #expect(table["e\u{301}"] == 2)
    }

    @Test(
        "accepts documents without content, CRLF, a byte order mark, and no line end at the end",
        arguments: [
            "", "\n", "# comment", "\r\n\r\n", "  \t", "\u{FEFF}# x\n",
        ]
    )
    func emptyDocuments(text: String) throws {
        #expect(try TOMLDocument.parse(text).isEmpty)
    }

    @Test("tells keys apart in documents that are long enough to remember them", arguments: ["", "# é\n"])
    func repeatedKeys(prefix: String) throws {
        // Of all lengths around a machine word, and equal in their first or last bytes.
        let keys = (1...24).flatMap { length in
            ["a", "b", "-"].flatMap { letter in
                [letter + String(repeating: "x", count: length), String(repeating: "x", count: length) + letter]
            }
        }
        let count = 60
        var text = prefix
        for number in 0..<count {
            text += "[[table]]\n"
            for (index, key) in keys.enumerated() { text += "\(key) = \(number * 1000 + index)\n" }
        }
        #expect(text.utf8.count > 65536)
        let tables = try #require(try TOMLDocument.parse(text).tables("table"))
        #expect(tables.count == count)
        for (number, table) in tables.enumerated() {
            #expect(table.keys == keys)
            for (index, key) in keys.enumerated() {
                #expect(table[key] == .integer(Int64(number * 1000 + index)))
            }
        }
        let error = #expect(throws: TOMLError.self) { try TOMLDocument.parse(text + "\(keys[7]) = 1\n") }
        #expect(error?.keyPath == "table.\(keys[7])")
        #expect(error?.line == text.split(separator: "\n", omittingEmptySubsequences: false).count)
    }
}
