import Archive
import POSIX
import TestSupport
import Testing

@Suite("Tar reader")
struct TarReaderTests {
    @Test(
        "reads what GNU tar writes",
        .enabled(if: Conditions.commandExists("tar"), "needs GNU tar"),
        arguments: ["ustar", "pax", "gnu", "oldgnu"]
    )
    func gnuTar(format: String) throws {
        let directory = try TemporaryDirectory()
        try directory.write("tree/file", "hello", mode: 0o640)
        try directory.write("tree/empty", "")
        let long = "\(String(repeating: "d", count: 90))/\(String(repeating: "f", count: 90))"
        try directory.write("tree/\(long)", "long")
        try FileSystem.createSymlink(directory.path("tree/link"), target: "file")
        try FileSystem.createHardLink(directory.path("tree/hard"), to: directory.path("tree/file"))
        let archive = directory.path("a.tar")
        let result = try runCommand(
            ["tar", "--format=\(format)", "--sort=name", "-C", directory.path("tree"), "-cf", archive, "."]
        )
        #expect(result.status == .exited(0))
        let found = try entries(try FileSystem.readFile(archive))
        let expected = [
            "./", "./\(String(repeating: "d", count: 90))/", "./\(long)", "./empty", "./file", "./hard", "./link",
        ]
        #expect(found.map { $0.header.displayName } == expected)
        #expect(found[2].content == Array("long".utf8))
        #expect(found[4].content == Array("hello".utf8))
        #expect(found[4].header.mode == 0o640)
        #expect(found[5].header.kind == .hardLink)
        #expect(found[6].header.linkName == Array("file".utf8))
    }

    @Test(
        "expands sparse files of all formats",
        .enabled(if: Conditions.commandExists("tar"), "needs GNU tar"),
        arguments: [
            ["--format=gnu"], ["--format=pax", "--sparse-version=0.0"], ["--format=pax", "--sparse-version=0.1"],
            [
                "--format=pax", "--sparse-version=1.0",
            ],
        ]
    )
    func sparse(options: [String]) throws {
        let directory = try TemporaryDirectory()
        var content = [UInt8](repeating: 0, count: 1 << 20)
        let file = try OwnedDescriptor(opening: directory.path("sparse"), [.write, .create])
        // More pieces than fit the header of the oldest format.
        for piece in 0..<30 {
            let offset = piece * 32768
            for index in 0..<100 { content[offset + index] = UInt8(piece + 1) }
            try file.descriptor.seek(to: Int64(offset))
            try file.descriptor.writeAll(Array(content[offset..<(offset + 100)]))
        }
        try file.descriptor.truncate(to: 1 << 20)
        let archive = directory.path("a.tar")
        let result = try runCommand(["tar"] + options + ["-S", "-C", directory.path, "-cf", archive, "sparse"])
        #expect(result.status == .exited(0))
        let bytes = try FileSystem.readFile(archive)
        let found = try entries(bytes)
        #expect(found.count == 1)
        #expect(found[0].header.displayName == "sparse")
        #expect(found[0].header.sparseFragments != nil)
        #expect(found[0].content == content)
        #expect(bytes.count < 400_000)
    }

    @Test("reads what Python writes", .enabled(if: Conditions.commandExists("python3"), "needs python3"))
    func python() throws {
        let directory = try TemporaryDirectory()
        let script = """
            import sys, tarfile, io
            t = tarfile.open(sys.argv[1], 'w', format=tarfile.PAX_FORMAT)
            i = tarfile.TarInfo('ü' * 90); i.size = 3; i.uid = 3000000; i.mtime = 1.5
            i.pax_headers = {'SCHILY.xattr.user.x': 'y'}
            t.addfile(i, io.BytesIO(b'abc')); t.close()
            """
        #expect(try runCommand(["python3", "-c", script, directory.path("a.tar")]).status == .exited(0))
        let found = try entries(try FileSystem.readFile(directory.path("a.tar")))
        #expect(found.count == 1)
        #expect(found[0].header.displayName == String(repeating: "ü", count: 90))
        #expect(found[0].header.uid == 3_000_000)
        #expect(found[0].header.modificationTime == TarTime(seconds: 1, nanoseconds: 500_000_000))
        #expect(found[0].header.paxRecords["SCHILY.xattr.user.x"] == Array("y".utf8))
        #expect(found[0].content == Array("abc".utf8))
    }

    @Test("an archive may lack its final blocks")
    func noTrailer() throws {
        let sink = MemorySink()
        var writer = TarWriter(sink)
        try writer.add(TarHeader(name: Array("f".utf8), kind: .file, mode: 0o644), content: [1])
        #expect(try names(sink.bytes + [UInt8](repeating: 0, count: 511)) == ["f"])
    }

    /// Each of these must end in an error: no crash, no endless loop, no unbounded memory.
    @Test("refuses hostile streams", arguments: HostileTar.all)
    func hostile(_ sample: HostileTar) {
        #expect(throws: ArchiveError.self, "\(sample.name)") { try entries(sample.bytes) }
    }

    @Test("damaged archives never crash the reader")
    func fuzzed() throws {
        let sink = MemorySink()
        var writer = TarWriter(sink)
        for name in ["short", String(repeating: "é", count: 80)] {
            try writer.add(TarHeader(name: Array(name.utf8), kind: .file, mode: 0o644), content: Array(name.utf8))
        }
        try writer.finish()
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var bytes = sink.bytes
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random) / 4)
            _ = try? entries(bytes)
        }
    }
}

/// A stream that some attacker could make.
struct HostileTar: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]

    var testDescription: String { name }

    static let all: [HostileTar] = [
        HostileTar(name: "cut within a header", bytes: Array(block("f").prefix(300))),
        HostileTar(name: "cut within content", bytes: block("f", size: "00000002000") + [1, 2, 3]),
        HostileTar(
            name: "wrong checksum",
            bytes: {
                var bytes = block("f"); bytes[0] = 0x67; return bytes
            }()
        ),
        HostileTar(name: "size that is no number", bytes: block("f", size: "0000000000x")),
        HostileTar(name: "negative binary size", bytes: block("f", rawSize: [UInt8](repeating: 0xFF, count: 12))),
        HostileTar(
            name: "binary size beyond 63 bits",
            bytes: block("f", rawSize: [0x80, 0, 0] + [UInt8](repeating: 0xFF, count: 9))
        ),
        HostileTar(
            name: "huge size",
            bytes: block("f", rawSize: [0x80, 0, 0, 0, 0x7F] + [UInt8](repeating: 0xFF, count: 7))
        ),
        HostileTar(name: "PAX header of 8 GiB", bytes: block("x", kind: "x", size: "77777777777")),
        HostileTar(name: "long name of 8 GiB", bytes: block("L", kind: "L", size: "77777777777")),
        HostileTar(name: "PAX record longer than its header", bytes: pax("99 path=x\n")),
        HostileTar(name: "PAX record of length zero", bytes: pax("0 path=x\n")),
        HostileTar(name: "PAX record without equals", bytes: pax("8 pathx\n")),
        HostileTar(name: "PAX record with a huge length", bytes: pax("99999999999999999999 path=x\n")),
        HostileTar(name: "PAX size that is negative", bytes: pax("11 size=-1\n") + block("f")),
        HostileTar(name: "PAX size beyond the stream", bytes: pax("28 size=9223372036854775807\n") + block("f")),
        HostileTar(name: "PAX path with NUL", bytes: pax("10 path=\u{0}\n") + block("f")),
        HostileTar(name: "PAX header at the end", bytes: pax("10 path=ab\n")),
        HostileTar(
            name: "sparse map with overlap",
            bytes: pax("22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n")
                + block("f", size: "00000001000") + padded("2\n0\n5\n3\n5\n")
        ),
        HostileTar(
            name: "sparse map with a million pieces",
            bytes: pax("22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n")
                + block("f", size: "00000001000") + padded("99999999\n")
        ),
        HostileTar(name: "unknown entry type", bytes: block("f", kind: "Z")),
    ]

    private static func pax(_ records: String) -> [UInt8] {
        let octal = String(records.utf8.count, radix: 8)
        let size = String(repeating: "0", count: 11 - octal.count) + octal
        return block("pax", kind: "x", size: size) + padded(records)
    }

    private static func padded(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
    }

    private static func block(
        _ name: String,
        kind: Character = "0",
        size: String = "00000000000",
        rawSize: [UInt8]? = nil
    ) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: [UInt8], at offset: Int) { block.replaceSubrange(offset..<offset + bytes.count, with: bytes) }
        put(Array(name.utf8), at: 0)
        put(Array("0000644\u{0}0000000\u{0}0000000\u{0}".utf8), at: 100)
        put(rawSize ?? Array(size.utf8), at: 124)
        put(Array("00000000000".utf8), at: 136)
        put(Array(String(kind).utf8), at: 156)
        put(Array("ustar\u{0}00".utf8), at: 257)
        put(Array("        ".utf8), at: 148)
        let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
        put(Array((String(repeating: "0", count: 6 - sum.count) + sum + "\u{0}").utf8), at: 148)
        return block
    }
}
