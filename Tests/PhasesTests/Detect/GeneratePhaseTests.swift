import BuildpackModel
import CNBCore
import Console
import Phases
import PlatformModel
import TestSupport
import Testing

@Suite("Generate")
struct GeneratePhaseTests {
    private let fixture: ModuleFixture

    init() throws {
        fixture = try ModuleFixture()
        try fixture.buildpack("needs", detect: #"printf '[[requires]]\nname = "curl"\n' > "$2""#)
    }

    private let provides = #"printf '[[provides]]\nname = "curl"\n' > "$2""#

    private func generate(_ platformAPI: String = "0.15") throws -> GenerateResult {
        var inputs = try fixture.detectInputs(platformAPI)
        inputs.experimentalMode = .quiet
        let detected = try fixture.detect(inputs)
        return try GeneratePhase(inputs: inputs, detected: detected, logger: fixture.logger).run()
    }

    /// A shell command that writes a `run.Dockerfile` with these lines after `ARG`.
    private func runDockerfile(_ lines: String...) -> String {
        "printf '\((["ARG base_image"] + lines).joined(separator: "\\n"))\\n' > \"$1/run.Dockerfile\""
    }

    @Test("Dockerfiles stay in the extension's directory, and what it provided is not asked of buildpacks")
    func extensionDirectories() throws {
        try fixture.imageExtension(
            "acme/tools",
            detect: provides,
            generate: "\(runDockerfile("FROM ${base_image}", "RUN true")); cat \"$3\" > plan.txt; pwd >> plan.txt"
        )
        try fixture.order([["needs"]], extensions: [["acme/tools"]])
        try fixture.root.write("layers/analyzed.toml", "[run-image]\nreference = \"old\"\nimage = \"old\"\n")
        let result = try generate()
        #expect(fixture.exists("layers/generated/acme_tools/run.Dockerfile"))
        #expect(result.analysis.runImage == AnalyzedRunImage(reference: "old", image: "old", extend: true))
        #expect(!result.analysis.extendsBuildImage)
        #expect(result.plan.entries.isEmpty)
        #expect(fixture.text("layers/plan.toml") == "")
        #expect(fixture.lines("app/plan.txt") == ["[[entries]]", "  name = \"curl\"", fixture.root.path("app")])
        #expect(fixture.lines("layers/analyzed.toml").contains("  extend = true"))
    }

    @Test("a Dockerfile for the build image is on record from Platform API 0.13", arguments: ["0.12", "0.13"])
    func buildImageExtended(api: String) throws {
        try fixture.imageExtension(
            "acme/tools",
            detect: provides,
            generate: "printf 'ARG base_image\\nFROM ${base_image}\\nRUN true\\n' > \"$1/build.Dockerfile\""
        )
        try fixture.order([["needs"]], extensions: [["acme/tools"]])
        try fixture.root.write("layers/analyzed.toml", "[build-image]\n  reference = \"build\"\n")
        #expect(try generate(api).analysis.extendsBuildImage == (api == "0.13"))
        let written = try #require(fixture.text("layers/analyzed.toml"))
        #expect(written.contains("reference = \"build\""))
        #expect(written.contains("extend = true") == (api == "0.13"))
    }

    @Test("before Platform API 0.13 Dockerfiles are copied to a directory for each kind")
    func kindDirectories() throws {
        try fixture.imageExtension(
            "acme/tools",
            detect: provides,
            generate: """
                printf 'ARG base_image\\nFROM ${base_image}\\nRUN true\\n' > "$1/build.Dockerfile"
                printf '[[build.args]]\\nname = "A"\\nvalue = "1"\\n' > "$1/extend-config.toml"
                """
        )
        try fixture.order([["needs"]], extensions: [["acme/tools"]])
        _ = try generate("0.12")
        #expect(fixture.exists("layers/generated/build/acme_tools/Dockerfile"))
        #expect(fixture.exists("layers/generated/build/acme_tools/extend-config.toml"))
        #expect(!fixture.exists("layers/generated/run"))
    }

    @Test("a Dockerfile that names another run image switches to it, and makes earlier ones pointless")
    func switchRunImage() throws {
        try fixture.imageExtension("first", generate: runDockerfile("FROM ${base_image}", "RUN true"))
        try fixture.imageExtension("second", generate: runDockerfile("FROM new.example/run"))
        try fixture.order([["plain"]], extensions: [["first", "second"]])
        try fixture.buildpack("plain")
        let result = try generate()
        #expect(result.analysis.runImage == AnalyzedRunImage(reference: "new.example/run", image: "new.example/run"))
        #expect(fixture.exists("layers/generated/first/run.Dockerfile.ignore"))
        #expect(fixture.exists("layers/generated/second/run.Dockerfile"))
        #expect(fixture.logger.messages.contains("new runtime base image 'new.example/run' not found in run metadata"))
    }

    @Test("an extension without executables has its plan and its output ready", arguments: ["0.12", "0.13"])
    func readyOutput(platformAPI: String) throws {
        try fixture.imageExtension("ready")
        try fixture.root.write("extensions/ready/1.0.0/detect/plan.toml", "[[provides]]\nname = \"curl\"\n")
        try fixture.root.write(
            "extensions/ready/1.0.0/generate/build.Dockerfile",
            "ARG base_image\nFROM ${base_image}\nRUN true\n"
        )
        try fixture.order([["needs"]], extensions: [["ready"]])
        _ = try generate(platformAPI)
        let path = platformAPI == "0.12" ? "build/ready/Dockerfile" : "ready/build.Dockerfile"
        #expect(fixture.exists("layers/generated/\(path)"))
    }

    @Test(
        "what is not allowed is an error",
        arguments: [
            ("exit 5", PhaseErrorKind.extensionFailed),
            (#"printf 'FROM a\nFROM b\n' > "$1/run.Dockerfile""#, .generate),
            (#"printf 'ARG base_image\nFROM other\n' > "$1/build.Dockerfile""#, .generate),
            (#"printf '[[build.args]]\nname = "user_id"\nvalue = "0"\n' > "$1/extend-config.toml""#, .generate),
            (#"mkdir "$1/context" "$1/context.run""#, .generate),
        ]
    )
    func failures(script: String, kind: PhaseErrorKind) throws {
        try fixture.imageExtension("ext", detect: provides, generate: script)
        try fixture.order([["needs"]], extensions: [["ext"]])
        #expect(failureKind { try generate() } == kind)
    }

    @Test("an extension that requires something is in error, but extensions are optional")
    func requiringExtension() throws {
        try fixture.imageExtension("ext", detect: #"printf '[[requires]]\nname = "x"\n' > "$2""#)
        try fixture.buildpack("plain")
        try fixture.order([["plain"]], extensions: [["ext"]])
        #expect(
            try fixture.detect().group == Group(buildpacks: [GroupElement(id: "plain", version: "1.0.0", api: "0.12")])
        )
    }

    @Test("where the Platform API has extensions as an experiment, they have to be allowed")
    func experiment() throws {
        try fixture.imageExtension("ext")
        try fixture.order([["needs"]], extensions: [["ext"]])
        #expect(failureKind { try fixture.detect(fixture.detectInputs("0.12")) } == .failed)
    }
}
