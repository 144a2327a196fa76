import CNBCore
import POSIX
import PlatformModel
import TestSupport
import Testing

@Suite("Resolution of inputs")
struct InputResolutionTests {
    /// Resolves the inputs of a phase.
    private func resolve(
        _ inputs: PlatformInputs,
        for phase: LifecyclePhase,
        api: String = "0.15",
        access: [String: ImageAccess] = [:]
    ) throws -> (inputs: ResolvedInputs, notices: [ResolutionNotice]) {
        var notices: [ResolutionNotice] = []
        let context = ResolutionContext(
            platformAPI: try PlatformAPI(api),
            runImageVariable: "",
            access: { access[$0] ?? .readable },
            notify: { notices.append($0) }
        )
        return (try inputs.resolved(for: phase, context), notices)
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
        let inputs = try resolve(inputs { $0.layersDir = "/a/../layers/" }, for: .build).inputs
        #expect(inputs.layersDir == "/layers")
        #expect(inputs.groupPath == "/a/../layers//group.toml")
        #expect(inputs.generatedDir == "/layers/generated")
    }

    /// What an empty value means, by flag or variable: a variable that is empty is not set; a flag that is empty says
    /// that there is none, and files without a layers directory are in the working directory, as in the reference.
    private static let emptyValues:
        [(variable: String, path: any KeyPath<PlatformInputs, String> & Sendable, byVariable: String, byFlag: String)] =
            [
                ("CNB_LAYERS_DIR", \.groupPath, "/layers/group.toml", "group.toml"),
                ("CNB_LAYERS_DIR", \.analyzedPath, "/layers/analyzed.toml", "analyzed.toml"),
                ("CNB_LAYERS_DIR", \.planPath, "/layers/plan.toml", "plan.toml"),
                ("CNB_LAYERS_DIR", \.reportPath, "/layers/report.toml", "report.toml"),
                ("CNB_LAYERS_DIR", \.projectMetadataPath, "/layers/project-metadata.toml", "project-metadata.toml"),
                ("CNB_LAYERS_DIR", \.layersDir, "/layers", "<cwd>"),
                ("CNB_LAYERS_DIR", \.generatedDir, "/layers/generated", "<cwd>/generated"),
                ("CNB_APP_DIR", \.appDir, "/workspace", "<cwd>"),
                ("CNB_PLATFORM_DIR", \.platformDir, "/platform", ""),
                ("CNB_BUILDPACKS_DIR", \.buildpacksDir, "/cnb/buildpacks", ""),
                ("CNB_EXTENSIONS_DIR", \.extensionsDir, "/cnb/extensions", ""),
                ("CNB_BUILD_CONFIG_DIR", \.buildConfigDir, "/cnb/build-config", ""),
                ("CNB_CACHE_DIR", \.cacheDir, "", ""),
                ("CNB_LAUNCH_CACHE_DIR", \.launchCacheDir, "", ""),
                ("CNB_GROUP_PATH", \.groupPath, "/layers/group.toml", ""),
                ("CNB_PLAN_PATH", \.planPath, "/layers/plan.toml", ""),
                ("CNB_ANALYZED_PATH", \.analyzedPath, "/layers/analyzed.toml", ""),
                ("CNB_REPORT_PATH", \.reportPath, "/layers/report.toml", ""),
                ("CNB_ORDER_PATH", \.orderPath, "/cnb/order.toml", ""),
                ("CNB_RUN_PATH", \.runPath, "/cnb/run.toml", ""),
                ("CNB_STACK_PATH", \.stackPath, "/cnb/stack.toml", ""),
                ("CNB_SYSTEM_PATH", \.systemPath, "/cnb/system.toml", ""),
            ]

    @Test("empty values of path flags and variables", arguments: emptyValues)
    func empty(
        variable: String,
        path: any KeyPath<PlatformInputs, String> & Sendable,
        byVariable: String,
        byFlag: String
    ) throws {
        let here = try Path.absolute(".")
        let resolved = try resolve(PlatformInputs { $0 == variable ? "" : nil }, for: .detect).inputs
        #expect(resolved[dynamicMember: path] == byVariable)

        let input = try #require(PlatformInput.all.first { $0.variables == [variable] })
        guard case .text(let property) = input.target else {
            Issue.record("\(variable) is no text")
            return
        }
        var inputs = PlatformInputs { _ in nil }
        inputs[keyPath: property] = ""
        #expect(try resolve(inputs, for: .detect).inputs[dynamicMember: path] == byFlag.replacing("<cwd>", with: here))
    }

    @Test("directories that are symbolic links are resolved once, for all phases")
    func links() throws {
        let directory = try TemporaryDirectory()
        let real = try FileSystem.realPath(try directory.makeDirectory("real"))
        let link = directory.path("link")
        try FileSystem.createSymlink(link, target: "real")
        let given = inputs {
            $0.appDir = link
            $0.layersDir = link
            $0.platformDir = link
            $0.buildpacksDir = link
            $0.cacheDir = link
            $0.launchCacheDir = link
            $0.layoutDir = link
        }
        let inputs = try resolve(given, for: .build).inputs
        let paths = [
            inputs.appDir, inputs.layersDir, inputs.platformDir, inputs.buildpacksDir, inputs.cacheDir,
            inputs.launchCacheDir, inputs.layoutDir,
        ]
        #expect(paths == Array(repeating: real, count: 7))
    }

    @Test(
        "image names that can't be are refused with the reason",
        arguments: [
            ("registry.example/App", "upper-case letter \"A\""), ("a:b:c", "the repository has the character \":\""),
            ("registry.example/app:", "no tag after the colon"), ("registry.example/", "no repository"),
        ]
    )
    func badNames(name: String, reason: String) throws {
        let inputs = inputs {
            $0.outputImage = name
            $0.runImage = "registry.example/run"
        }
        let error = #expect(throws: PlatformModelError.self) { try resolve(inputs, for: .analyze) }
        #expect(error?.description.hasPrefix("could not parse reference: \(name): ") ?? false)
        #expect(error?.description.contains(reason) ?? false, "\(error?.description ?? "")")
    }

    @Test("order.toml is the builder's unless the layers directory has one")
    func order() throws {
        let directory = try TemporaryDirectory()
        let inputs = inputs { $0.layersDir = directory.path }
        #expect(try resolve(inputs, for: .detect).inputs.orderPath == "/cnb/order.toml")
        try directory.write("order.toml", "")
        #expect(try resolve(inputs, for: .detect).inputs.orderPath == directory.path("order.toml"))
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
        let given = inputs {
            $0.runPath = directory.path("run.toml")
            $0.previousImage = ""
        }
        try directory.write("run.toml", "[[images]]\nimage = \"\(names[0])\"\nmirrors = [\(mirrors)]\n")
        let inputs = try resolve(given, for: .analyze, access: access).inputs
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
        let inputs = inputs {
            switch phase {
            case .analyze: $0.outputImage = ""
            case .create:
                $0.runImage = "a.example/run"
                $0.deprecatedRunImage = "a.example/run"
            case .export: $0.runImage = "a.example/run"
            default: $0.additionalTags = ["elsewhere.example/app"]
            }
        }
        let error = #expect(throws: PlatformModelError.self) { try resolve(inputs, for: phase) }
        #expect(error?.description == message)
    }

    @Test("the exporter needs what the analyzer found, and says so")
    func missingAnalysis() throws {
        let directory = try TemporaryDirectory()
        let inputs = inputs { $0.layersDir = directory.path }
        let error = #expect(throws: PlatformModelError.self) { try resolve(inputs, for: .export) }
        #expect(error?.description == "run image not found in analyzed metadata")
    }

    @Test("the exporter takes a run image of a layout from a registry with a port")
    func layoutOfPort() throws {
        let directory = try TemporaryDirectory()
        let digest = "sha256:" + String(repeating: "0", count: 64)
        let place = "/layout/localhost:5000/run/1@\(digest)"
        try directory.write("analyzed.toml", "[run-image]\nreference = \"\(place)\"\n")
        let inputs = inputs {
            $0.layersDir = directory.path
            $0.useLayout = true
            $0.layoutDir = "/layout"
        }
        #expect(try resolve(inputs, for: .export).inputs.runImage == place)
    }

    @Test("a build without a cache is warned of")
    func warnings() throws {
        let inputs = inputs { $0.cacheDir = "" }
        #expect(
            try resolve(inputs, for: .restore).notices == [.warning("No cached data will be used, no cache specified.")]
        )
    }
}
