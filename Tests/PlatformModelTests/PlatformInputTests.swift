import CNBCore
import PlatformModel
import TestSupport
import Testing

@Suite("Platform inputs")
struct PlatformInputTests {
    private static func inputs(_ environment: [String: String] = [:]) -> PlatformInputs {
        PlatformInputs { environment[$0] }
    }

    private static let flags: [(flag: String, phase: LifecyclePhase, api: String, isThere: Bool)] = [
        ("analyzed", LifecyclePhase.detect, "0.9", false),
        ("analyzed", .detect, "0.10", true),
        ("stack", .analyze, "0.11", true),
        ("stack", .analyze, "0.12", false),
        ("stack", .create, "0.15", true),
        ("insecure-registry", .export, "0.12", false),
        ("insecure-registry", .export, "0.13", true),
        ("run", .restore, "0.13", false),
        ("run", .restore, "0.14", true),
        ("system", .create, "0.15", true),
        ("skip-layers", .create, "0.15", false),
        ("skip-restore", .create, "0.7", true),
        ("daemon", .build, "0.15", false),
    ]

    @Test(
        "a flag belongs to certain phases and Platform APIs",
        arguments: Self.flags
    )
    func flagsByPhase(flag: String, phase: LifecyclePhase, api: String, isThere: Bool) throws {
        let flags = PlatformInput.flags(of: phase, platformAPI: try APIVersion(api))
        #expect(flags.contains { $0.flag == flag } == isThere)
    }

    @Test("no phase has a flag twice", arguments: LifecyclePhase.allCases)
    func flagsAreUnique(phase: LifecyclePhase) {
        for api in PlatformAPI.supported {
            let flags = PlatformInput.flags(of: phase, platformAPI: api).compactMap(\.flag)
            #expect(Set(flags).count == flags.count)
        }
    }

    @Test(
        "values that mean nothing can be told, for the phases that would use them",
        arguments: [
            (LifecyclePhase.export, ["CNB_USER_ID": "abc"], ["CNB_USER_ID: a number"]),
            (.detect, ["CNB_USER_ID": "abc"], []),
            (.export, ["CNB_USER_ID": "", "CNB_GROUP_ID": "12"], []),
            (.detect, ["CNB_NO_COLOR": "yes", "CNB_LOG_LEVEL": "x"], ["CNB_NO_COLOR: true or false"]),
            (.extend, ["CNB_KANIKO_CACHE_TTL": "2 weeks"], ["CNB_KANIKO_CACHE_TTL: a length of time such as 336h0m0s"]),
        ] as [(LifecyclePhase, [String: String], [String])]
    )
    func meaningless(phase: LifecyclePhase, environment: [String: String], expected: [String]) throws {
        let found = PlatformInput.meaninglessVariables(for: phase, platformAPI: try APIVersion("0.15")) {
            environment[$0]
        }
        #expect(found.map { "\($0.name): \($0.expected)" } == expected)
    }

    @Test("variables give values, and defaults stand in for missing ones")
    func environment() {
        let inputs = Self.inputs([
            "CNB_USER_ID": "1001", "CNB_GROUP_ID": "many", "CNB_NO_COLOR": "T", "CNB_USE_LAYOUT": "yes",
            "CNB_INSECURE_REGISTRIES": "a.example,b.example", "CNB_SKIP_RESTORE": "1", "CNB_APP_DIR": "/src",
            "CNB_KANIKO_CACHE_TTL": "1h30m",
        ])
        #expect(inputs.uid == 1001)
        #expect(inputs.gid == 0)
        #expect(inputs.noColor)
        #expect(!inputs.useLayout)
        #expect(inputs.insecureRegistries == ["a.example", "b.example"])
        #expect(inputs.skipLayers)
        #expect(inputs.appDir == "/src")
        #expect(inputs.kanikoCacheTTL == 5_400_000_000_000)
        #expect(inputs.layersDir == "/layers")
        #expect(inputs.groupPath == "<layers>/group.toml")
        #expect(Self.inputs().kanikoCacheTTL == 14 * 24 * 3600 * 1_000_000_000)
    }

    @Test("images are named once, and only the cache image is in a registry beside a daemon")
    func images() {
        var inputs = ResolvedInputs(completed: Self.inputs(), runImage: "run", previousImage: "app")
        inputs.outputImage = "app"
        inputs.additionalTags = ["app", "app:2", ""]
        inputs.cacheImage = "cache"
        #expect(inputs.destinationImages == ["app", "app:2"])
        #expect(inputs.registryImages == ["cache", "app", "app:2", "run"])
        inputs.useDaemon = true
        #expect(inputs.registryImages == ["cache"])
    }
}
