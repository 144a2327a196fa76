import TOML
import Testing

@Suite("TOML tables")
struct TOMLTableTests {
    private let document = """
        [buildpack]
        id = "a/b"
        Version = 1
        stacks = ["x", 2]
        clear-env = true
        [[targets]]
        os = "linux"
        [[targets]]
        os = 1
        [targets.distro]
        [metadata]
        inline = [{ a = 1 }, 2]
        """

    private func parse() throws -> TOMLTable {
        try TOMLDocument.parse(document, file: "b.toml")
    }

    @Test("gives values by type, nil for absent keys, and an error with a place for other types")
    func accessors() throws {
        let buildpack = try parse().requiredTable("buildpack")
        #expect(try buildpack.string("id") == "a/b")
        #expect(try buildpack.boolean("clear-env") == true)
        #expect(try buildpack.integer("version") == 1)
        #expect(try buildpack.string("homepage") == nil)
        #expect(try buildpack.strings("licenses") == nil)
        #expect(try parse().tables("targets")?.count == 2)
        #expect(try parse().tables("order") == nil)
    }

    @Test("says what was expected and what was found")
    func errors() throws {
        let root = try parse()
        let buildpack = try root.requiredTable("buildpack")
        let targets = try #require(try root.tables("targets"))
        let metadata = try root.requiredTable("metadata")
        expect("b.toml: line 3, column 11 (buildpack.Version): expected a string, found an integer") {
            try buildpack.string("version")
        }
        expect("b.toml: line 4, column 16 (buildpack.stacks): expected a string, found an integer") {
            try buildpack.strings("stacks")
        }
        expect("b.toml: line 9, column 6 (targets.os): expected a string, found an integer") {
            try targets[1].string("os")
        }
        expect("b.toml: line 1, column 2 (buildpack): missing key homepage") {
            try buildpack.requiredString("homepage")
        }
        expect("b.toml: line 1, column 2 (buildpack): expected an array of tables, found a table") {
            try root.tables("buildpack")
        }
        expect("b.toml: line 12, column 22 (metadata.inline): expected a table, found an integer") {
            try metadata.tables("inline")
        }
        expect("b.toml: line 10, column 10 (targets.distro): needs a name") {
            throw try #require(try targets[1].table("distro")).error("needs a name")
        }
    }

    private func expect<Value>(_ description: String, from access: () throws -> Value) {
        let error = #expect(throws: TOMLError.self) { _ = try access() }
        #expect(error?.description == description)
    }

    @Test("an exact key wins over one that differs in case")
    func keyCase() throws {
        let table = try TOMLDocument.parse("ID = 'upper'\nid = 'lower'")
        #expect(try table.string("id") == "lower")
        #expect(try table.string("Id") == "upper")
        #expect(table["Id"] == nil)
    }

    @Test("copies don't see each other's changes")
    func valueSemantics() throws {
        let original = try TOMLDocument.parse("a = 1\nb = 2")
        var copy = original
        copy.set("a", "changed")
        copy.set("c", 3)
        #expect(copy.remove("b") == 2)
        #expect(original == ["a": 1, "b": 2])
        #expect(copy == ["a": "changed", "c": 3])
        #expect(copy.keys == ["a", "c"])
    }

    @Test("finds keys after many changes")
    func manyKeys() {
        var table = TOMLTable()
        for number in 0..<1000 { table.set("k\(number)", .integer(Int64(number))) }
        for number in stride(from: 0, to: 1000, by: 2) { table.remove("k\(number)") }
        #expect(table.count == 500)
        #expect(table["k501"] == 501)
        #expect(table["k500"] == nil)
    }

    @Test("an error about a table that no document holds has the key only")
    func errorsWithoutSource() {
        let table: TOMLTable = ["a": 1]
        let error = #expect(throws: TOMLError.self) { try table.string("a") }
        #expect(error?.description == "(a): expected a string, found an integer")
        #expect(table.position == nil)
    }

    @Test("knows where tables and values stand")
    func positions() throws {
        let buildpack = try parse().requiredTable("buildpack")
        #expect(buildpack.position?.line == 1)
        #expect(buildpack.position(of: "clear-env")?.line == 5)
        #expect(buildpack.position(of: "clear-env")?.column == 13)
        #expect(buildpack.position(of: "id")?.file == "b.toml")
    }
}
