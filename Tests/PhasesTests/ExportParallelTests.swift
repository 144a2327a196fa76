import Console
import LayerCaches
import OCI
import POSIX
import PlatformModel
import TestSupport
import Testing

@testable import Archive
@testable import Phases

@Suite("Export of many layers")
struct ExportParallelTests {
    private func fill(_ fixture: ExportFixture, layers: Int = 40) throws {
        for number in 0..<layers {
            let text = String(repeating: "\(number)\n", count: number % 5 == 0 ? 300_000 : 50)
            try fixture.writeLayer("layer\(10 + number)", types: "launch = true\ncache = true", contents: text)
        }
    }

    @Test("is the same each time: messages, layers and labels in their order")
    func order() throws {
        var manifests: Set<Digest> = []
        var paths: Set<[String]> = []
        let fixture = try ExportFixture()
        try fill(fixture)
        for _ in 0..<4 {
            let before = fixture.logger.messages.count
            try fixture.export()
            manifests.insert(try fixture.image().manifestDigest)
            paths.insert(Array(fixture.logger.messages[before...]))
        }
        #expect(manifests.count == 1)
        #expect(paths.count == 1)
        let added = try #require(paths.first).filter { $0.hasPrefix("Adding layer 'acme/one:") }
        #expect(added == (10..<50).map { "Adding layer 'acme/one:layer\($0)'" })
    }

    @Test("writes cached layers while it archives them, and reuses all of them the next time")
    func cache() throws {
        let fixture = try ExportFixture()
        try fill(fixture)
        let cache = try VolumeCache(fixture.directory.makeDirectory("cache"), logger: fixture.logger)
        try fixture.export(cache: cache)
        let label = try fixture.label(fixture.image())
        #expect(try cache.metadata().buildpack("acme/one")?.layers.count == 40)
        for layer in try #require(label.buildpack("acme/one")?.layers.values) {
            try cache.verify(try #require(layer.diffID.diffID))
        }
        #expect(try FileSystem.list(fixture.directory.path("cache/committed")).count == 41, "nothing is left over")
        try fixture.startNextBuild()
        try fill(fixture)
        let before = fixture.logger.messages.count
        try fixture.export(cache: cache)
        let messages = fixture.logger.messages[before...]
        #expect(messages.filter { $0.hasPrefix("Reusing layer 'acme/one:") }.count == 40)
        #expect(messages.filter { $0.hasPrefix("Reusing cache layer 'acme/one:") }.count == 40)
        #expect(!messages.contains { $0.hasPrefix("Adding layer 'acme/one:") })
    }

    @Test("says of the layers before a broken one that they were added, and of none behind it")
    func failure() throws {
        let fixture = try ExportFixture()
        try fill(fixture, layers: 8)
        try fixture.directory.write("layers/acme_one/layer15.toml", "[types]\nlaunch = true\ncache = true\n")
        try FileSystem.removeTree(fixture.directory.path("layers/acme_one/layer15"))
        #expect(throws: PhaseError.self) { try fixture.export() }
        let added = fixture.logger.messages.filter { $0.hasPrefix("Adding layer 'acme/one:") }
        #expect(added == (10..<15).map { "Adding layer 'acme/one:layer\($0)'" })
        #expect(try fixture.store.open("registry.test/app", platform: nil) == nil)
    }

    @Test("tasks are done once each, by threads or by who waits for them", arguments: [0, 1, 3, 8])
    func tasks(threads: Int) throws {
        let queue = LayerTasks(threads: threads, cancellation: Cancellation())
        let runs = Lock([Int](repeating: 0, count: 50))
        let tasks = (0..<50).map { number in
            LayerTask(id: "\(number)", staged: nil) { () throws(ExportError) in
                runs.withLock { $0[number] += 1 }
                if number == 30 { throw ExportError("task 30") }
                let content = LayerDigest(diffID: Digest.of([]), size: Int64(number))
                return LayerTask.Outcome(content: content, archived: nil, reason: "", milliseconds: 0)
            }
        }
        for task in tasks { queue.submit(task) }
        for (number, task) in tasks.enumerated() {
            if number == 30 {
                #expect(throws: ExportError.self) { try task.outcome() }
            } else {
                #expect(try task.outcome().content.size == Int64(number))
            }
        }
        queue.stop()
        #expect(runs.withLock { $0 } == [Int](repeating: 1, count: 50))
    }

    @Test("tasks that were not begun are not done after a stop")
    func stop() throws {
        let cancellation = Cancellation()
        let queue = LayerTasks(threads: 1, cancellation: cancellation)
        let count = Lock(0)
        for number in 0..<20 {
            queue.submit(
                LayerTask(id: "\(number)", staged: nil) { () throws(ExportError) in
                    Clock.sleep(milliseconds: 20)
                    count.withLock { $0 += 1 }
                    throw ExportError("useless")
                }
            )
        }
        queue.stop()
        #expect(cancellation.isCancelled)
        #expect(count.withLock { $0 } < 20)
    }
}
