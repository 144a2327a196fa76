import BuildpackModel
import CNBCore
import Distribution
import OCI
import TestSupport
import Testing

@Suite("The order of a build")
struct OrderPlanTests {
    private static let own = [["acme/java@2.0.0"], ["samples@0.1.0?", "acme/jdk@1.0.0"]]

    private func plan(
        project: String = "",
        _ files: Set<String> = [],
        _ change: (inout ModuleSelection) -> Void
    ) throws -> OrderPlan {
        var selection = ModuleSelection()
        let text = project.isEmpty ? "" : "[_]\nschema-version = \"0.2\"\n" + project
        selection.project = try ProjectDescriptor(parsing: Array(text.utf8), file: "project.toml")
        selection.projectDir = "/src"
        selection.baseDir = "/cwd"
        change(&selection)
        return try OrderPlan(selection, builder: try Samples.builder()) { files.contains($0) }
    }

    /// The groups in words: `?` for what is optional, and what is fetched by the version 9.
    private func groups(_ plan: OrderPlan) throws -> [[String]] {
        let order = try plan.order { fetch throws in
            ModuleName(id: try BuildpackID("fetched/\(try Self.number(of: fetch, in: plan))"), version: "9")
        }
        return order.order.groups.map { $0.map { "\($0)" + ($0.isOptional ? "?" : "") } }
    }

    private static func number(of fetch: ModuleFetch, in plan: OrderPlan) throws -> Int {
        try #require((plan.buildpackFetches + plan.extensionFetches).firstIndex(of: fetch))
    }

    @Test("without wishes the builder's order stays")
    func builders() throws {
        let plan = try plan { _ in }
        #expect(plan.isBuildersOwn)
        #expect(try groups(plan) == Self.own)
        #expect(plan.buildpackFetches.isEmpty && plan.extensionFetches.isEmpty && plan.warnings.isEmpty)
    }

    @Test("declared buildpacks make one group, in order, none of them optional")
    func declared() throws {
        let plan = try plan(["/cwd/b"]) {
            $0.buildpacks = ["samples", "b", "acme/jdk@1.1.0", "docker://x/y", "b", "other/name"]
        }
        #expect(!plan.isBuildersOwn)
        #expect(
            plan.buildpackFetches == [
                .path("/cwd/b"), .image(try ImageReference("x/y")),
                .registry(try RegistryID("other/name"), version: nil),
            ]
        )
        #expect(
            try groups(plan) == [
                [
                    "samples@0.1.0", "fetched/0@9", "acme/jdk@1.1.0", "fetched/1@9", "fetched/0@9", "fetched/2@9",
                ]
            ]
        )
    }

    @Test("from=builder puts the others around each group of the builder")
    func spliced() throws {
        let plan = try plan { $0.buildpacks = ["docker://x/y", "from=builder", "acme/jdk@1.1.0"] }
        #expect(
            try groups(plan) == Self.own.map { ["fetched/0@9"] + $0 + ["acme/jdk@1.1.0"] }
        )
        #expect(throws: DistributionError.invalidSelection("from=builder can be given only once")) {
            try self.plan { $0.buildpacks = ["from=builder", "from=builder"] }
        }
    }

    @Test("the command line replaces the project's group, whose paths begin at the project's directory")
    func group() throws {
        let project = """
            [[io.buildpacks.group]]
            id = "acme/jdk"
            version = "1.1.0"
            [[io.buildpacks.group]]
            uri = "b"
            [[io.buildpacks.group]]
            id = "mine"
            script = { api = "0.10", inline = "true" }
            """
        let ofProject = try plan(project: project, ["/src/b"]) { _ in }
        #expect(ofProject.buildpackFetches.first == .path("/src/b"))
        #expect(try groups(ofProject) == [["acme/jdk@1.1.0", "fetched/0@9", "fetched/1@9"]])
        guard case .inline(let buildpack)? = ofProject.buildpackFetches.last else {
            Issue.record("no inline buildpack")
            return
        }
        #expect(buildpack.id == "mine")
        let ofCommand = try plan(project: project) { $0.buildpacks = ["samples"] }
        #expect(try groups(ofCommand) == [["samples@0.1.0"]])
    }

    @Test("an id of the project is no path, even where the app has such a directory")
    func idIsNoPath() throws {
        let project = "[[io.buildpacks.group]]\nid = \"acme/java\"\n"
        let plan = try plan(project: project, ["/src/acme/java", "/cwd/acme/java"]) { _ in }
        #expect(try groups(plan) == [["acme/java@2.0.0"]])
    }

    @Test("pre- and post-buildpacks go around each group of the builder, in their order")
    func around() throws {
        let project = """
            [[io.buildpacks.pre.group]]
            id = "acme/jdk"
            version = "1.1.0"
            [[io.buildpacks.pre.group]]
            id = "samples"
            [[io.buildpacks.post.group]]
            uri = "docker://x/y"
            """
        let plan = try plan(project: project) { _ in }
        #expect(try groups(plan) == Self.own.map { ["acme/jdk@1.1.0", "samples@0.1.0"] + $0 + ["fetched/0@9"] })
        let replaced = try self.plan(project: project) { $0.pre = ["acme/java"] }
        #expect(try groups(replaced) == Self.own.map { ["acme/java@2.0.0"] + $0 + ["fetched/0@9"] })
        #expect(throws: DistributionError.self) { try self.plan { $0.pre = ["from=builder"] } }
    }

    @Test("pre- and post-buildpacks have no effect beside a declared group, which is said")
    func aroundDeclared() throws {
        let plan = try plan {
            $0.buildpacks = ["samples"]
            $0.pre = ["acme/java"]
            $0.post = ["acme/java"]
        }
        #expect(try groups(plan) == [["samples@0.1.0"]])
        #expect(
            plan.warnings
                == ["pre", "post"].map {
                    "\($0)-buildpacks have no effect where the buildpacks are declared one by one"
                }
        )
    }

    @Test("extensions replace those of the builder, in one group")
    func extensions() throws {
        let plan = try plan(["/cwd/e"]) { $0.extensions = ["e", "acme/rpm"] }
        #expect(plan.extensionFetches == [.path("/cwd/e")])
        let order = try plan.order { _ throws in ModuleName(id: "e", version: "1") }
        #expect(order.extensionOrder.groups.map { $0.map(\.description) } == [["e@1", "acme/rpm@0.0.1"]])
        #expect(order.extensionOrder.groups[0].allSatisfy { $0.isOptional && $0.kind == .imageExtension })
        #expect(order.order.groups.count == 2)
        for text in ["from=builder", "urn:cnb:registry:a/b", "urn:cnb:builder:acme/java"] {
            #expect(throws: DistributionError.self) { try self.plan { $0.extensions = [text] } }
        }
    }

    @Test("a builder without an order can't be added to")
    func noOrder() throws {
        let builder = BuilderMetadata(user: BuilderUser(uid: 1, gid: 1))
        for change: (inout ModuleSelection) -> Void in [
            { $0.pre = ["docker://x"] }, { $0.buildpacks = ["from=builder"] },
        ] {
            var selection = ModuleSelection()
            change(&selection)
            let error = #expect(throws: DistributionError.self) {
                try OrderPlan(selection, builder: builder) { _ in false }
            }
            #expect(error?.description.contains("the builder has no order") == true)
        }
    }
}
