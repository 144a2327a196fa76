import BuildpackModel
import CNBCore
import Dockerfile
import POSIX
import PlatformModel
import TestSupport
import Testing

@testable import Phases

@Suite("Dockerfiles of extensions")
struct ExtensionDockerfileTests {
    private let directory: TemporaryDirectory
    private static let text = "ARG base_image\nFROM ${base_image}\nRUN true\n"

    init() throws { directory = try TemporaryDirectory() }

    private func find(_ kind: DockerfileKind, api: String = "0.13") throws -> [ExtensionDockerfile] {
        var platform = ResolvedInputs(completed: PlatformInputs { _ in nil })
        platform.generatedDir = directory.path("generated")
        platform.appDir = "/the/app"
        let extensions = ["acme/one", "acme/two"].map {
            GroupElement(kind: .imageExtension, id: BuildpackID(stringLiteral: $0), version: "1.0.0")
        }
        return try ExtensionDockerfile.find(
            extensions,
            ExtendInputs(platformAPI: PlatformAPI(api), platform: platform, kind: kind)
        )
    }

    @Test("are found by kind, in the group's order, each with its arguments and the app as its context")
    func found() throws {
        try directory.write("generated/acme_two/run.Dockerfile", Self.text)
        try directory.write("generated/acme_one/run.Dockerfile", Self.text)
        try directory.write("generated/acme_two/build.Dockerfile", Self.text)
        try directory.write(
            "generated/acme_two/extend-config.toml",
            "[[run.args]]\nname = \"a\"\nvalue = \"run\"\n[[build.args]]\nname = \"a\"\nvalue = \"build\"\n"
        )
        let run = try find(.run)
        #expect(run.map(\.extensionID) == ["acme/one", "acme/two"])
        #expect(run.map(\.arguments) == [[:], ["a": "run"]])
        #expect(run.map(\.contextDir) == ["/the/app", "/the/app"])
        #expect(run[0].name(.run) == "run.Dockerfile of extension acme/one")
        #expect(try find(.build).map(\.arguments) == [["a": "build"]])
    }

    @Test("copy from the folder for their kind, or from the shared one")
    func contexts() throws {
        for id in ["acme_one", "acme_two"] {
            try directory.write("generated/\(id)/run.Dockerfile", Self.text)
            try directory.write("generated/\(id)/build.Dockerfile", Self.text)
        }
        let own = try directory.makeDirectory("generated/acme_one/context.run")
        let shared = try directory.makeDirectory("generated/acme_two/context")
        #expect(try find(.run).map(\.contextDir) == [own, shared])
        #expect(try find(.build).map(\.contextDir) == ["/the/app", shared])
    }

    @Test("stand in a directory a kind where the Platform API is older than 0.13")
    func olderLayout() throws {
        try directory.write("generated/run/acme_one/Dockerfile", Self.text)
        try directory.write("generated/run/acme_one/extend-config.toml", "[[run.args]]\nname = \"a\"\nvalue = \"b\"\n")
        try directory.makeDirectory("generated/run/acme_one/context")
        let found = try find(.run, api: "0.12")
        #expect(found.map(\.arguments) == [["a": "b"]])
        #expect(found.map(\.contextDir) == ["/the/app"])
        #expect(try find(.build, api: "0.12").isEmpty)
    }

    @Test("that break the rules are errors with the file and the line")
    func mistakes() throws {
        let path = try directory.write("generated/acme_one/build.Dockerfile", "FROM x\nRUN true\n")
        let error = #expect(throws: PhaseError.self) { try find(.build) }
        #expect(error?.kind == .extend)
        #expect(error?.message.hasPrefix("failed to parse \(path): line 1") == true, "\(String(describing: error))")
    }

    @Test("don't set arguments that the lifecycle sets")
    func reservedArguments() throws {
        try directory.write("generated/acme_one/run.Dockerfile", Self.text)
        try directory.write(
            "generated/acme_one/extend-config.toml",
            "[[run.args]]\nname = \"user_id\"\nvalue = \"0\"\n"
        )
        #expect(throws: PhaseError.self) { try find(.run) }
    }
}
