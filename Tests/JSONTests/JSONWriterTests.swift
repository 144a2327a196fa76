import JSON
import Testing

@Suite("JSON writer")
struct JSONWriterTests {
    private let value: JSONValue = ["b": [1, "x", [], [:]], "a": ["c": nil, "d": true]]

    @Test("keeps the order of keys and writes no white space")
    func compact() {
        #expect(JSONWriter.string(value) == #"{"b":[1,"x",[],{}],"a":{"c":null,"d":true}}"#)
    }

    @Test("indents as Go does")
    func pretty() {
        #expect(
            JSONWriter.string(value, pretty: "  ") == """
                {
                  "b": [
                    1,
                    "x",
                    [],
                    {}
                  ],
                  "a": {
                    "c": null,
                    "d": true
                  }
                }
                """
        )
    }

    @Test("escapes as Go does")
    func escapes() {
        let text: JSONValue = "\u{0}\u{8}\t\n\u{B}\u{C}\r\u{1F}\"\\/<>&'\u{7F}é\u{2027}\u{2028}\u{2029}\u{202A}😀"
        #expect(
            JSONWriter.string(text)
                == "\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\/\\u003c\\u003e\\u0026'\u{7F}é\u{2027}\\u2028\\u2029\u{202A}😀\""
        )
        #expect(JSONWriter.string("<&>\u{2028}", escapeHTML: false) == "\"<&>\\u2028\"")
        #expect(JSONWriter.string(["<": 1]) == "{\"\\u003c\":1}")
    }

    @Test(
        "writes floats as Go does",
        arguments: [
            (0, "0"), (-0.0, "-0"), (1, "1"), (2.5, "2.5"), (1e6, "1000000"), (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1.5e-6, "0.0000015"), (1e-7, "1e-7"), (-1.25e-10, "-1.25e-10"), (123456.789, "123456.789"), (0.1, "0.1"),
            (9_007_199_254_740_992, "9007199254740992"), (1.7976931348623157e308, "1.7976931348623157e+308"),
        ]
    )
    func floats(number: Double, text: String) throws {
        #expect(try #require(JSONNumber(number)).text == text)
    }

    @Test("has no number for what is not finite")
    func notFinite() {
        #expect(JSONNumber(Double.infinity) == nil)
        #expect(JSONNumber(Double.nan) == nil)
    }
}
