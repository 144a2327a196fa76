import Archive
import CNBCore
import Console
import LayerCaches
import OCI
import POSIX
import Phases
import PlatformModel
import TestSupport
import Testing

@Suite("Cache options")
struct CacheOptionsTests {
    // MARK: Compression

    @Test(
        "a compressed cache is smaller, and any lifecycle of ours reads it",
        arguments: [LayerCompression.zstd(level: 1), .gzip(level: 6)]
    )
    func compression(compression: LayerCompression) throws {
        let fixture = try CacheFixture()
        let text = String(repeating: "much of the same ", count: 10_000)
        let writer = try VolumeCache(fixture.cacheDir, logger: fixture.logger, compression: compression)
        let diffID = try fixture.commit(["a": text], to: writer)[0]
        #expect(try FileSystem.status(fixture.tarPath(diffID)).size < 10_000)
        let reader = try fixture.open()
        try reader.verify(diffID)
        #expect(try fixture.extract(diffID, "a", from: reader) == text)
    }

    @Test("a compressed layer that is damaged is a miss")
    func damagedCompression() throws {
        let fixture = try CacheFixture()
        let writer = try VolumeCache(fixture.cacheDir, logger: fixture.logger, compression: .zstd(level: 1))
        let diffID = try fixture.commit(["a": "A"], to: writer)[0]
        let bytes = try FileSystem.readFile(fixture.tarPath(diffID))
        try FileSystem.removeFile(fixture.tarPath(diffID))
        try FileSystem.writeFile(fixture.tarPath(diffID), Array(bytes.dropLast(9)))
        let cache = try fixture.open()
        #expect(throws: CacheError.self) { try cache.verify(diffID) }
        #expect(throws: CacheError.self) { try fixture.extract(diffID, "a", from: cache) }
    }

    @Test("the exporter compresses launch layers for the cache, too, and takes them over in the next build")
    func compressedExport() throws {
        let fixture = try ExportFixture()
        let cacheDir = try fixture.directory.makeDirectory("cache")
        let open = { try VolumeCache(cacheDir, logger: fixture.logger, compression: .zstd(level: 3)) }
        let text = String(repeating: "x", count: 100_000)
        try fixture.writeLayer("both", types: "launch = true\ncache = true", contents: text)
        try fixture.export(cache: try open())
        try fixture.export(cache: try open())
        let record = try #require(try open().metadata().buildpack("acme/one")?.layers["both"])
        let path = Path.join(cacheDir, "committed", "\(record.diffID).tar")
        #expect(try FileSystem.status(path).size < 10_000)
        #expect(fixture.logger.messages.contains("Reusing cache layer 'acme/one:both'"))
    }

    // MARK: Modification times

    @Test("modification times of cache-only layers are kept to the nanosecond when that is asked for")
    func modificationTimes() throws {
        let fixture = try CacheFixture()
        var content = try fixture.makeLayer("a", "A")
        let path = Path.join(fixture.layerPath("a"), "file")
        let time = try FileSystem.status(path).mtime
        content.keepsTimes = true
        let update = try fixture.open().beginUpdate()
        let diffID = try update.add(content, knownAs: nil, with: fixture.engine)
        try update.commit(CacheMetadata())
        try FileSystem.removeTree(fixture.layersDir)
        let target = ExtractionTarget.layer(fixture.layerPath("a"))
        _ = try fixture.open().extract(diffID, into: target, with: LayerExtractor(restoresTimes: true))
        #expect(try FileSystem.status(path).mtime == time)
    }

    @Test("the exporter keeps times only where asked, and only in layers that are for the cache alone")
    func whichLayersKeepTimes() throws {
        var diffIDs: [String: [String: String]] = [:]
        for setting in ["", "keep"] {
            let fixture = try ExportFixture()
            let cacheDir = try fixture.directory.makeDirectory("cache")
            fixture.inputs.platform.cacheModificationTimes = setting
            try fixture.writeLayer("both", types: "launch = true\ncache = true")
            try fixture.writeLayer("tool", types: "cache = true")
            try fixture.export(cache: try VolumeCache(cacheDir, logger: fixture.logger))
            let cache = try VolumeCache(cacheDir, logger: fixture.logger)
            for (name, record) in try #require(cache.metadata().buildpack("acme/one")).layers {
                let bytes = try FileSystem.readFile(Path.join(cacheDir, "committed", "\(record.diffID).tar"))
                diffIDs[setting, default: [:]][name] = bytes.contains("mtime=") ? "kept" : "normalized"
            }
        }
        #expect(diffIDs[""] == ["both": "normalized", "tool": "normalized"])
        #expect(diffIDs["keep"] == ["both": "normalized", "tool": "kept"])
    }

    // MARK: Read-only caches

    @Test("a cache that is only read stays as it is, whatever state it is in")
    func readOnly() throws {
        let fixture = try CacheFixture()
        try fixture.directory.write("cache/staging/half", "")
        let cache = VolumeCache(reading: fixture.cacheDir, logger: fixture.logger)
        #expect(!cache.exists)
        #expect(try cache.metadata() == CacheMetadata())
        #expect(throws: CacheError.self) { _ = try cache.beginUpdate() }
        #expect(try FileSystem.list(fixture.cacheDir).map(\.name) == ["staging"])
        #expect(FileSystem.exists(fixture.directory.path("cache/staging/half")))
    }
}

extension [UInt8] {
    fileprivate func contains(_ text: String) -> Bool {
        let wanted = Array(text.utf8)
        return indices.contains { self[$0...].starts(with: wanted) }
    }
}
