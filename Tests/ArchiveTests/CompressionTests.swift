import Archive
import POSIX
import TestSupport
import Testing

@Suite("Compression")
struct CompressionTests {
    private func decompress(_ bytes: [UInt8]) throws -> [UInt8] {
        var source = DecompressingSource(MemorySource(bytes))
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1000)
        while true {
            let count = try buffer.withUnsafeMutableBytes { pointer in
                Result { () throws(ArchiveError) in try source.read(into: pointer) }
            }.get()
            guard count > 0 else { return result }
            result += buffer[..<count]
        }
    }

    private func compress(_ bytes: [UInt8], _ compression: LayerCompression) throws -> [UInt8] {
        let sink = MemorySink()
        let engine = LayerEngine(pool: CompressionPool(threads: 0))
        _ = try engine.compress(MemorySource(bytes), compression: compression, to: sink)
        return sink.bytes
    }

    @Test(
        "settings are understood",
        arguments: [
            ("", LayerCompression.standard), ("gzip", .standard), ("gzip:9", .gzip(level: 9)),
            ("zstd", .zstd(level: 1)),
            ("zstd:19", .zstd(level: 19)), ("none", .none),
        ]
    )
    func settings(text: String, expected: LayerCompression) throws {
        #expect(try LayerCompression(text) == expected)
    }

    @Test(
        "other settings are refused",
        arguments: ["bzip2", "gzip:", "gzip:0", "gzip:13", "zstd:20", "none:1", "gzip:x"]
    )
    func wrongSettings(text: String) {
        #expect(throws: ArchiveError.self) { try LayerCompression(text) }
    }

    @Test(
        "what is compressed comes back",
        arguments: [LayerCompression.standard, .zstd(level: 3), .none],
        [
            0, 1, 1000, 1 << 20, (1 << 20) + 1, 2_500_000,
        ]
    )
    func roundTrip(compression: LayerCompression, size: Int) throws {
        let bytes = RandomBytes.bytes(count: size / 2) + [UInt8](repeating: 7, count: size - size / 2)
        #expect(try decompress(compress(bytes, compression)) == bytes)
    }

    @Test("gzip headers hold neither time nor name")
    func reproducible() throws {
        let bytes = try compress([1, 2, 3], .standard)
        #expect(Array(bytes.prefix(8)) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0])
        #expect(bytes[9] == 255)
    }

    @Test("damage is noticed", arguments: [LayerCompression.standard, .zstd(level: 1)])
    func damage(compression: LayerCompression) throws {
        let bytes = try compress(RandomBytes.bytes(count: 100_000), compression)
        #expect(throws: ArchiveError.self) { try decompress(Array(bytes.dropLast())) }
        #expect(throws: ArchiveError.self) { try decompress(bytes + [1, 2, 3]) }
        var altered = bytes
        altered[20] ^= 0xFF
        if case .gzip = compression {
            #expect(throws: ArchiveError.self) { try decompress(altered) }
        }
    }

    @Test("reads what gzip writes, members one after the other", .enabled(if: Conditions.commandExists("gzip")))
    func gzip() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("both.gz")
        _ = try runCommand(["sh", "-c", "printf one | gzip -9 > \(path); printf two | gzip -1 >> \(path)"])
        #expect(try decompress(FileSystem.readFile(path)) == Array("onetwo".utf8))
    }

    @Test("digests are those of sha256sum")
    func digest() throws {
        let digest = Digest.of(Array("abc".utf8))
        let hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(digest.hex == hex)
        #expect(Digest(parsing: "sha256:\(hex)") == digest)
        #expect(Digest(parsing: "sha256:\(hex.uppercased())") == nil)
        #expect(Digest(parsing: "sha512:\(hex)") == nil)
        #expect(Digest(parsing: "sha256:\(hex.dropLast())") == nil)
    }
}
