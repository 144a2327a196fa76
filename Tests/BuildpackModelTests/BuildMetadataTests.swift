import BuildpackModel
import CNBCore
import TOML
import TestSupport
import Testing

@Suite("metadata.toml")
struct BuildMetadataTests {
    private let metadata = BuildMetadata(
        buildpacks: [GroupElement(id: "acme/a", version: "1.0.0", api: "0.12")],
        extensions: [GroupElement(kind: .imageExtension, id: "acme/e", version: "1.0.0", api: "0.10")],
        labels: [ImageLabel(key: "k", value: "v\n")],
        processes: [
            ProcessEntry(
                type: "web",
                command: ["run", "a \"b\" <&> \t\u{1}\u{2028}☃"],
                args: ["x"],
                buildpackID: "acme/a",
                workingDirectory: "/w",
                execEnvironments: ["test"]
            ),
            ProcessEntry(type: "worker", command: ["work"], isDirect: false, buildpackID: "acme/a"),
        ],
        slices: [Slice(paths: ["*.txt"]), Slice(paths: []), Slice(paths: nil)],
        defaultProcessType: "web"
    )

    // The file is part of an image layer, so each byte counts.
    @Test("commands are arrays from Platform API 0.10, quoted as Go quotes JSON")
    func text() throws {
        #expect(
            metadata.text(platformAPI: try PlatformAPI("0.15")) == """
                buildpack-default-process-type = "web"

                [[buildpacks]]
                  id = "acme/a"
                  version = "1.0.0"
                  api = "0.12"

                [[extensions]]
                  id = "acme/e"
                  version = "1.0.0"
                  api = "0.10"

                [[labels]]
                  key = "k"
                  value = "v\\n"

                [[processes]]
                  type = "web"
                  command = ["run", "a \\"b\\" \\u003c\\u0026\\u003e \\t\\u0001\\u2028☃"]
                  args = ["x"]
                  direct = true
                  buildpack-id = "acme/a"
                  working-dir = "/w"
                  exec-env = ["test"]

                [[processes]]
                  type = "worker"
                  command = ["work"]
                  direct = false
                  buildpack-id = "acme/a"

                [[slices]]
                  paths = ["*.txt"]

                [[slices]]
                  paths = []

                [[slices]]

                """
        )
    }

    @Test("before Platform API 0.10 the rest of a command goes in front of the arguments")
    func oldText() throws {
        let text = metadata.text(platformAPI: try PlatformAPI("0.9"))
        let read = try BuildMetadata(toml: TOMLDocument.parse(text))
        #expect(read.processes.map(\.command) == [["run"], ["work"]])
        #expect(read.processes.map(\.args) == [["a \"b\" <&> \t\u{1}\u{2028}☃", "x"], []])
    }

    @Test("a list of processes that is empty is written nevertheless, in front of the tables")
    func noProcesses() throws {
        let empty = BuildMetadata(buildpacks: [GroupElement(id: "a", version: "1.0.0")])
        let text = empty.text(platformAPI: .latest)
        #expect(text == "processes = []\n\n[[buildpacks]]\n  id = \"a\"\n  version = \"1.0.0\"\n")
    }

    @Test("metadata.toml that was written reads the same")
    func roundTrip() throws {
        let read = try BuildMetadata(toml: TOMLDocument.parse(metadata.text(platformAPI: .latest)))
        var expected = metadata
        // What an extension is follows from the list that it is in.
        expected.extensions[0].kind = .buildpack
        #expect(read == expected)
    }
}
