import JSON
import Testing

@Suite("JSON object texts")
struct JSONObjectTextTests {
    @Test(
        "a member is replaced, added or removed, and all else keeps its bytes",
        arguments: [
            (#"{"a":1,"b":2}"#, #"{"a":1,"b":X}"#, #"{"a":1}"#), (#"{"b":2,"a":1}"#, #"{"b":X,"a":1}"#, #"{"a":1}"#),
            (#"{}"#, #"{"b":X}"#, #"{}"#), (#"{"a":1}"#, #"{"a":1,"b":X}"#, #"{"a":1}"#),
            (#" { "b" : [ {"b":"}"} , 2 ] , "a":{"b":1} } "#, #" { "b" : X , "a":{"b":1} } "#, #" { "a":{"b":1} } "#),
            (#"{"a":"\"b\":","b":null}"#, #"{"a":"\"b\":","b":X}"#, #"{"a":"\"b\":"}"#),
            (#"{"\u0062":1e2}"#, #"{"\u0062":X}"#, #"{}"#), (#"{"b":1,"b":2}"#, #"{"b":1,"b":X}"#, #"{}"#),
        ]
    )
    func edit(text: String, replaced: String, removed: String) throws {
        var object = try JSONObjectText(text, source: "test")
        object.set("b", to: "X")
        #expect(object.text == replaced)
        object = try JSONObjectText(text, source: "test")
        object.remove("b")
        #expect(object.text == removed)
    }

    @Test(
        "a member's text is what stands there",
        arguments: [("a", " [1, 2]"), ("b", "\"x\\\"\""), ("c", nil)] as [(String, String?)]
    )
    func member(key: String, expected: String?) throws {
        let object = try JSONObjectText("{\"a\": [1, 2] ,\"b\":\"x\\\"\"}", source: "test")
        #expect(object.member(key) == expected.map { String($0.drop { $0 == " " }) })
    }

    @Test("what is no JSON is refused", arguments: ["", "{", "{\"a\":}", "nonsense"])
    func malformed(text: String) {
        #expect(throws: JSONError.self) { try JSONObjectText(text, source: "test") }
    }
}
