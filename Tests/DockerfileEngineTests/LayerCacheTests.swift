import Archive
import Console
import DockerfileEngine
import OCI
import POSIX
import TestSupport
import Testing

@Suite("The cache for layers", .enabled(if: Conditions.isRoot, "needs root"))
struct LayerCacheTests {
    private let root: EngineRoot
    private let dockerfile = "ENV A=1\nCOPY a /one\nWORKDIR /two\nCOPY a /three\n"

    init() throws {
        root = try EngineRoot()
        try root.directory.write("context/a", "content")
    }

    /// How many instructions came from the cache in a build that starts with a new container.
    private func hits(_ text: String, base: String = "base", lifetime: Int64 = 3_600_000_000_000) throws -> Int {
        try root.startOver()
        let before = root.logger.messages.count
        let engine = try root.apply(text, with: root.engine(base: base, lifetime: lifetime))
        try engine.finish()
        #expect(root.read("one") == root.read("three"))
        #expect(FileSystem.isDirectory(Path.join(root.root, "two")))
        return root.logger.messages.dropFirst(before).filter { $0.hasSuffix("(cached)") }.count
    }

    @Test("has what an earlier build has made of the same instructions, base and files")
    func sameBuild() throws {
        #expect(try hits(dockerfile) == 0)
        #expect(try hits(dockerfile) == 3)
        #expect(root.read("three") == "content")
    }

    @Test("knows nothing of another base, and nothing from the first changed instruction on")
    func otherBuilds() throws {
        #expect(try hits(dockerfile) == 0)
        #expect(try hits(dockerfile, base: "other") == 0)
        #expect(try hits("COPY a /one\nCOPY --chmod=600 a /five\nWORKDIR /two\nCOPY a /three\n") == 1)
        try root.directory.write("context/a", "changed")
        #expect(try hits(dockerfile) == 0)
        #expect(root.read("three") == "changed")
    }

    @Test("the same Dockerfile gives the same layers at any time, where times are normalised")
    func normalizedTimes() throws {
        func diffIDs(_ normalizesTimes: Bool) throws -> [DiffID] {
            try root.startOver()
            // Whatever the cache has is too old, so that all is made again.
            let engine = try root.engine(lifetime: 0, normalizesTimes: normalizesTimes)
            try root.apply("WORKDIR /two\nCOPY a /three\n", with: engine)
            try engine.finish()
            Clock.sleep(milliseconds: 1100)
            return engine.layers.map(\.diffID)
        }
        let first = try diffIDs(true)
        #expect(first.count == 2)
        #expect(try diffIDs(true) == first)
        #expect(try diffIDs(false) != first)
        #expect(try hits(dockerfile) == 0)
        try root.startOver()
        let other = try root.engine(normalizesTimes: true)
        let before = root.logger.messages.count
        try root.apply(dockerfile, with: other)
        try other.finish()
        #expect(!root.logger.messages.dropFirst(before).contains { $0.hasSuffix("(cached)") })
    }

    @Test("forgets what is too old")
    func lifetime() throws {
        #expect(try hits(dockerfile) == 0)
        #expect(try hits(dockerfile, lifetime: 0) == 0)
    }

    @Test(
        "does without what is damaged",
        arguments: ["cut", "changed", "missing", "not JSON", "another key's", "foreign"]
    )
    func damage(kind: String) throws {
        #expect(try hits(dockerfile) == 0)
        let blobs = root.directory.path("cache/blobs/sha256")
        let keys = root.directory.path("cache/keys")
        for blob in try FileSystem.list(blobs).map({ Path.join(blobs, $0.name) }) {
            let bytes = try FileSystem.readFile(blob)
            switch kind {
            case "cut": try FileSystem.writeFile(blob, Array(bytes.dropLast()))
            case "changed": try FileSystem.writeFile(blob, bytes.dropLast(9) + [0] + bytes.suffix(8))
            case "missing": try FileSystem.removeFile(blob)
            default: break
            }
        }
        let entries = try FileSystem.list(keys).map { Path.join(keys, $0.name) }
        for (index, entry) in entries.enumerated() {
            switch kind {
            case "not JSON": try FileSystem.writeFile(entry, "{")
            case "another key's": try FileSystem.copyFile(entries[(index + 1) % entries.count], to: entry)
            case "foreign": try FileSystem.chown(entry, uid: 1000, gid: 1000)
            default: break
            }
        }
        #expect(try hits(dockerfile) == 0)
        #expect(root.read("three") == "content")
    }

    @Test("makes layers with the same digests as the first build")
    func digests() throws {
        let first = try root.apply(dockerfile).layers.map(\.digest)
        try root.startOver()
        let second = try root.apply(dockerfile).layers.map(\.digest)
        #expect(first == second)
        #expect(first.count == 3)
    }

    @Test("keeps nothing half-written when an instruction fails")
    func failure() throws {
        #expect(root.failure("COPY a /one\nCOPY missing /x\n") != nil)
        let names = try FileSystem.list(root.directory.path("cache")).map(\.name)
        #expect(names == ["blobs", "keys"])
        #expect(try FileSystem.list(root.directory.path("cache/keys")).count == 1)
    }
}
