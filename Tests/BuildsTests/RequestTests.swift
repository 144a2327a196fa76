import ImageLibrary
import OCI
import POSIX
import TestSupport
import Testing

@testable import Builds

@Suite("Build requests")
struct RequestTests {
    @Test(
        "a platform is linux with an architecture",
        arguments: [("linux/amd64", "amd64", ""), ("linux/arm/v7", "arm", "v7")]
    )
    func platforms(_ text: String, _ architecture: String, _ variant: String) throws {
        let platform = try RequestValues.platform(text)
        #expect((platform.os, platform.architecture, platform.variant) == ("linux", architecture, variant))
    }

    @Test("nonsense is refused with what was expected", arguments: ["amd64", "windows/amd64", "linux/", "linux/a/b/c"])
    func badPlatforms(_ text: String) {
        let error = #expect(throws: BuildError.self) { try RequestValues.platform(text) }
        #expect(error?.exitCode == 2)
        #expect(error?.description.contains("expected linux/ARCH") == true)
    }

    @Test("what a build is to see has to be there, and is named where it isn't")
    func places() throws {
        let scratch = try TemporaryDirectory()
        let file = try scratch.write("file", "x")
        func refusal(_ change: (inout BuildRequest) -> Void) -> String {
            var request = BuildRequest()
            change(&request)
            do {
                try RequestValues.checkPlaces(request)
                return ""
            } catch {
                return error.exitCode == 2 ? error.description : "another exit code"
            }
        }
        #expect(refusal { $0.volumes = [.init(source: file, target: "/data/file")] } == "")
        #expect(refusal { $0.volumes = [.init(source: scratch.path("none"), target: "/x")] }.contains("there is no '"))
        #expect(refusal { $0.volumes = [.init(source: file, target: "x")] }.contains("absolute"))
        #expect(refusal { $0.bindings = [.init(type: "maven", directory: file)] }.contains("no such directory"))
        #expect(refusal { $0.caCertificates = [scratch.path("ca.pem")] }.contains("ca.pem"))
    }

    @Test("a creation time is seconds, or now")
    func times() throws {
        #expect(try RequestValues.creationTime(nil) == nil)
        #expect(try RequestValues.creationTime("1700000000") == 1_700_000_000)
        let now = try #require(try RequestValues.creationTime("now"))
        #expect(abs(now - Clock.now.seconds) < 60)
        for text in ["-1", "yesterday", "1.5", ""] {
            #expect(throws: BuildError.self) { try RequestValues.creationTime(text) }
        }
    }

    private func names(_ change: (inout BuildRequest) -> Void) throws -> BuildNames {
        var request = BuildRequest()
        change(&request)
        let scratch = try TemporaryDirectory()
        return try BuildNames(request, app: AppDirectory(scratch.makeDirectory("shop")))
    }

    @Test("an image is named after its directory, and goes to the store")
    func usualNames() throws {
        let names = try names { _ in }
        #expect(names.main.original == "shop")
        #expect(names.outputs == [.store])
        #expect(names.needsAllLayers)
    }

    @Test("what only goes to a registry needs no layers of the run image")
    func published() throws {
        let names = try names {
            $0.tags = ["registry.example.com/shop:1", "registry.example.com/shop:latest"]
            $0.outputs = ["registry", "registry"]
        }
        #expect(names.outputs == [.registry])
        #expect(!names.needsAllLayers)
        #expect(names.registry == "registry.example.com")
    }

    @Test("names and places that are none are usage errors")
    func badNames() {
        for change in [
            { (request: inout BuildRequest) in request.tags = ["Shop"] },
            { $0.tags = ["a@sha256:" + "0".repeated(64)] },
            { $0.outputs = ["floppy:A"] },
        ] {
            let error = #expect(throws: BuildError.self) { try names(change) }
            #expect(error?.exitCode == 2)
        }
    }

    @Test("the phases are told the specification's paths, and only export the time")
    func phases() {
        let programs = PhasePrograms(
            paths: PhasePaths(workspace: "/workspace"),
            uid: 1001,
            gid: 1002,
            environment: ["CNB_PLATFORM_API=0.15"],
            builderEnvironment: ["PATH=/bin"]
        )
        let export = programs.export(image: "app", process: "web", creationTime: 7)
        #expect(export.arguments.suffix(3) == ["-process-type", "web", "app"])
        #expect(export.environment == ["CNB_PLATFORM_API=0.15", "SOURCE_DATE_EPOCH=7"])
        #expect(export.root == .bare)
        let build = programs.build()
        #expect(build.root == .builder)
        #expect(build.environment == ["PATH=/bin", "CNB_PLATFORM_API=0.15"])
        #expect(!(build.arguments + programs.detect().arguments).contains("-layout-dir"))
        let analyze = programs.analyze(image: "app", previousImage: "old", runImage: "run")
        #expect(analyze.arguments.suffix(3) == ["-previous-image", "old", "app"])
    }
}

@Suite("Places")
struct PlaceTests {
    @Test("directories follow XDG, and our own variables before it")
    func home() {
        let home = SlipwayHome(environment: ["HOME": "/home/me"])
        #expect(home.storeDir == "/home/me/.local/share/slipway")
        #expect(home.cacheDir == "/home/me/.cache/slipway")
        // Somebody else's directory in /tmp would give them what we build with.
        #expect(SlipwayHome(environment: [:]).storeDir.hasPrefix("/tmp/slipway-\(Users.effectiveUserID)"))
        let own = SlipwayHome(environment: ["HOME": "/h", "XDG_DATA_HOME": "/data", "SLIPWAY_CACHE_HOME": "/c"])
        #expect((own.storeDir, own.cacheDir) == ("/data/slipway", "/c"))
    }

    @Test("what killed builds have left goes away with the next one, what runs or was kept stays")
    func leftovers() throws {
        let scratch = try TemporaryDirectory()
        let home = SlipwayHome(environment: ["HOME": scratch.path])
        // Killed while it was removed, or before it had anything.
        try scratch.makeDirectory(".cache/slipway/builds/empty")
        try scratch.write(".cache/slipway/builds/dead/root/file", "")
        let first = try BuildDirectory(in: home)
        for name in ["dead", "empty"] { #expect(!FileSystem.exists(scratch.path(".cache/slipway/builds/\(name)"))) }
        let second = try BuildDirectory(in: home)
        #expect(FileSystem.exists(first.root))
        first.keep()
        second.remove()
        let third = try BuildDirectory(in: home)
        #expect(FileSystem.exists(first.root))
        #expect(!FileSystem.exists(second.path))
        third.remove()
    }

    @Test("a lifecycle is found by its programs, also behind a link")
    func installation() throws {
        let scratch = try TemporaryDirectory()
        try scratch.write("real/lifecycle", "")
        try scratch.makeDirectory("linked")
        try FileSystem.createSymlink(scratch.path("linked/lifecycle"), target: "../real/lifecycle")
        #expect(throws: BuildError.self) {
            try Installation(lifecycleDir: scratch.path("linked"), environment: [:])
        }
        try scratch.write("real/launcher", "")
        let found = try Installation(lifecycleDir: nil, environment: ["SLIPWAY_LIFECYCLE": scratch.path("linked")])
        #expect(found.lifecycleDir == (try FileSystem.realPath(scratch.path("real"))))
    }

    @Test("variables and bindings become files, and certificates a binding of their own")
    func platform() throws {
        let scratch = try TemporaryDirectory()
        let directory = try BuildDirectory(in: SlipwayHome(environment: ["HOME": scratch.path]))
        defer { directory.remove() }
        try scratch.write("builder/platform/env/BP_A", "builder")
        try scratch.write("builder/platform/env/BP_B", "builder")
        try scratch.write("secret/password", "hunter2")
        let certificate = try scratch.write("ca.pem", "PEM")
        let files = PlatformFiles(directory: directory, target: "/platform")
        try files.writeVariables(builderRoot: scratch.path("builder"), [("BP_B", "first"), ("BP_B", "own")])
        try files.writeBindings(
            [BuildRequest.Binding(type: "maven", directory: scratch.path("secret"))],
            certificates: [certificate]
        )
        func text(_ path: String) throws -> String { try FileSystem.readText(directory.place("/platform/\(path)")) }
        #expect(try text("env/BP_A") == "builder")
        #expect(try text("env/BP_B") == "own")
        #expect(try text("bindings/0-maven/type") == "maven")
        #expect(try text("bindings/0-maven/password") == "hunter2")
        #expect(try text("bindings/slipway-ca-certificates/type") == "ca-certificates")
        #expect(try text("bindings/slipway-ca-certificates/0-ca.pem") == "PEM")
    }

    @Test("the tags of a repository share a cache, its builders don't")
    func caches() throws {
        let home = SlipwayHome(environment: ["HOME": "/h"])
        func path(_ name: String, _ builder: String) throws -> String {
            LayerCacheDirectory(in: home, for: try ImageReference(name), builder: builder).path
        }
        #expect(try path("shop:1", "host") == path("docker.io/library/shop:2", "host"))
        #expect(try path("shop", "host") != path("shop", "other"))
        #expect(try path("shop", "host") != path("shop2", "host"))
    }
}

extension String {
    fileprivate func repeated(_ count: Int) -> String { String(repeating: self, count: count) }
}
