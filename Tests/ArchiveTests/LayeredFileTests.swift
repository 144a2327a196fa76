import Archive
import Testing

@Suite("Files in an image's layers")
struct LayeredFileTests {
    /// A layer of lines `name`, `name = content` or `name -> target`.
    private func layer(_ lines: [String]) throws -> [UInt8] {
        let sink = MemorySink()
        var writer = TarWriter(sink)
        for line in lines {
            let parts = line.split(separator: " ").map(String.init)
            let name = Array(parts[0].utf8)
            switch parts.count > 1 ? parts[1] : "" {
            case "->":
                let target = Array(parts[2].utf8)
                try writer.add(TarHeader(name: name, kind: .symbolicLink, mode: 0o777, linkName: target))
            case "=":
                try writer.add(TarHeader(name: name, kind: .file, mode: 0o644), content: Array(parts[2].utf8))
            default:
                try writer.add(TarHeader(name: name, kind: name.last == 0x2F ? .directory : .file, mode: 0o755))
            }
        }
        try writer.finish()
        return sink.bytes
    }

    @Test(
        "are found as a container sees them",
        arguments: [
            ([["etc/os-release = base"]], "base"),
            ([["/etc/os-release = base"], ["etc/other = x"]], "base"),
            ([["./etc/os-release = base"], ["etc/os-release = new"]], "new"),
            ([["etc/os-release = base"], ["etc/.wh.os-release"]], nil),
            ([["etc/os-release = base"], [".wh.etc"]], nil),
            ([["etc/os-release = base"], ["etc/.wh..wh..opq"]], nil),
            ([["etc/os-release = base"], ["etc/os-release = new", "etc/.wh..wh..opq"]], "new"),
            ([["etc/os-release = base"], ["etc/.wh.os-release"], ["etc/os-release = again"]], "again"),
            ([["etc/os-release = base"], ["etc/.wh.os"]], "base"),
            ([["usr/lib/os-release = linked", "etc/os-release -> ../usr/lib/os-release"]], "linked"),
            ([["usr/lib/os-release = low"], ["etc/os-release -> /usr/lib/os-release"]], "low"),
            ([["usr/etc/os-release = x", "etc -> usr/etc"]], "x"),
            ([["etc/os-release = base"], ["etc"]], nil),
            ([["etc/os-release -> os-release"]], nil),
            ([["etc/"]], nil),
        ] as [([[String]], String?)]
    )
    func find(layers: [[String]], expected: String?) throws {
        let archives = try layers.map { try layer($0) }
        let found = try LayeredFile.read("/etc/os-release", layers: archives.count) { MemorySource(archives[$0]) }
        #expect(found.map { String(decoding: $0, as: UTF8.self) } == expected)
    }

    @Test("beyond the limit are refused")
    func limit() throws {
        let archive = try layer(["etc/os-release = 123456"])
        #expect(throws: ArchiveError.self) {
            try LayeredFile.read("/etc/os-release", layers: 1, limit: 5) { _ in MemorySource(archive) }
        }
    }
}
