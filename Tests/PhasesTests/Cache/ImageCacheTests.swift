import Archive
import Console
import LayerCaches
import OCI
import Phases
import PlatformModel
import TestSupport
import Testing

@Suite("Cache image")
struct ImageCacheTests {
    private let store = MemoryImageStore()
    private let name = "registry.test/cache"

    private func open(_ fixture: CacheFixture) throws(CacheError) -> ImageCache {
        try ImageCache(name, in: store, logger: fixture.logger)
    }

    @Test("an image that doesn't exist is an empty cache")
    func missing() throws {
        let fixture = try CacheFixture()
        let cache = try open(fixture)
        #expect(!cache.exists)
        #expect(try cache.metadata() == CacheMetadata())
    }

    @Test("what is committed comes back")
    func roundTrip() throws {
        let fixture = try CacheFixture()
        let diffIDs = try fixture.commit(["a": "A", "b": "B"], to: try open(fixture))
        let cache = try open(fixture)
        #expect(cache.exists)
        #expect(try cache.metadata().buildpack("acme/one")?.layers.count == 2)
        #expect(try fixture.extract(diffIDs[1], "b", from: cache) == "B")
    }

    @Test("reused layers are named twice, as in the reference's cache images")
    func reuse() throws {
        let fixture = try CacheFixture()
        let diffID = try fixture.commit(["a": "A"], to: try open(fixture))[0]
        let update = try open(fixture).beginUpdate()
        try update.reuse(diffID)
        _ = try update.add(try fixture.makeLayer("a", "A"), knownAs: diffID, with: fixture.engine)
        try update.commit(CacheMetadata())
        let image = try #require(try store.open(name, platform: nil))
        #expect(image.config.diffIDs == [diffID, diffID])
        #expect(image.config.platform.os == "linux")
    }

    @Test("a cache without layers is an image all the same")
    func empty() throws {
        let fixture = try CacheFixture()
        try fixture.commit([:], to: try open(fixture))
        #expect(try open(fixture).exists)
    }

    @Test("a layer that the image doesn't have is a miss")
    func unknownLayer() throws {
        let fixture = try CacheFixture()
        try fixture.commit(["a": "A"], to: try open(fixture))
        let unknown = DiffID(Digest.of([1]))
        let cache = try open(fixture)
        #expect(throws: CacheError.self) { try cache.verify(unknown) }
        #expect(throws: CacheError.self) { try fixture.extract(unknown, "a", from: cache) }
    }
}
