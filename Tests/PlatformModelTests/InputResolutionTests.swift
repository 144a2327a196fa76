import CNBCore
import PlatformModel
import TestSupport
import Testing

@Suite("Resolution of inputs")
struct InputResolutionTests {
    /// Resolves the inputs of a phase; returns the notices.
    private func resolve(
        _ inputs: inout PlatformInputs,
        for phase: LifecyclePhase,
        api: String = "0.15",
        access: [String: ImageAccess] = [:]
    ) throws -> [ResolutionNotice] {
        var notices: [ResolutionNotice] = []
        let context = ResolutionContext(
            platformAPI: try PlatformAPI(api),
            runImageVariable: "",
            access: { access[$0] ?? .readable },
            notify: { notices.append($0) }
        )
        try inputs.resolve(for: phase, context)
        return notices
    }

    private func inputs(_ change: (inout PlatformInputs) -> Void = { _ in }) -> PlatformInputs {
        var inputs = PlatformInputs { _ in nil }
        inputs.outputImage = "registry.example/app"
        inputs.cacheDir = "/cache"
        change(&inputs)
        return inputs
    }

    @Test("paths follow the layers directory, directories become absolute")
    func paths() throws {
        var inputs = inputs { $0.layersDir = "/a/../layers/" }
        _ = try resolve(&inputs, for: .build)
        #expect(inputs.layersDir == "/layers")
        #expect(inputs.groupPath == "/a/../layers//group.toml")
        #expect(inputs.generatedDir == "/layers/generated")
    }

    @Test("order.toml is the builder's unless the layers directory has one")
    func order() throws {
        let directory = try TemporaryDirectory()
        var inputs = inputs { $0.layersDir = directory.path }
        _ = try resolve(&inputs, for: .detect)
        #expect(inputs.orderPath == "/cnb/order.toml")
        try directory.write("order.toml", "")
        inputs = self.inputs { $0.layersDir = directory.path }
        _ = try resolve(&inputs, for: .detect)
        #expect(inputs.orderPath == directory.path("order.toml"))
    }

    private static let choices: [(names: [String], access: [String: ImageAccess], choice: String)] = [
        (["other.example/run", "registry.example/run"], [:], "registry.example/run"),
        (["other.example/run", "third.example/run"], [:], "other.example/run"),
        (["a.example/run", "b.example/run"], ["a.example/run": ImageAccess.inaccessible], "b.example/run"),
        (["a.example/run", "registry.example/run"], ["registry.example/run": .missing], "a.example/run"),
        (["a.example/run"], ["a.example/run": .missing], "a.example/run"),
    ]

    @Test(
        "the run image comes from run.toml: first a mirror in the app's registry, then what is there",
        arguments: Self.choices
    )
    func runImage(names: [String], access: [String: ImageAccess], choice: String) throws {
        let directory = try TemporaryDirectory()
        let mirrors = names.dropFirst().map { "\"\($0)\"" }.joined(separator: ",")
        var inputs = inputs {
            $0.runPath = directory.path("run.toml")
            $0.previousImage = ""
        }
        try directory.write("run.toml", "[[images]]\nimage = \"\(names[0])\"\nmirrors = [\(mirrors)]\n")
        _ = try resolve(&inputs, for: .analyze, access: access)
        #expect(inputs.runImage == choice)
        #expect(inputs.previousImage == "registry.example/app")
    }

    private static let nonsense: [(phase: LifecyclePhase, message: String)] = [
        (LifecyclePhase.analyze, "image argument is required"),
        (.create, "supply only one of -run-image or (deprecated) -image"),
        (.export, "-run-image is unsupported"),
        (.rebase, "writing to multiple registries is unsupported"),
    ]

    @Test(
        "what doesn't make sense is refused",
        arguments: Self.nonsense
    )
    func refusals(phase: LifecyclePhase, message: String) throws {
        var inputs = inputs {
            switch phase {
            case .analyze: $0.outputImage = ""
            case .create:
                $0.runImage = "a.example/run"
                $0.deprecatedRunImage = "a.example/run"
            case .export: $0.runImage = "a.example/run"
            default: $0.additionalTags = ["elsewhere.example/app"]
            }
        }
        let error = #expect(throws: PlatformModelError.self) { try resolve(&inputs, for: phase) }
        #expect(error?.description == message)
    }

    @Test("the exporter needs what the analyzer found, and says so")
    func missingAnalysis() throws {
        let directory = try TemporaryDirectory()
        var inputs = inputs { $0.layersDir = directory.path }
        let error = #expect(throws: PlatformModelError.self) { try resolve(&inputs, for: .export) }
        #expect(error?.description == "run image not found in analyzed metadata")
    }

    @Test("a build without a cache is warned of")
    func warnings() throws {
        var inputs = inputs { $0.cacheDir = "" }
        #expect(
            try resolve(&inputs, for: .restore) == [.warning("No cached data will be used, no cache specified.")]
        )
    }
}
