import Archive
import POSIX
import TestSupport
import Testing

@Suite("Tar writer")
struct TarWriterTests {
    private func write(_ headers: [(TarHeader, [UInt8])]) throws -> [UInt8] {
        let sink = MemorySink()
        var writer = TarWriter(sink)
        for (header, content) in headers { try writer.add(header, content: content) }
        try writer.finish()
        return sink.bytes
    }

    private func header(_ name: String, _ kind: TarEntryKind = .file, link: String = "") -> TarHeader {
        TarHeader(name: Array(name.utf8), kind: kind, mode: 0o644, linkName: Array(link.utf8))
    }

    private func blockKinds(_ tar: [UInt8]) throws -> String {
        var kinds = ""
        var offset = 0
        while offset + 512 <= tar.count, tar[offset] != 0 {
            kinds.append(Character(Unicode.Scalar(tar[offset + 156])))
            let digits = String(decoding: tar[(offset + 124)..<(offset + 135)], as: UTF8.self)
            offset += 512 + ((Int(digits, radix: 8) ?? 0) + 511) / 512 * 512
        }
        return kinds
    }

    @Test(
        "takes ustar where it suffices, PAX elsewhere",
        arguments: [
            ("/a/b", "0"),
            (String(repeating: "n", count: 100), "0"),
            (String(repeating: "n", count: 101), "x0"),
            ("/\(String(repeating: "p", count: 154))/\(String(repeating: "n", count: 100))", "0"),
            ("/\(String(repeating: "p", count: 155))/\(String(repeating: "n", count: 100))", "x0"),
            ("/\(String(repeating: "p", count: 150))/\(String(repeating: "n", count: 101))", "x0"),
            ("/é", "x0"),
        ]
    )
    func format(name: String, kinds: String) throws {
        let tar = try write([(header(name), [])])
        #expect(try blockKinds(tar) == kinds)
        #expect(try names(tar) == [name])
    }

    @Test(
        "names PAX headers like Go does, without the bytes that are not ASCII",
        arguments: [("/w/é", "/w/PaxHeaders.0"), ("é/x", "/PaxHeaders.0/x"), ("ö", "PaxHeaders.0")]
    )
    func paxHeaderName(name: String, expected: String) throws {
        let tar = try write([(header(name), [])])
        #expect(String(decoding: tar.prefix { $0 != 0 }, as: UTF8.self) == expected)
    }

    @Test("puts what octal fields can't hold into PAX records")
    func largeNumbers() throws {
        var big = header("big")
        big.uid = 3_000_000
        big.size = 0
        let tar = try write([(big, [])])
        #expect(try blockKinds(tar) == "x0")
        #expect(try entries(tar)[0].header.uid == 3_000_000)
        let record = String(decoding: tar[512..<(512 + 15)], as: UTF8.self)
        #expect(record == "15 uid=3000000\n")
    }

    @Test("refuses what no format can hold")
    func refusals() {
        #expect(throws: ArchiveError.self) { try write([(header("a\u{0}b"), [])]) }
        #expect(throws: ArchiveError.self) { try write([(header("file/"), [])]) }
    }

    @Test("refuses content that is not what the header says")
    func contentLength() throws {
        var writer = TarWriter(DiscardingSink())
        var file = header("f")
        file.size = 2
        try writer.begin(file)
        var failure: ArchiveError?
        do { try writer.finish() } catch { failure = error }
        #expect(failure?.description.contains("2 bytes fewer") == true)
    }

    @Test("GNU tar lists what is written", .enabled(if: Conditions.commandExists("tar"), "needs GNU tar"))
    func listedByTar() throws {
        let directory = try TemporaryDirectory()
        let long = "/\(String(repeating: "d", count: 120))/\(String(repeating: "é", count: 80))"
        let bytes = try write([
            (header("/dir", .directory), []), (header("/dir/file"), Array("hello".utf8)), (header(long), [1, 2, 3]),
            (header("/link", .symbolicLink, link: String(repeating: "t", count: 300)), []),
            (header("/hard", .hardLink, link: "/dir/file"), []), (header("/pipe", .fifo), []),
        ])
        let path = try directory.write("a.tar", bytes)
        let result = try runCommand(["tar", "-tPf", path, "--quoting-style=literal"])
        #expect(result.status == .exited(0))
        #expect(result.lines.filter { !$0.isEmpty } == ["/dir", "/dir/file", long, "/link", "/hard", "/pipe"])
    }

    @Test("Python reads what is written", .enabled(if: Conditions.commandExists("python3"), "needs python3"))
    func readByPython() throws {
        let directory = try TemporaryDirectory()
        var big = header("/ü")
        big.uid = 9_999_999
        let path = try directory.write("a.tar", try write([(big, Array("content".utf8))]))
        let script = """
            import sys, tarfile
            for m in tarfile.open(sys.argv[1]):
                print(m.name, m.uid, m.mtime, m.size, tarfile.open(sys.argv[1]).extractfile(m).read().decode())
            """
        let result = try runCommand(["python3", "-c", script, path])
        #expect(result.output == "/ü 9999999 315532801 7 content\n")
    }
}
