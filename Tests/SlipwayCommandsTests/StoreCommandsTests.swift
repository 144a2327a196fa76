import Builds
import JSON
import POSIX
import TestSupport
import Testing

@testable import SlipwayCommands

@Suite("slipway store and slipway cache")
struct StoreCommandsTests {
    private let home: TemporaryDirectory
    private var environment: [String: String] { ["HOME": home.path] }

    init() throws { home = try TemporaryDirectory() }

    /// Makes a cache as builds make them.
    private func makeCache(_ id: String, image: String, bytes: Int) throws {
        try home.write(".cache/slipway/layers/\(id)/about.toml", "image = \"\(image)\"\nbuilder = \"host\"\n")
        try home.write(".cache/slipway/layers/\(id)/cache/blob", String(repeating: "x", count: bytes))
    }

    @Test("an empty store is empty, and nothing can be removed of it")
    func emptyStore() throws {
        #expect(try CommandRun("store ls", environment: environment).output == "NAME  DIGEST  PLATFORM  SIZE\n")
        #expect(try CommandRun("store ls --json", environment: environment).output == "[]\n")
        let run = try CommandRun("store rm shop", environment: environment)
        #expect(run.code == 1)
        #expect(run.errors == "error: no image 'shop' in the store\nhelp: 'slipway store ls' lists what there is\n")
        #expect(try CommandRun("store rm UPPER", environment: environment).code == 2)
        let prune = try CommandRun("store prune", environment: environment)
        #expect(prune.output == "removed 0 blobs and 0 unpacked images; freed 0 B\n")
    }

    @Test("caches are listed with sizes, and removed by image or id")
    func caches() throws {
        try makeCache("aaaa", image: "index.docker.io/library/shop", bytes: 2_000_000)
        try makeCache("bbbb", image: "registry.example.com/blog", bytes: 10)
        let list = try CommandRun("cache ls", environment: environment).output
        #expect(list.contains("aaaa  shop "))
        #expect(list.contains("2.0 MB\n"))
        let json = try JSONParser.parse(try CommandRun("cache ls --json", environment: environment).output, source: "")
        #expect(json.arrayValue?.count == 2)
        let misspelt = try CommandRun("cache rm shpo", environment: environment)
        #expect(misspelt.code == 1)
        #expect(misspelt.errors == "error: no cache 'shpo'\nhelp: did you mean 'shop'?\n")
        #expect(try CommandRun("cache rm shop", environment: environment).output == "removed aaaa; freed 2.0 MB\n")
        #expect(try CommandRun("cache rm bbbb", environment: environment).code == 0)
        #expect(try FileSystem.list(home.path(".cache/slipway/layers")).isEmpty)
    }

    @Test("pruning removes caches that were not used for long, and downloads, and kept builds, but no running ones")
    func prune() throws {
        try makeCache("aaaa", image: "shop", bytes: 1000)
        try home.write(".cache/slipway/downloads/x", "12345")
        try home.write(".cache/slipway/builds/kept/file", "12345")
        let running = try FileLock(try home.makeDirectory(".cache/slipway/builds/running"))
        #expect(try CommandRun("cache prune", environment: environment).output == "removed 0 caches; freed 10 B\n")
        #expect(FileSystem.exists(home.path(".cache/slipway/layers/aaaa")))
        #expect(FileSystem.exists(home.path(".cache/slipway/builds/running")))
        _ = consume running
        #expect(!FileSystem.exists(home.path(".cache/slipway/builds/kept")))
        #expect(
            try CommandRun("cache prune --all", environment: environment).output.hasPrefix("removed 1 cache; freed 1.")
        )
        #expect(try CommandRun("cache prune --days x", environment: environment).code == 2)
    }

    @Test("files of others in place of caches do no harm")
    func hostile() throws {
        try home.write(".cache/slipway/layers/file", "")
        try home.write(".cache/slipway/layers/bad/about.toml", "image = [")
        let run = try CommandRun("cache ls", environment: environment)
        #expect(run.code == 0)
        #expect(run.output.contains("\nbad "))
        #expect(!run.output.contains("\nfile "))
    }
}
