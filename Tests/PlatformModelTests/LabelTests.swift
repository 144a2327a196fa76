import BuildpackModel
import CNBCore
import PlatformModel
import TOML
import TestSupport
import Testing

@Suite("Labels and analyzed.toml")
struct LabelTests {
    private static let label = """
        {"app":[{"sha":"sha256:a"}],"sbom":{"sha":"sha256:b"},"buildpacks":[{"key":"acme/one","version":"1.0.0",\
        "layers":{"a":{"sha":"sha256:c","data":{"n":2,"v":"<&>"},"build":false,"launch":true,"cache":false},\
        "b":{"sha":"sha256:d","data":null,"build":true,"launch":true,"cache":true}},"store":{"metadata":{"k":1}}},\
        {"key":"acme/two","version":"2.0.0","layers":{}}],"config":{"sha":"sha256:e"},"launcher":{"sha":"sha256:f"},\
        "process-types":{"sha":""},"runImage":{"topLayer":"sha256:g","reference":"run@sha256:h","image":"run",\
        "mirrors":["m/run"]},"stack":{"runImage":{"image":"run","mirrors":["m/run"]}}}
        """

    /// The label has `<`, `>` and `&` escaped, as Go does it.
    private static let escaped = label.split(separator: "<&>").joined(separator: #"\u003c\u0026\u003e"#)

    @Test("a label is written byte for byte as it was read")
    func roundTrip() throws {
        let label = try LifecycleMetadataLabel(label: Self.label)
        #expect(try label.label() == Self.escaped)
        #expect(label.buildpack("acme/one")?.layers["a"]?.launch == true)
        #expect(label.buildpack("acme/three") == nil)
    }

    @Test("an empty label has all keys, and null for lists that nothing was added to")
    func empty() throws {
        let text = try LifecycleMetadataLabel().label()
        #expect(text.hasPrefix(#"{"app":[],"buildpacks":null,"config":{"sha":""},"launcher":{"sha":""}"#))
    }

    @Test("labels of the wrong form are refused", arguments: ["x", "[]", #"{"app":{"sha":"x"}}"#, #"{"config":1}"#])
    func malformed(text: String) {
        #expect(throws: PlatformModelError.self) { try LifecycleMetadataLabel(label: text) }
    }

    @Test("rebase hands an app entry of another form on as it is")
    func foreignApp() throws {
        let label = try LifecycleMetadataLabel(label: #"{"app":{"sha":"old"}}"#, keepingForeignApp: true)
        #expect(try label.label().hasPrefix(#"{"app":{"sha":"old"},"#))
    }

    @Test("numbers that went through a label are floats in analyzed.toml")
    func analyzedTOML() throws {
        var analysis = AnalysisMetadata(previousImage: "app@sha256:x", runImage: AnalyzedRunImage(reference: "run"))
        analysis.layers = try LifecycleMetadataLabel(label: Self.label)
        analysis.runImage?.target = RunImageTarget(os: "linux", arch: "amd64")
        let text = TOMLWriter.write(analysis.toml)
        #expect(text.contains("n = 2.0\n"))
        #expect(text.contains("[metadata.buildpacks.store.metadata]\n        k = 1.0\n"))
        let again = try AnalysisMetadata(toml: try TOMLDocument.parse(text))
        #expect(again == analysis)
        #expect(try again.layers.label() == Self.escaped)
    }

    @Test("a variant is read under the specification's name and the Go lifecycle's, and written under both")
    func variantNames() throws {
        for name in ["variant", "arch-variant"] {
            let text = "[run-image]\n[run-image.target]\nos = \"linux\"\narch = \"arm64\"\n\(name) = \"v8\"\n"
            let target = try #require(try AnalysisMetadata(toml: try TOMLDocument.parse(text)).runImage?.target)
            #expect(target.variant == "v8")
            #expect(try target.toml.string("variant") == "v8")
            #expect(try target.toml.string("arch-variant") == "v8")
        }
    }

    @Test("the first analyzed.toml of an app is the reference's")
    func firstAnalysis() {
        let analysis = AnalysisMetadata(previousImage: "", runImage: AnalyzedRunImage(reference: "r", image: "i"))
        #expect(
            TOMLWriter.write(analysis.toml) == """
                [image]
                  reference = ""

                [metadata]
                  [metadata.config]
                    sha = ""
                  [metadata.launcher]
                    sha = ""
                  [metadata.process-types]
                    sha = ""
                  [metadata.run-image]
                    top-layer = ""
                    reference = ""

                [run-image]
                  reference = "r"
                  image = "i"

                """
        )
    }

    private static let detours: [(toml: String, json: String)] = [
        ("z = 1\na = 2.0", #"{"a":2,"z":1}"#),
        ("n = 1e21", #"{"n":1e+21}"#),
        ("n = 100000000000000000000.0", #"{"n":100000000000000000000}"#),
        ("n = 0.000001", #"{"n":0.000001}"#),
        ("n = 0.00000012", #"{"n":1.2e-7}"#),
        ("n = -1234.5", #"{"n":-1234.5}"#),
        ("n = -0.0", #"{"n":-0}"#),
        ("d = 2024-01-02T03:04:05Z", #"{"d":"2024-01-02T03:04:05Z"}"#),
        ("d = 2024-01-02", #"{"d":"2024-01-02T00:00:00Z"}"#),
    ]

    @Test(
        "metadata takes Go's detours: sorted keys, shortest numbers, dates as strings",
        arguments: Self.detours
    )
    func conversion(toml: String, json: String) throws {
        let source = ProjectMetadata.Source(metadata: try TOMLDocument.parse(toml))
        #expect(try ProjectMetadata(source: source).label() == #"{"source":{"metadata":\#(json)}}"#)
    }

    @Test("what JSON can't hold is refused")
    func infinity() throws {
        let source = ProjectMetadata.Source(metadata: try TOMLDocument.parse("n = inf"))
        #expect(throws: PlatformModelError.self) { try ProjectMetadata(source: source).label() }
    }

    @Test("the build label depends on the Platform API")
    func buildLabel() throws {
        let build = BuildMetadata(
            buildpacks: [GroupElement(id: "acme/one", version: "1", api: "0.10", homepage: "https://one.example")],
            processes: [ProcessEntry(type: "web", command: ["run", "it"], buildpackID: "acme/one")],
            defaultProcessType: "web"
        )
        let version = BuildMetadataLabel.LauncherVersion(version: "1.2", repository: "r", commit: "c")
        let label = BuildMetadataLabel(build: build, launcher: version)
        #expect(
            try label.label(platformAPI: PlatformAPI("0.15")) == #"{"buildpacks":[{"id":"acme/one","version":"1","#
                + #""homepage":"https://one.example"}],"launcher":{"version":"1.2","source":{"git":{"repository":"r","#
                + #""commit":"c"}}},"processes":[{"type":"web","command":["run","it"],"args":null,"direct":true,"#
                + #""buildpackID":"acme/one"}],"buildpack-default-process-type":"web"}"#
        )
        let old = try label.label(platformAPI: PlatformAPI("0.8"))
        #expect(old.hasPrefix(#"{"bom":null,"#))
        #expect(old.contains(#""command":"run","args":["it"]"#))
    }

    @Test("names of run images are compared without digests and with default tags")
    func runImageNames() {
        let names = RunImageNames(image: "run", mirrors: ["m.example/run:1"])
        #expect(names.contains("index.docker.io/library/run:latest"))
        #expect(names.contains("m.example/run:1@sha256:\(String(repeating: "0", count: 64))"))
        #expect(!names.contains("m.example/run"))
    }
}
