import TOML
import Testing

@Suite("TOML parser on hostile input", .timeLimit(.minutes(2)))
struct TOMLHostileInputTests {
    @Test(
        "bounds the depth",
        arguments: [
            ("a = ", "["), ("a = ", "[["), ("a = ", "{a="), ("", "a."), ("[", "a."), ("[[", "a."), ("a = [", "{a=["),
        ]
    )
    func depth(start: String, repeated: String) throws {
        let text = start + String(repeating: repeated, count: 200_000)
        let error = try #require(throws: TOMLError.self) { try TOMLDocument.parse(text) }
        #expect(error.message == "nested more than 200 levels deep")
    }

    @Test("counts the header, dotted keys and open values together")
    func combinedDepth() throws {
        let keys = Array(repeating: "a", count: 90).joined(separator: ".")
        let fits = "[\(keys)]\n\(keys) = \(String(repeating: "[", count: 20))\(String(repeating: "]", count: 20))"
        #expect(try TOMLDocument.parse(fits).count == 1)
        let tooDeep = "[\(keys)]\n\(keys) = \(String(repeating: "[", count: 21))\(String(repeating: "]", count: 21))"
        #expect(throws: TOMLError.self) { try TOMLDocument.parse(tooDeep) }
    }

    @Test(
        "takes time in proportion to the size",
        arguments: [
            (0..<30_000).map { "key\($0) = \($0)" }.joined(separator: "\n"),
            (0..<15_000).map { "[table\($0)]\na = 1" }.joined(separator: "\n"),
            (0..<15_000).map { "[a.b.c.t\($0)]" }.joined(separator: "\n"),
            (0..<15_000).map { "a.b.c.k\($0) = 1" }.joined(separator: "\n"),
            String(repeating: "[[a.b]]\n[a.b.c]\n", count: 10_000),
            "a = {\((0..<15_000).map { "k\($0) = 1" }.joined(separator: ", "))}",
            "a = [\(String(repeating: "1,", count: 100_000))]",
            "a = \"\(String(repeating: "\\u0041", count: 60_000))\"",
            "a = \"\"\"\(String(repeating: "\\\n", count: 100_000))\"\"\"",
            "a = '''\(String(repeating: "''\n", count: 60_000))'''",
            "a = \"\(String(repeating: "x", count: 1_000_000))\"",
            String(repeating: "\n", count: 300_000),
            "#\(String(repeating: "é", count: 300_000))",
            "a = [\(String(repeating: "\n# x\n", count: 60_000))]",
        ]
    )
    func linearTime(text: String) throws {
        _ = try TOMLDocument.parse(text)
    }

    @Test("survives every cut and many changed bytes of a document")
    func damagedDocuments() {
        let text = """
            [a."b c".'d']
            s = "x\\u00e9\\n" # é
            m = \"\"\"
            one \\
              two\"\"\"
            l = '''it's'''
            n = [1, -2.5e3, 0xFF, inf, {x.y = 1}, [ ],
            ]
            [[a.t]]
            d = 1979-05-27T07:32:00.5-07:00
            t = 07:32
            """
        let bytes = Array(text.utf8)
        for place in bytes.indices {
            _ = try? TOMLDocument.parse(Array(bytes[..<place]), file: "")
            for replacement in UInt8(0)...255 where replacement % 3 == UInt8(place % 3) {
                var changed = bytes
                changed[place] = replacement
                if let error = Self.error(of: changed) {
                    #expect(error.line >= 1)
                    #expect(!error.excerpt.isEmpty)
                }
            }
        }
    }

    private static func error(of bytes: [UInt8]) -> TOMLError? {
        do {
            let table = try TOMLDocument.parse(bytes, file: "")
            // What was read can be written, and reads the same.
            #expect(throws: Never.self) {
                let again = try TOMLDocument.parse(TOMLWriter.write(table))
                #expect(TOMLWriter.write(again) == TOMLWriter.write(table))
            }
            return nil
        } catch {
            return error
        }
    }
}
