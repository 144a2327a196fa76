import JSON
import Testing

@Suite("JSON parser")
struct JSONParserTests {
    @Test("reads values of all types")
    func values() throws {
        let value = try JSONParser.parse(
            " { \"a\" : [ 1 , -2.5e+3, true,false, null ], \"\" : { }, \"n\\u0061me\" : \"x\", \"e\":[] }\r\n\t"
        )
        #expect(value["a"]?[1]?.numberValue?.text == "-2.5e+3")
        #expect(value["a"]?[3] == false)
        #expect(value["a"]?[4]?.isNull == true)
        #expect(value["a"]?[5] == nil)
        #expect(value["name"] == "x")
        #expect(value.objectValue?.keys == ["a", "", "name", "e"])
        #expect(try JSONParser.parse("1") == 1)
    }

    @Test(
        "reads strings",
        arguments: [
            (#""""#, ""),
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
            (#""\u00e9\u2028\uD83D\uDE00""#, "\u{E9}\u{2028}\u{1F600}"),
            (#""\uD800x\uDC00""#, "\u{FFFD}x\u{FFFD}"),
            (#""\uD800\u0041""#, "\u{FFFD}A"),
            (#""\uD800\n""#, "\u{FFFD}\n"),
            ("\"é😀\u{7F}\"", "é😀\u{7F}"),
        ]
    )
    func strings(text: String, expected: String) throws {
        #expect(try JSONParser.parse(text).stringValue == expected)
    }

    @Test("keeps numbers as they are", arguments: ["0", "-0", "12345678901234567890", "1.50", "1E400", "-0.0e-1"])
    func numbers(text: String) throws {
        let value = try JSONParser.parse(text)
        #expect(JSONWriter.string(value) == text)
        #expect(value.integerValue == Int64(text))
    }

    @Test(
        "refuses what RFC 8259 does not allow, with the place",
        arguments: [
            ("", 1, 1), (" ", 1, 2), ("[1,]", 1, 4), ("[,1]", 1, 2), ("{\"a\":1,}", 1, 8), ("{a:1}", 1, 2),
            ("{\"a\"}", 1, 5),
            ("{\"a\" 1}", 1, 6), ("[1 2]", 1, 4), ("[", 1, 2), ("{", 1, 2), ("[1", 1, 3), ("]", 1, 1), ("1 2", 1, 3),
            ("01", 1, 1), ("-", 1, 2), ("+1", 1, 1), (".5", 1, 1), ("1.", 1, 3), ("1e", 1, 3), ("-01", 1, 1),
            ("0x1", 1, 2),
            ("NaN", 1, 1), ("nul", 1, 1), ("True", 1, 1), ("truex", 1, 5), ("'a'", 1, 1), ("\"a", 1, 1), ("\"\\", 1, 2),
            ("\"\\x\"", 1, 2), ("\"\\u12\"", 1, 6), ("\"\\u00G0\"", 1, 6), ("\"\u{1}\"", 1, 2), ("\"a\nb\"", 1, 3),
            ("// x\n1", 1, 1), ("[1]\n  x", 2, 3), ("\u{FEFF}1", 1, 1), ("{\"é\":\n\"ü\" x}", 2, 5), ("\u{A0}1", 1, 1),
        ]
    )
    func invalid(text: String, line: Int, column: Int) {
        let error = #expect(throws: JSONError.self) { try JSONParser.parse(text) }
        #expect(error?.line == line)
        #expect(error?.column == column)
    }

    @Test(
        "refuses strings that are not UTF-8",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF],
            [0xE2, 0x82],
        ] as [[UInt8]]
    )
    func invalidUTF8(bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        #expect(throws: JSONError.self) { try JSONParser.parse([quote] + bytes + [quote], source: "x") }
        #expect(throws: JSONError.self) { try JSONParser.parse([quote] + bytes, source: "x") }
    }

    @Test("says what is wrong")
    func description() {
        let error = #expect(throws: JSONError.self) {
            try JSONParser.parse(Array("{\n  \"a\": }".utf8), source: "config.json")
        }
        #expect(error?.description == "config.json: line 2, column 8: expected a value, found \"}\"")
    }

    @Test("refuses duplicate keys unless the last one may win")
    func duplicateKeys() throws {
        let text = #"{"a": 1, "b": {"x": 1}, "\u0061": 2}"#
        let error = #expect(throws: JSONError.self) { try JSONParser.parse(text) }
        #expect(error?.description == "line 1, column 25: duplicate key \"a\"")
        let value = try JSONParser.parse(text, duplicateKeys: .lastWins)
        #expect(value["a"] == 2)
        #expect(value.objectValue?.keys == ["a", "b"])
    }

    @Test("tells keys apart by their bytes, not as characters")
    func canonicallyEquivalentKeys() throws {
        let value = try JSONParser.parse("{\"\u{E9}\": 1, \"e\u{301}\": 2}")
        #expect(value["\u{E9}"] == 1)
        #expect(value["e\u{301}"] == 2)
    }

    @Test("bounds the depth", arguments: ["[", "{\"a\":", "[{\"a\":["])
    func depth(repeated: String) throws {
        let error = #expect(throws: JSONError.self) {
            try JSONParser.parse(String(repeating: repeated, count: 100_000))
        }
        #expect(error?.message == "nested more than 500 levels deep")
        let deep = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        #expect(JSONWriter.string(try JSONParser.parse(deep)) == deep)
    }

    @Test("finds keys of large objects, in linear time")
    func largeObject() throws {
        let members = (0..<30_000).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        let value = try JSONParser.parse("{\(members)}")
        #expect(value["k29999"] == 29_999)
        #expect(value["k30000"] == nil)
        #expect(throws: JSONError.self) { try JSONParser.parse("{\(members),\"k7\":0}") }
    }

    @Test("survives every cut and many changed bytes of a text")
    func damagedTexts() {
        let bytes = Array(#"{"a":[1,-2.5e3,"x\u00e9\ud83d\ude00é",{"b":null}],"c":true}"#.utf8)
        for place in bytes.indices {
            #expect(throws: JSONError.self) { try JSONParser.parse(Array(bytes[..<place]), source: "") }
            for replacement in UInt8(0)...255 {
                var changed = bytes
                changed[place] = replacement
                guard let value = try? JSONParser.parse(changed, source: "") else { continue }
                #expect((try? JSONParser.parse(JSONWriter.string(value))) == value)
            }
        }
    }
}
