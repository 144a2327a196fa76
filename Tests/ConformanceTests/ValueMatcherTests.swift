import TOML
import Testing

@testable import Conformance

@Suite("Comparing documents")
struct ValueMatcherTests {
    /// An expectation, a document, and the places that differ.
    struct Row: Sendable, CustomTestStringConvertible {
        var expected: String
        var actual: String
        var differences: [String] = []
        var rules: [String: [String]] = [:]

        var testDescription: String { "\(expected) with \(rules) in \(actual)" }
    }

    private static let rows = [
        Row(expected: "a = 1", actual: "a = 1\nb = 2"),
        Row(expected: "a = 1", actual: "a = 2", differences: ["a: expected 1, found 2"]),
        Row(expected: "a = 1", actual: "", differences: ["a: expected 1, found nothing"]),
        Row(expected: "a = \"1\"", actual: "a = 1", differences: ["a: expected \"1\", found 1"]),
        Row(expected: "a = \"@{number}\"", actual: "a = 1"),
        Row(expected: "a = \"@{bool}\"", actual: "a = true"),
        Row(expected: "a = \"@{any}\"", actual: "a = []", differences: ["a: expected \"@{any}\", found []"]),
        Row(expected: "a = {}", actual: "a = { b = 1 }"),
        Row(expected: "a = {}", actual: "a = 1", differences: ["a: expected {}, found 1"]),
        Row(expected: "a = 1.0", actual: "a = 1"),
        Row(expected: "a = [1, 2]", actual: "a = [1, 2]"),
        Row(expected: "a = [1]", actual: "a = [1, 2]", differences: ["a.1: expected nothing, found 2"]),
        Row(expected: "a = [1, 2]", actual: "a = [1]", differences: ["a.1: expected 2, found nothing"]),
        Row(expected: "a = [1, 2]", actual: "a = [2, 1]", rules: ["unordered": ["a"]]),
        Row(
            expected: "a = [1]",
            actual: "a = [2, 1]",
            differences: ["a.0: expected nothing, found 2"],
            rules: ["unordered": ["a"]]
        ),
        Row(expected: "a = [1]", actual: "a = [2, 1]", rules: ["includes": ["a"]]),
        Row(
            expected: "a = [3]",
            actual: "a = [2, 1]",
            differences: ["a: expected an element 3, found [2,1]"],
            rules: ["includes": ["a"]]
        ),
        // The first pattern must leave the only element that fits the second one.
        Row(expected: "a = [\"@{any}\", \"x\"]", actual: "a = [\"x\", \"y\"]", rules: ["unordered": ["a"]]),
        Row(
            expected: "a = { b = 1 }",
            actual: "a = { b = 1, c = 2 }",
            differences: ["a.c: expected nothing, found 2"],
            rules: ["exactly": ["a"]]
        ),
        Row(
            expected: "g = [{ id = 1 }]",
            actual: "g = [{ id = 1, o = 2 }]",
            differences: ["g.0.o: expected nothing, found 2"],
            rules: ["exactly": ["g.*"]]
        ),
        Row(expected: "", actual: "a = 1", differences: ["a: expected nothing, found 1"], rules: ["without": ["a"]]),
        Row(
            expected: "",
            actual: "g = [{ x = 1 }, { x = 2 }]",
            differences: ["g.1.x: expected nothing, found 2"],
            rules: ["without": ["g.1.x"]]
        ),
        Row(
            expected: "",
            actual: "\"a.b\" = { c = 1 }",
            differences: ["\"a.b\".c: expected nothing, found 1"],
            rules: ["without": ["\"a.b\".c", "a.b.c"]]
        ),
    ]

    @Test("finds what differs, and nothing else", arguments: rows)
    func differences(row: Row) throws {
        func paths(_ rule: String) throws -> [ValuePath] {
            try (row.rules[rule] ?? []).map { try #require(ValuePath($0)) }
        }
        let expectation = ValueExpectation(
            expected: Value(try TOMLDocument.parse(row.expected)),
            without: try paths("without"),
            exactly: try paths("exactly"),
            unordered: try paths("unordered"),
            includes: try paths("includes")
        )
        let actual = Value(try TOMLDocument.parse(row.actual))
        #expect(try ValueMatcher(expectation, Bindings()).differences(in: actual) == row.differences)
    }

    @Test("shows the case's values", arguments: [("@{id}", "expected \"acme/a\", found \"x\"")])
    func values(expected: String, difference: String) throws {
        let expectation = ValueExpectation(expected: .table([.init(key: "a", value: .string(expected))]))
        let matcher = ValueMatcher(expectation, Bindings(["id": "acme/a"]))
        #expect(try matcher.differences(in: .table([.init(key: "a", value: .string("x"))])) == ["a: \(difference)"])
    }

    @Test("key paths need all of their parts", arguments: ["", "a.", ".a", "a..b", "\"a", "'a.b"])
    func brokenPath(text: String) {
        #expect(ValuePath(text) == nil)
    }
}
