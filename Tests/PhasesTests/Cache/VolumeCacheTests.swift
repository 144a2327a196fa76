import Archive
import LayerCaches
import OCI
import POSIX
import Phases
import PlatformModel
import TestSupport
import Testing

@Suite("Cache directory")
struct VolumeCacheTests {
    @Test("a new cache is empty, and has the directories of the reference")
    func empty() throws {
        let fixture = try CacheFixture()
        let cache = try fixture.open()
        #expect(cache.exists)
        #expect(try cache.metadata() == CacheMetadata())
        #expect(try FileSystem.list(fixture.cacheDir).map(\.name) == ["committed", "staging"])
    }

    @Test("a missing directory is an error")
    func missing() throws {
        let fixture = try CacheFixture()
        try FileSystem.removeTree(fixture.cacheDir)
        let error = #expect(throws: CacheError.self) { try fixture.open() }
        #expect(error?.description == "stat \(fixture.cacheDir): no such file or directory")
    }

    @Test("what is committed comes back")
    func roundTrip() throws {
        let fixture = try CacheFixture()
        let diffIDs = try fixture.commit(["a": "A"], to: try fixture.open())
        let cache = try fixture.open()
        #expect(try cache.metadata().buildpack("acme/one")?.layers["a"]?.diffID == RecordedDiffID(diffIDs[0]))
        try cache.verify(diffIDs[0])
        #expect(try fixture.extract(diffIDs[0], "a", from: cache) == "A")
        #expect(try FileSystem.list(fixture.cacheDir).map(\.name) == ["committed", "staging"])
    }

    @Test("layers that stay are hard links, others go")
    func reuse() throws {
        let fixture = try CacheFixture()
        let diffIDs = try fixture.commit(["a": "A", "b": "B"], to: try fixture.open())
        let before = try FileSystem.status(fixture.tarPath(diffIDs[0])).ino
        let update = try fixture.open().beginUpdate()
        try update.reuse(diffIDs[0])
        try update.commit(CacheMetadata())
        #expect(try FileSystem.status(fixture.tarPath(diffIDs[0])).ino == before)
        #expect(!FileSystem.exists(fixture.tarPath(diffIDs[1])))
    }

    @Test("an update that is dropped changes nothing")
    func droppedUpdate() throws {
        let fixture = try CacheFixture()
        let diffIDs = try fixture.commit(["a": "A"], to: try fixture.open())
        let update = try fixture.open().beginUpdate()
        _ = try update.add(try fixture.makeLayer("b", "B"), knownAs: nil, with: fixture.engine)
        #expect(try fixture.extract(diffIDs[0], "a", from: try fixture.open()) == "A")
    }

    @Test("a commit that was killed half-way leaves the old version")
    func interruptedCommit() throws {
        let fixture = try CacheFixture()
        let diffIDs = try fixture.commit(["a": "A"], to: try fixture.open())
        let committed = Path.join(fixture.cacheDir, "committed")
        try FileSystem.rename(committed, to: "\(committed)-backup")
        #expect(try fixture.extract(diffIDs[0], "a", from: try fixture.open()) == "A")
        #expect(!FileSystem.exists("\(committed)-backup"))
    }

    @Test("a backup beside a committed version is what is left of the version before")
    func leftOverBackup() throws {
        let fixture = try CacheFixture()
        let diffIDs = try fixture.commit(["a": "A"], to: try fixture.open())
        try fixture.directory.write("cache/committed-backup/old", "")
        #expect(try fixture.extract(diffIDs[0], "a", from: try fixture.open()) == "A")
        #expect(!FileSystem.exists(fixture.directory.path("cache/committed-backup")))
    }

    @Test("damaged metadata is an empty cache", arguments: ["", "no JSON", "[]", #"{"buildpacks":{}}"#, "\u{0}"])
    func damagedMetadata(text: String) throws {
        let fixture = try CacheFixture()
        try fixture.commit(["a": "A"], to: try fixture.open())
        try fixture.directory.write("cache/committed/io.buildpacks.lifecycle.cache.metadata", text)
        #expect(try fixture.open().metadata() == CacheMetadata())
    }

    enum Damage: CaseIterable { case missing, empty, truncated, altered, garbage, directory }

    @Test("a damaged layer is a miss, and nothing of it becomes visible", arguments: Damage.allCases)
    func damagedLayer(damage: Damage) throws {
        let fixture = try CacheFixture()
        let diffID = try fixture.commit(["a": "A"], to: try fixture.open())[0]
        let path = fixture.tarPath(diffID)
        var bytes = try FileSystem.readFile(path)
        try FileSystem.removeFile(path)
        switch damage {
        case .missing: break
        case .empty: try FileSystem.writeFile(path, [])
        case .truncated: try FileSystem.writeFile(path, Array(bytes.prefix(bytes.count / 2)))
        case .altered:
            bytes[bytes.count - 1] ^= 1
            try FileSystem.writeFile(path, bytes)
        case .garbage: try FileSystem.writeFile(path, "this is not a tar")
        case .directory: try FileSystem.makeDirectory(path)
        }
        let cache = try fixture.open()
        #expect(throws: CacheError.self) { try cache.verify(diffID) }
        #expect(throws: CacheError.self) { try fixture.extract(diffID, "a", from: cache) }
        #expect(!FileSystem.exists(fixture.layerPath("a")))
    }

    @Test("a layer that was found right is looked at again when its file has changed since")
    func changedAfterVerification() throws {
        let fixture = try CacheFixture()
        let diffID = try fixture.commit(["a": "A"], to: try fixture.open())[0]
        let path = fixture.tarPath(diffID)
        let bytes = try FileSystem.readFile(path)
        let time = try FileSystem.status(path).mtime
        // A file that has only just been written could change without getting another time.
        Clock.sleep(milliseconds: 3_100)
        let cache = try fixture.open()
        #expect(try fixture.extract(diffID, "a", from: cache) == "A")
        try cache.verify(diffID)

        let file = try OwnedDescriptor(opening: path, [.readWrite])
        try file.descriptor.seek(to: Int64(bytes.count - 1))
        try file.descriptor.writeAll([bytes[bytes.count - 1] ^ 1])
        _ = try runCommand(["touch", "-d", "@\(time.seconds).\(time.nanoseconds)", path])
        #expect(throws: CacheError.self) { try cache.verify(diffID) }

        try FileSystem.removeFile(path)
        #expect(throws: CacheError.self) { try cache.verify(diffID) }
        try FileSystem.writeFile(path, bytes)
        try cache.verify(diffID)
    }

    @Test("a layer that was just extracted is not read again before the next cache takes it over")
    func verifiedWhileExtracting() throws {
        let fixture = try CacheFixture()
        let text = String(repeating: "x", count: 32 << 20)
        let diffID = try fixture.commit(["a": text], to: try fixture.open())[0]
        Clock.sleep(milliseconds: 3_100)
        let cache = try fixture.open()
        _ = try fixture.extract(diffID, "a", from: cache)
        #expect(try bytesRead { try cache.verify(diffID) } < 16 << 20)
        let other = try fixture.open()
        #expect(try bytesRead { try other.verify(diffID) } > 32 << 20)
    }

    /// How many bytes this process reads meanwhile.
    private func bytesRead(_ body: () throws -> Void) throws -> Int {
        func count() throws -> Int {
            let line = try #require(try FileSystem.readText("/proc/self/io").split(separator: "\n").first)
            return try #require(Int(line.drop { !$0.isNumber }))
        }
        let before = try count()
        try body()
        return try count() - before
    }

    @Test("two builds don't write at the same time; the next one can")
    func lock() throws {
        let fixture = try CacheFixture()
        let cache = try fixture.open()
        var first: (any CacheUpdate)? = try cache.beginUpdate()
        _ = try first?.add(try fixture.makeLayer("a", "A"), knownAs: nil, with: fixture.engine)
        let error = #expect(throws: CacheError.self) { _ = try fixture.open().beginUpdate() }
        #expect(error?.description == "another build is writing the cache \(fixture.cacheDir)")
        // Opening the cache meanwhile has not thrown away what the first build has staged.
        try first?.commit(CacheMetadata())
        first = nil
        #expect(try FileSystem.list(Path.join(fixture.cacheDir, "committed")).count == 2)
        _ = try fixture.open().beginUpdate()
    }

    @Test("the cache of a layers directory elsewhere doesn't reach out of the one that is asked for")
    func otherLayersDir() throws {
        let fixture = try CacheFixture()
        let diffID = try fixture.commit(["a": "A"], to: try fixture.open())[0]
        let elsewhere = fixture.directory.path("elsewhere/acme_one/a")
        #expect(throws: CacheError.self) {
            _ = try fixture.open().extract(diffID, into: .layer(elsewhere), with: LayerExtractor())
        }
        #expect(!FileSystem.exists(elsewhere))
    }
}
