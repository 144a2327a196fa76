import Archive
import POSIX
import TestSupport
import Testing

@Suite("Layer engine")
struct LayerEngineTests {
    /// A tree of some blocks: large and small, compressible and random content.
    private func makeTree(_ disk: LayerDisk) throws {
        for index in 0..<40 {
            let text = String(repeating: "line \(index) of some text\n", count: 40 * index)
            try disk.write("/layers/bp/deps/dir\(index % 7)/file\(index)", text)
        }
        try FileSystem.writeFile(disk.root + "/layers/bp/deps/random", RandomBytes.bytes(count: 3_000_000))
        try FileSystem.writeFile(disk.root + "/layers/bp/deps/block", [UInt8](repeating: 7, count: 1 << 20))
    }

    @Test("bytes are the same on any number of threads", arguments: ["gzip", "gzip:6", "zstd", "none"])
    func threads(compression: String) throws {
        let disk = try LayerDisk()
        try makeTree(disk)
        let compression = try LayerCompression(compression)
        var results: Set<ArchivedLayer> = []
        for threads in 0...4 {
            let sink = MemorySink()
            let engine = LayerEngine(pool: CompressionPool(threads: threads))
            let layer = try engine.archive(disk.layer("/layers/bp/deps"), compression: compression, to: sink)
            #expect(Digest.of(sink.bytes) == layer.digest)
            #expect(Int64(sink.bytes.count) == layer.size)
            #expect(layer.compression == compression)
            results.insert(layer)
        }
        #expect(results.count == 1)
    }

    @Test("many layers share one pool")
    func sharedPool() throws {
        let disk = try LayerDisk()
        try makeTree(disk)
        let engine = LayerEngine(pool: CompressionPool(threads: 2))
        let content = disk.layer("/layers/bp/deps")
        let expected = try engine.archive(content, to: DiscardingSink())
        let layers = try Threads.map(count: 8, limit: 8) { (_) throws(ArchiveError) in
            try engine.archive(content, to: DiscardingSink())
        }
        #expect(layers == Array(repeating: expected, count: 8))
    }

    @Test("compressed bytes decompress to the copy", arguments: [("gzip", "gzip"), ("zstd", "zstd")])
    func copy(compression: String, tool: String) throws {
        try #require(Conditions.commandExists(tool))
        let disk = try LayerDisk()
        try makeTree(disk)
        let (sink, copy) = (MemorySink(), MemorySink())
        let engine = LayerEngine(pool: CompressionPool(threads: 2))
        let layer = try engine.archive(
            disk.layer("/layers/bp/deps"),
            compression: LayerCompression(compression),
            to: sink,
            copyingTo: copy
        )
        #expect(Digest.of(copy.bytes) == layer.diffID)
        let compressed = try disk.directory.write("layer", sink.bytes)
        let plain = try disk.directory.write("plain", copy.bytes)
        let result = try runCommand(["sh", "-c", "\(tool) -dc < \(compressed) | cmp - \(plain)"])
        #expect(result.status == .exited(0))
        #expect(
            layer == (try engine.compress(MemorySource(copy.bytes), compression: layer.compression, to: MemorySink()))
        )
        #expect(try engine.digest(disk.layer("/layers/bp/deps")) == layer.content)
    }

    @Test("gzip at the standard level is no larger than gzip -1")
    func size() throws {
        let disk = try LayerDisk()
        try makeTree(disk)
        let (sink, copy) = (MemorySink(), MemorySink())
        _ = try LayerEngine(pool: CompressionPool(threads: 1))
            .archive(disk.layer("/layers/bp/deps"), to: sink, copyingTo: copy)
        let plain = try disk.directory.write("plain", copy.bytes)
        let size = try runCommand(["sh", "-c", "gzip -1 < \(plain) | wc -c"]).output.filter(\.isNumber)
        #expect(sink.bytes.count <= Int(size) ?? 0)
    }

    @Test("whole paths are in order in slices, directory by directory in trees")
    func order() throws {
        let disk = try LayerDisk()
        for file in ["a/b", "a-b", "a.b", "aa/c", "a/b-c/d", "a/b.d"] {
            try? disk.write("/work/\(file)", "")
        }
        try disk.makeDirectory("/work/z")
        #expect(
            try names(tar(disk.layer("/work"))) == [
                "/work", "/work/a", "/work/a/b", "/work/a/b-c", "/work/a/b-c/d", "/work/a/b.d", "/work/a-b",
                "/work/a.b",
                "/work/aa", "/work/aa/c", "/work/z",
            ]
        )
        #expect(
            try names(tar(disk.slices("/work")[0])) == [
                "/work", "/work/a", "/work/a-b", "/work/a.b", "/work/a/b", "/work/a/b-c", "/work/a/b-c/d",
                "/work/a/b.d",
                "/work/aa", "/work/aa/c", "/work/z",
            ]
        )
    }

    @Test("names that are no UTF-8 keep their bytes")
    func rawNames() throws {
        let disk = try LayerDisk()
        try disk.makeDirectory("/work")
        let directory = try Directory(opening: disk.root + "/work")
        _ = try directory.openFile(PathBytes([0x66, 0xFF, 0xFE]), [.write, .create])
        let found = try entries(tar(disk.layer("/work")))
        #expect(found[1].header.name == Array("/work/f".utf8) + [0xFF, 0xFE])
    }

    @Test("a tree deeper than descriptors may be open")
    func deepTree() throws {
        let disk = try LayerDisk()
        let deep = String(repeating: "/d", count: 160)
        try disk.write("/work\(deep)/file", "deep")
        try disk.write("/work/d/d/later", "later")
        let found = try names(tar(disk.layer("/work")))
        #expect(found.contains("/work\(deep)/file"))
        #expect(found.last == "/work/d/d/later")
    }

    @Test("a file that grows while it is archived is an error that names it")
    func growingFile() throws {
        let disk = try LayerDisk()
        let path = disk.root + "/work/log"
        try disk.write("/work/log", String(repeating: "x", count: 3 << 20))
        // The first block leaves while the file is read; from then on it has one byte more.
        let sink = ClosureSink { (_) throws(ArchiveError) in
            do { try appendByte(to: path) } catch { throw .sink(error) }
        }
        let engine = LayerEngine(pool: CompressionPool(threads: 0))
        #expect { try engine.archive(disk.layer("/work"), to: sink) } throws: { error in
            "\(error)".hasPrefix("/work/log changed while it was read")
        }
    }

    @Test("a file that shrinks while it is archived is an error that names it")
    func shrinkingFile() throws {
        let disk = try LayerDisk()
        let path = disk.root + "/work/log"
        try disk.write("/work/log", String(repeating: "x", count: 9 << 20))
        let sink = ClosureSink { (_) throws(ArchiveError) in
            do { try truncate(path) } catch { throw .sink(error) }
        }
        let engine = LayerEngine(pool: CompressionPool(threads: 0))
        #expect { try engine.archive(disk.layer("/work"), to: sink) } throws: { error in
            "\(error)".hasPrefix("/work/log changed while it was read") && "\(error)".hasSuffix("bytes are missing")
        }
    }

    @Test("a directory that is missing is an error that names it")
    func missing() throws {
        let disk = try LayerDisk()
        #expect { try diffID(disk.layer("/gone")) } throws: {
            "\($0)" == "lstat \(disk.root)/gone: no such file or directory"
        }
    }

    @Test("a sink's error ends the layer and comes back")
    func failingSink() throws {
        let disk = try LayerDisk()
        try makeTree(disk)
        let sink = ClosureSink { (_) throws(ArchiveError) in throw .sink(POSIXError(.noSpace, "write", "/full")) }
        for threads in [0, 2] {
            let engine = LayerEngine(pool: CompressionPool(threads: threads))
            #expect { try engine.archive(disk.layer("/layers/bp/deps"), to: sink) } throws: {
                "\($0)" == "write /full: no space left on device"
            }
        }
    }

    @Test("cancelling ends a run")
    func cancellation() throws {
        let disk = try LayerDisk()
        try makeTree(disk)
        let cancellation = Cancellation()
        let engine = LayerEngine(
            pool: CompressionPool(threads: 1),
            cancellation: cancellation,
            progress: { _ in cancellation.cancel() }
        )
        #expect { try engine.digest(disk.layer("/layers/bp/deps")) } throws: { "\($0)" == "cancelled" }
    }

    @Test("progress adds up to the tar stream's size")
    func progress() throws {
        let disk = try LayerDisk()
        try makeTree(disk)
        let total = Lock(Int64(0))
        let engine = LayerEngine(
            pool: CompressionPool(threads: 1),
            progress: { count in total.withLock { $0 += Int64(count) } }
        )
        let layer = try engine.archive(disk.layer("/layers/bp/deps"), to: DiscardingSink())
        #expect(total.withLock { $0 } == layer.content.size)
    }

    @Test("an existing tar gets normalised times and loses owners' names")
    func rewrittenTar() throws {
        let directory = try TemporaryDirectory()
        let sink = MemorySink()
        var writer = TarWriter(sink)
        var header = TarHeader(name: Array("etc/file".utf8), kind: .file, mode: 0o600, uid: 5, gid: 6)
        header.userName = Array("someone".utf8)
        header.modificationTime = TarTime(seconds: 77)
        try writer.add(header, content: Array("text".utf8))
        try writer.finish()
        let engine = LayerEngine(pool: CompressionPool(threads: 0))
        let compressed = MemorySink()
        _ = try engine.compress(MemorySource(sink.bytes), to: compressed)
        let path = try directory.write("layer.tar.gz", compressed.bytes)
        let found = try entries(tar(.tar(at: path)))
        #expect(found.count == 1)
        #expect(found[0].header.userName == [])
        #expect(found[0].header.modificationTime == .normalized)
        #expect(found[0].header.uid == 5)
        #expect(found[0].content == Array("text".utf8))
    }

    @Test("a launcher's layer has directories of root's and the program")
    func program() throws {
        let disk = try LayerDisk()
        try disk.write("/somewhere/launcher", "binary", mode: 0o600)
        var content = LayerContent.program(
            at: "/somewhere/launcher",
            name: "/cnb/lifecycle/launcher",
            directories: ["/cnb", "/cnb/lifecycle"]
        )
        content.diskRoot = disk.root
        let found = try entries(tar(content))
        #expect(found.map { $0.header.displayName } == ["/cnb", "/cnb/lifecycle", "/cnb/lifecycle/launcher"])
        #expect(found.allSatisfy { $0.header.mode == 0o755 && $0.header.uid == 0 && $0.header.gid == 0 })
        #expect(found[2].content == Array("binary".utf8))
    }
}

private func appendByte(to path: String) throws(POSIXError) {
    let file = try OwnedDescriptor(opening: path, [.write, .append])
    try file.descriptor.writeAll([0x78])
}

private func truncate(_ path: String) throws(POSIXError) {
    let file = try OwnedDescriptor(opening: path, [.write])
    try file.descriptor.truncate(to: 1 << 20)
}
