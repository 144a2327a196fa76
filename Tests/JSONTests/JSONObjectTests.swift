import JSON
import Testing

@Suite("JSON objects")
struct JSONObjectTests {
    @Test("replaces, adds and removes members", arguments: [3, 40])
    func changes(count: Int) {
        var object = JSONObject()
        for number in 0..<count { object["k\(number)"] = .integer(number) }
        object["k1"] = "new"
        object["k0"] = nil
        object["absent"] = nil
        #expect(object.count == count - 1)
        #expect(object["k0"] == nil)
        #expect(object["k1"] == "new")
        #expect(object["k\(count - 1)"] == .integer(count - 1))
        #expect(object.keys == (1..<count).map { "k\($0)" })
    }

    @Test("is equal whatever the order")
    func equality() {
        let left: JSONObject = ["a": 1, "b": [2]]
        #expect(left == ["b": [2], "a": 1])
        #expect(left != ["a": 1])
        #expect(left != ["a": 1, "c": [2]])
    }

    @Test("gives nil for values of other types")
    func accessors() {
        let value: JSONValue = ["a": "1"]
        #expect(value["a"]?.integerValue == nil)
        #expect(value["a"]?.stringValue == "1")
        #expect(value["a"]?["b"] == nil)
        #expect(value[0] == nil)
        #expect(value.arrayValue == nil)
        #expect(value.typeName == "an object")
    }
}
