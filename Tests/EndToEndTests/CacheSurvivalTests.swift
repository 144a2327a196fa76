import POSIX
import TestSupport
import Testing

@Suite(
    "A cache directory survives",
    .enabled(if: ReleaseBinaries.canBuild, "\(ReleaseBinaries.comment)"),
    .enabled(if: Conditions.commandExists("docker-registry") && Conditions.commandExists("skopeo"), "needs a registry"),
    .serialized
)
struct CacheSurvivalTests {
    private let registry: RegistryServer
    private let cache: TemporaryDirectory

    init() throws {
        registry = try RegistryServer()
        cache = try TemporaryDirectory()
        try PhaseByPhaseBuild.pushRunImage(to: registry)
    }

    @Test("an exporter that is killed at any moment: the next build succeeds with the right image")
    func killed() throws {
        let build = try PhaseByPhaseBuild(registry: registry, cacheDir: cache.path, name: "app")
        try build.build()
        let plain = try build.imageLayers()
        try build.build(changed: PhaseByPhaseBuild.change)
        let changed = try build.imageLayers()
        let duration = try milliseconds { try build.build() }

        var generator = SystemRandomNumberGenerator()
        for round in 1...200 {
            let change = round.isMultiple(of: 2) ? "" : PhaseByPhaseBuild.change
            try build.startContainer()
            _ = try build.analyze()
            _ = try build.restore()
            _ = try build.restoredLayers()
            try build.writeLayers(changed: change)
            _ = try build.export(killedAfterMilliseconds: Int.random(in: 1...max(2, duration), using: &generator))

            let next = round % 4 < 2 ? "" : PhaseByPhaseBuild.change
            try build.build(changed: next)
            #expect(try build.imageLayers() == (next.isEmpty ? plain : changed), "round \(round)")
        }
    }

    @Test("damage to any of its files: a warning, a right image, and the next build has a whole cache again")
    func damaged() throws {
        let build = try PhaseByPhaseBuild(registry: registry, cacheDir: cache.path, name: "app")
        try build.build()
        let layers = try build.imageLayers()
        let files = try FileSystem.list(cache.path("committed")).map { cache.path("committed/\($0.name)") }
        try #require(files.count > PhaseByPhaseBuild.layerNames.count)

        for file in files {
            for damage in Damage.allCases {
                try damage.apply(to: file)
                let output = try build.build()
                #expect(output.contains("Warning: "), "\(damage) of \(file) goes unnoticed")
                #expect(try build.imageLayers() == layers, "\(damage) of \(file)")

                try build.startContainer()
                _ = try build.analyze()
                _ = try build.restore()
                #expect(
                    try build.restoredLayers() == PhaseByPhaseBuild.layerNames,
                    "\(damage) of \(file) is still there after the build that followed it"
                )
            }
        }
    }

    @Test("eight builds at once: all succeed, and what is left is whole")
    func shared() throws {
        let builds = try (1...8).map {
            try PhaseByPhaseBuild(registry: registry, cacheDir: cache.path, name: "app\($0)")
        }
        let failures = Lock<[String]>([])
        Threads.parallel(count: builds.count, limit: builds.count) { index in
            do {
                for _ in 1...3 { try builds[index].build() }
            } catch {
                failures.withLock { $0.append("build \(index): \(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])

        try builds[0].build()
        try builds[0].startContainer()
        _ = try builds[0].analyze()
        _ = try builds[0].restore()
        #expect(try builds[0].restoredLayers() == PhaseByPhaseBuild.layerNames)
    }

    private func milliseconds(_ body: () throws -> Void) rethrows -> Int {
        let clock = ContinuousClock()
        let elapsed = try clock.measure { try body() }
        return Int(elapsed / .milliseconds(1))
    }
}

/// What disks, people and other programs do to files.
private enum Damage: CaseIterable {
    case removed, emptied, truncated, altered, extended

    func apply(to path: String) throws {
        var bytes = try FileSystem.readFile(path)
        switch self {
        case .removed:
            try FileSystem.removeTree(path)
            return
        case .emptied: bytes = []
        case .truncated: bytes.removeLast(bytes.count / 2)
        case .altered: bytes[bytes.count / 3] ^= 0x55
        case .extended: bytes += Array("more".utf8)
        }
        // The file may be a hard link to one of an older cache, so it gets a new inode.
        try FileSystem.removeTree(path)
        try FileSystem.writeFile(path, bytes)
    }
}
