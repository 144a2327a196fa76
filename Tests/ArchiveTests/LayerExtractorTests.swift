import Archive
import POSIX
import TestSupport
import Testing

@Suite("Layer extractor")
struct LayerExtractorTests {
    private let disk: LayerDisk
    private var target: String { disk.root + "/out/layer" }

    init() throws {
        disk = try LayerDisk()
    }

    private func archive(_ headers: [(TarHeader, [UInt8])]) throws -> [UInt8] {
        let sink = MemorySink()
        var writer = TarWriter(sink)
        for (header, content) in headers { try writer.add(header, content: content) }
        try writer.finish()
        return sink.bytes
    }

    private func header(
        _ name: String,
        _ kind: TarEntryKind = .file,
        link: String = "",
        mode: Int64 = 0o644
    ) -> TarHeader {
        let owner = (Int64(Users.effectiveUserID), Int64(Users.effectiveGroupID))
        return TarHeader(
            name: Array(name.utf8),
            kind: kind,
            mode: mode,
            uid: owner.0,
            gid: owner.1,
            linkName: Array(link.utf8)
        )
    }

    private func extract(_ tar: [UInt8], prefix: String = "/l") throws -> ExtractionReport {
        try LayerExtractor().extract(
            MemorySource(tar),
            into: ExtractionTarget(directory: target, entryPrefix: prefix),
            expecting: .unverified
        )
    }

    /// Everything about a tree that a round trip must keep.
    private func describe(_ path: String) throws -> [String] {
        let script =
            "cd \(path) && find . -printf '%P %y %m %U:%G %s %l\\n' | sort && find . -type f | sort | xargs cksum"
        return try runCommand(["sh", "-c", script]).lines.filter { !$0.hasPrefix(" d") && !$0.contains(" d ") }
    }

    @Test("a tree survives a round trip", arguments: ["gzip", "zstd", "none"])
    func roundTrip(compression: String) throws {
        try disk.write("/l/dir/file", "hello", mode: 0o640)
        try disk.write("/l/dir/empty", "")
        try disk.write("/l/closed/file", "in a directory without write permission")
        try FileSystem.chmod(disk.root + "/l/closed", 0o555)
        try disk.write("/l/suid", "#!/bin/sh\n", mode: 0o4755)
        try disk.link("/l/link", to: "/absolute/target")
        try disk.makeDirectory("/l/sticky", mode: 0o1777)
        try disk.write("/l/\(String(repeating: "é", count: 100))", "long")
        try FileSystem.writeFile(disk.root + "/l/big", RandomBytes.bytes(count: 3 << 20))
        try Directory(opening: disk.root + "/l").makeNode("fifo", type: .fifo, mode: 0o644)
        let owner = EntryOwner(uid: Int(Users.effectiveUserID), gid: Int(Users.effectiveGroupID))
        if Users.isRoot { _ = try runCommand(["chown", "-R", "0:0", disk.root + "/l"]) }

        let sink = MemorySink()
        let engine = LayerEngine(pool: CompressionPool(threads: 1))
        let layer = try engine.archive(
            disk.layer("/l", owner: owner),
            compression: LayerCompression(compression),
            to: sink
        )
        let report = try LayerExtractor().extract(
            MemorySource(sink.bytes),
            into: ExtractionTarget(directory: target, entryPrefix: "/l"),
            expecting: .both(stream: layer.digest, diffID: layer.diffID)
        )
        #expect(report.content == layer.content)
        #expect(try describe(target) == describe(disk.root + "/l"))
        #expect(try FileSystem.list(disk.root + "/out").map(\.name) == ["layer"])
    }

    @Test("times are restored on request, but not the one that stands for none")
    func times() throws {
        var directory = header("/l", .directory, mode: 0o755)
        directory.modificationTime = TarTime(seconds: 1_700_000_000)
        var file = header("/l/f")
        file.modificationTime = TarTime(seconds: 1_600_000_000)
        let tar = try archive([(directory, []), (file, [1]), (header("/l/g"), [2])])
        let report = try LayerExtractor(restoresTimes: true)
            .extract(
                MemorySource(tar),
                into: ExtractionTarget(directory: target, entryPrefix: "/l"),
                expecting: .unverified
            )
        #expect(report.hasTimes)
        #expect(try FileSystem.status(target + "/f").mtime == FileTime(seconds: 1_600_000_000))
        #expect(try FileSystem.status(target).mtime == FileTime(seconds: 1_700_000_000))
        #expect(try FileSystem.status(target + "/g").mtime > FileTime(seconds: 1_700_000_000))
    }

    @Test("owners are restored by root", .enabled(if: Conditions.isRoot, "needs root"))
    func owners() throws {
        var file = header("/l/f", mode: 0o4755)
        file.uid = 1234
        file.gid = 5678
        _ = try extract(archive([(file, [1])]))
        let status = try FileSystem.status(target + "/f")
        #expect((status.uid, status.gid) == (1234, 5678))
        #expect(status.mode == 0o4755)
    }

    @Test("hard links become files of their own, and capabilities are dropped, before anything is archived")
    func normalised() throws {
        try disk.write("/l/one", "text", mode: 0o755)
        try FileSystem.createHardLink(disk.root + "/l/two", to: disk.root + "/l/one")
        // What `setcap cap_net_bind_service+ep` writes; an ordinary user may not.
        let capability =
            "import os; os.setxattr('\(disk.root)/l/one', 'security.capability', "
            + "bytes.fromhex('0100000200040000000000000000000000000000'))"
        if Users.isRoot { #expect(try runCommand(["python3", "-c", capability]).status == .exited(0)) }

        let sink = MemorySink()
        _ = try LayerEngine(pool: CompressionPool(threads: 1))
            .archive(disk.layer("/l", owner: EntryOwner(uid: 0, gid: 0)), compression: .none, to: sink)
        _ = try LayerExtractor(restoresOwners: false)
            .extract(
                MemorySource(sink.bytes),
                into: ExtractionTarget(directory: target, entryPrefix: "/l"),
                expecting: .unverified
            )
        let listed = try runCommand(["find", target, "-type", "f", "-printf", "%n %m %s\\n"]).lines
        #expect(listed == ["1 755 4", "1 755 4", ""])
        let names = try runCommand(["python3", "-c", "import os; print(os.listxattr('\(target)/one'))"]).lines
        #expect(names == ["[]", ""])
    }

    @Test("what another program has archived keeps its hard links, and gets no extended attributes")
    func foreign() throws {
        var file = header("/l/one", mode: 0o755)
        file.paxRecords = ["SCHILY.xattr.user.note": Array("planted".utf8)]
        _ = try extract(archive([(file, [1]), (header("/l/two", .hardLink, link: "/l/one"), [])]))
        #expect(try runCommand(["find", target, "-type", "f", "-printf", "%n\\n"]).lines == ["2", "2", ""])
        let names = try runCommand(["python3", "-c", "import os; print(os.listxattr('\(target)/one'))"]).lines
        #expect(names == ["[]", ""])
    }

    @Test("zeros and sparse files become holes")
    func holes() throws {
        var content = [UInt8](repeating: 0, count: 5 << 20)
        content[3 << 20] = 1
        _ = try extract(archive([(header("/l/zeros"), content)]))
        #expect(try FileSystem.readFile(target + "/zeros") == content)
        let blocks = try runCommand(["stat", "-c", "%b", target + "/zeros"]).output.filter(\.isNumber)
        #expect(try #require(Int(blocks)) * 512 <= 256 << 10)
    }

    @Test(
        "sparse archives are extracted with their holes",
        .enabled(if: Conditions.commandExists("tar"), "needs GNU tar"),
        arguments: ["gnu", "pax"]
    )
    func sparse(format: String) throws {
        try disk.makeDirectory("/l")
        let file = try OwnedDescriptor(opening: disk.root + "/l/sparse", [.write, .create])
        try file.descriptor.seek(to: 1 << 20)
        try file.descriptor.writeAll(Array("data".utf8))
        try file.descriptor.truncate(to: 2 << 20)
        let archive = disk.root + "/a.tar"
        _ = try runCommand(["tar", "--format=\(format)", "-S", "-C", disk.root, "-cf", archive, "l"])
        _ = try extract(FileSystem.readFile(archive))
        #expect(try FileSystem.readFile(target + "/sparse") == FileSystem.readFile(disk.root + "/l/sparse"))
    }

    /// Archives that try to reach outside of the target; each must be refused, and leave no trace anywhere.
    @Test(
        "refuses hostile entries",
        arguments: [
            ["up: ../evil"], ["up: /l/../evil"], ["file: /etc/evil"], ["file: /l2/evil"], ["file: /"],
            ["file: /l"], ["link: /l/d -> \(LayerExtractorTests.outside)", "file: /l/d/evil"],
            ["link: /l/d -> ..", "file: /l/d/evil"], ["link: /l/d -> .", "dir: /l/d/evil/deep"],
            ["dir: /l/d", "link: /l/d/e -> \(LayerExtractorTests.outside)", "file: /l/d/e/evil"],
            ["hard: /l/h -> /etc/passwd"], ["hard: /l/h -> /l/../../etc/passwd"],
            ["link: /l/d -> /etc", "hard: /l/h -> /l/d/passwd"], ["hard: /l/h -> /l/missing"],
            ["device: /l/null"], ["dir: /l/d", "file: /l/d/f", "file: /l/d"], ["file: /l/f", "file: /l/f/below"],
            ["long: /l/"],
        ]
    )
    func hostile(_ lines: [String]) throws {
        var headers: [(TarHeader, [UInt8])] = []
        for line in lines {
            let parts = line.split(separator: " ").map(String.init)
            let link = parts.count > 3 ? parts[3] : ""
            switch parts[0] {
            case "dir:": headers.append((header(parts[1], .directory, mode: 0o755), []))
            case "link:": headers.append((header(parts[1], .symbolicLink, link: link), []))
            case "hard:": headers.append((header(parts[1], .hardLink, link: link), []))
            case "device:": headers.append((header(parts[1], .characterDevice), []))
            case "long:": headers.append((header(parts[1] + String(repeating: "x/", count: 3000) + "f"), []))
            default: headers.append((header(parts[1]), Array("evil".utf8)))
            }
        }
        // A trailing slash is no name that the writer accepts for a file.
        guard let tar = try? archive(headers) else { return }
        #expect(throws: ArchiveError.self) { try extract(tar) }
        #expect(!FileSystem.exists(target))
        #expect(!FileSystem.exists(disk.root + "/evil"))
        if FileSystem.exists(disk.root + "/out") { #expect(try FileSystem.list(disk.root + "/out").isEmpty) }
    }

    /// A directory that nothing may be written to.
    static let outside = "/tmp"

    @Test("a later entry replaces an earlier one, without following it")
    func duplicates() throws {
        let victim = try disk.directory.write("victim", "untouched")
        let tar = try archive([
            (header("/l/f"), Array("first".utf8)), (header("/l/f"), Array("second".utf8)),
            (header("/l/s", .symbolicLink, link: victim), []), (header("/l/s"), Array("file now".utf8)),
            (header("/l/t", .symbolicLink, link: disk.root), []), (header("/l/t", .directory, mode: 0o755), []),
        ])
        _ = try extract(tar)
        #expect(try FileSystem.readText(target + "/f") == "second")
        #expect(try FileSystem.readText(target + "/s") == "file now")
        #expect(try FileSystem.readText(victim) == "untouched")
        #expect(try FileSystem.linkStatus(target + "/t").isDirectory)
    }

    @Test("nothing is visible if a digest is wrong", arguments: [true, false])
    func wrongDigest(ofStream: Bool) throws {
        let tar = try archive([(header("/l/f"), [1])])
        let wrong = Digest.of([1, 2, 3])
        let expected: ExpectedDigests = ofStream ? .stream(wrong) : .diffID(wrong)
        #expect {
            try LayerExtractor().extract(
                MemorySource(tar),
                into: ExtractionTarget(directory: target, entryPrefix: "/l"),
                expecting: expected
            )
        } throws: { "\($0)".contains("mismatch: expected \(wrong), got \(Digest.of(tar))") }
        #expect(try FileSystem.list(disk.root + "/out").isEmpty)
    }

    @Test("nothing is visible if the stream is cut short", arguments: ["gzip", "zstd", "none"])
    func cutShort(compression: String) throws {
        let file = RandomBytes.bytes(count: 3 << 20)
        let sink = MemorySink()
        _ = try LayerEngine(pool: CompressionPool(threads: 0)).compress(
            MemorySource(archive([(header("/l/a"), file), (header("/l/b"), file)])),
            compression: LayerCompression(compression),
            to: sink
        )
        for length in [100, 1 << 20, 4 << 20] {
            #expect(throws: ArchiveError.self) { try extract(Array(sink.bytes.prefix(length))) }
        }
        #expect(try FileSystem.list(disk.root + "/out").isEmpty)
    }

    @Test("an existing directory keeps what the layer does not have")
    func merge() throws {
        try disk.write("/out/layer/kept", "old")
        try disk.write("/out/layer/dir/replaced", "old")
        try disk.write("/out/layer/dir/kept", "old")
        try disk.write("/out/layer/file-to-dir", "old")
        let tar = try archive([
            (header("/l/dir/replaced"), Array("new".utf8)), (header("/l/dir/added"), Array("new".utf8)),
            (header("/l/file-to-dir/x"), Array("new".utf8)),
        ])
        _ = try extract(tar)
        let contents = try ["kept", "dir/replaced", "dir/kept", "dir/added", "file-to-dir/x"].map {
            try FileSystem.readText("\(target)/\($0)")
        }
        #expect(contents == ["old", "new", "old", "new", "new"])
        #expect(try FileSystem.list(disk.root + "/out").map(\.name) == ["layer"])
    }

    @Test("missing parents are made as the archive describes them")
    func parents() throws {
        let base = disk.root + "/a/b"
        try disk.makeDirectory("/x")
        let prefixes = Path.components(disk.root).indices.map {
            "/" + Path.components(disk.root)[...$0].joined(separator: "/")
        }
        let tar = try archive(
            prefixes.map { (header($0, .directory, mode: 0o700), []) } + [
                (header(disk.root + "/a", .directory, mode: 0o711), []), (header(base, .directory, mode: 0o750), []),
                (header(base + "/f"), [1]),
            ]
        )
        _ = try LayerExtractor().extract(MemorySource(tar), into: .layer(base), expecting: .unverified)
        #expect(try FileSystem.status(disk.root + "/a").mode == 0o711)
        #expect(try FileSystem.status(base).mode == 0o750)
        #expect(try FileSystem.readFile(base + "/f") == [1])
    }

    @Test("a tree deeper than descriptors may be open survives a round trip")
    func deepTree() throws {
        let deep = String(repeating: "/d", count: 160)
        try disk.write("/l\(deep)/file", "deep")
        try disk.write("/l/d/d/later", "later")
        let content = try tar(disk.layer("/l"))
        _ = try LayerExtractor(restoresOwners: false).extract(
            MemorySource(content),
            into: ExtractionTarget(directory: target, entryPrefix: "/l"),
            expecting: .unverified
        )
        let difference = try runCommand(["diff", "-r", disk.root + "/l", target])
        #expect(difference.status == .exited(0), "\(difference.output)")
    }

    @Test("many random trees survive a round trip")
    func randomTrees() throws {
        for round in 0..<10 {
            let source = "/random\(round)"
            try disk.makeDirectory(source)
            for index in 0..<Int.random(in: 0...30) {
                let depth = Int.random(in: 0...4)
                let path = (0..<depth).map { _ in "d\(Int.random(in: 0...2))" }.joined(separator: "/")
                let size = [0, 1, 511, 512, 513, 5000, 1 << 20].randomElement() ?? 0
                try disk.write("\(source)/\(path)/f\(index)", String(repeating: "x", count: size))
            }
            let content = try tar(disk.slices(source)[0])
            _ = try LayerExtractor(restoresOwners: false).extract(
                MemorySource(content),
                into: ExtractionTarget(directory: disk.root + "/restored\(round)", entryPrefix: source),
                expecting: .unverified
            )
            let difference = try runCommand(["diff", "-r", disk.root + source, disk.root + "/restored\(round)"])
            #expect(difference.status == .exited(0), "\(difference.output)")
        }
    }
}
