import TOML
import Testing

@Suite("TOML writer")
struct TOMLWriterTests {
    @Test("writes plain keys first, indents tables in tables, sets tables of the top level apart")
    func layout() {
        let table: TOMLTable = [
            "run-image": .table([
                "target": .table(["os": "linux", "distro": .table(["name": "x"])]),
                "reference": "r",
            ]),
            "processes": [],
            "group": [.table(["id": "a"]), .table(["id": "b", "sub": .table([:]), "list": [.table(["n": 1])]])],
            "name": "n",
        ]
        #expect(
            TOMLWriter.write(table) == """
                processes = []
                name = "n"

                [run-image]
                  reference = "r"
                  [run-image.target]
                    os = "linux"
                    [run-image.target.distro]
                      name = "x"

                [[group]]
                  id = "a"

                [[group]]
                  id = "b"
                  [group.sub]

                  [[group.list]]
                    n = 1

                """
        )
    }

    @Test("begins without an empty line")
    func firstTable() {
        #expect(TOMLWriter.write([:]) == "")
        #expect(TOMLWriter.write(["a": .table([:])]) == "[a]\n")
        #expect(TOMLWriter.write(["a": [.table([:])]]) == "[[a]]\n")
    }

    @Test("writes tables in mixed and nested arrays inline")
    func inline() {
        let table: TOMLTable = [
            "mixed": [1, .table(["t": .table(["x": 1]), "b": "c"]), [.table([:])]],
            "nested": [[1, 2], ["a"], []],
        ]
        #expect(
            TOMLWriter.write(table) == """
                mixed = [1, {b = "c", t = {x = 1}}, [{}]]
                nested = [[1, 2], ["a"], []]

                """
        )
    }

    @Test("quotes keys where they need it")
    func keys() {
        let table: TOMLTable = ["a-B_1": 1, "": 2, "a.b": 3, "é": 4, "q\"\n": .table(["x y": .table([:])])]
        #expect(
            TOMLWriter.write(table) == """
                a-B_1 = 1
                "" = 2
                "a.b" = 3
                "é" = 4

                ["q\\"\\n"]
                  ["q\\"\\n"."x y"]

                """
        )
    }

    @Test("escapes what has to be escaped and nothing else")
    func strings() {
        let table: TOMLTable = ["a": "\u{0}\u{8}\t\n\u{B}\u{C}\r\u{1B}\u{1F} \"\\/'\u{7F}é\u{2028}😀"]
        #expect(
            TOMLWriter.write(table)
                == "a = \"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001b\\u001f \\\"\\\\/'\\u007fé\u{2028}😀\"\n"
        )
    }

    @Test("writes the strings of one path with the escapes of JSON, as the reference writes commands")
    func jsonEscapes() {
        let text = "<&>\u{2028}\u{7F}\n"
        let process: TOMLTable = ["command": [.string(text)], "args": [.string(text)]]
        #expect(
            TOMLWriter.write(
                ["processes": [.table(process)], "command": .string(text)],
                withJSONEscapesAt: ["processes", "command"]
            )
                == """
                command = "<&>\u{2028}\\u007f\\n"

                [[processes]]
                  command = ["\\u003c\\u0026\\u003e\\u2028\\u007f\\n"]
                  args = ["<&>\u{2028}\\u007f\\n"]

                """
        )
    }

    @Test(
        "writes floats as Go does",
        arguments: [
            (0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (2.5, "2.5"), (100, "100.0"), (999_999, "999999.0"), (1e6, "1e+06"),
            (1_234_567, "1.234567e+06"), (123_456.75, "123456.75"), (1e21, "1e+21"), (1.5e300, "1.5e+300"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"), (0.00012345, "0.00012345"), (-1.25e-7, "-1.25e-07"), (.leastNonzeroMagnitude, "5e-324"),
            (0.1, "0.1"),
            (.infinity, "inf"), (-.infinity, "-inf"), (.nan, "nan"), (1e100, "1e+100"), (12345.678, "12345.678"),
        ]
    )
    func floats(number: Double, text: String) {
        #expect(TOMLWriter.write(["a": .float(number)]) == "a = \(text)\n")
    }

    @Test(
        "writes dates and times as RFC 3339 has them",
        arguments: [
            "1979-05-27T07:32:00Z", "1979-05-27T00:32:00.5-07:00", "1979-05-27T00:32:00.000000001+05:30",
            "1979-05-27T07:32:00", "1979-05-27", "07:32:00", "00:00:00.1",
        ]
    )
    func datesAndTimes(text: String) throws {
        #expect(TOMLWriter.write(try TOMLDocument.parse("a = \(text)")) == "a = \(text)\n")
    }

    @Test("sorts keys as Go sorts those of a map")
    func sorted() {
        let table: TOMLTable = ["b": 1, "a": [.table(["é": 1, "z": 2, "B": 3])], "C": .table([:])]
        #expect(TOMLWriter.write(table.sortedByKey()) == "b = 1\n\n[C]\n\n[[a]]\n  B = 3\n  z = 2\n  \"é\" = 1\n")
    }

    @Test("what is written reads the same")
    func roundTrip() throws {
        let text = "a = [[1, {b.c = [{}]}], 'x']\n[t.u.\"v w\"]\nx = 1e300\n[[t.l]]\n[[t.l]]\nn = {m = []}\n"
        let table = try TOMLDocument.parse(text)
        #expect(try TOMLDocument.parse(TOMLWriter.write(table)) == table)
    }
}
