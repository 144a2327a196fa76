import BuildpackModel
import CNBCore
import TOML
import Testing

@Suite("Output files of buildpacks")
struct OutputFileTests {
    // MARK: - <layer>.toml

    @Test("the types of a layer are read from their table")
    func layerTypes() throws {
        let layer = try LayerMetadata(toml: TOMLDocument.parse("[types]\nlaunch = true\n[metadata]\nv = 1"))
        #expect(layer == LayerMetadata(launch: true, metadata: .table(["v": 1])))
        #expect(!layer.isIgnored)
        #expect(try LayerMetadata(toml: TOMLTable()).isIgnored)
    }

    @Test("types at the top level, where old APIs had them, are an error", arguments: ["build", "launch", "cache"])
    func topLevelTypes(type: String) throws {
        let document = try TOMLDocument.parse("\(type) = true")
        #expect(throws: TOMLError.self) { try LayerMetadata(toml: document) }
    }

    @Test("a layer's metadata is written sorted and without types")
    func layerText() {
        let metadata: TOMLTable = ["z": 1, "a": .table(["y": true, "b": "x"])]
        let layer = LayerMetadata(build: true, metadata: .table(metadata))
        #expect(TOMLWriter.write(layer.toml) == "[metadata]\n  z = 1\n  [metadata.a]\n    b = \"x\"\n    y = true\n")
        #expect(TOMLWriter.write(LayerMetadata().toml).isEmpty)
    }

    // MARK: - launch.toml and build.toml

    private func launch(_ text: String, api: String) throws -> LaunchTOML {
        try LaunchTOML(toml: TOMLDocument.parse(text), api: BuildpackAPI(api), buildpackID: "acme/a")
    }

    @Test("before API 0.9 a command is a string, and run by a shell unless it is direct")
    func stringCommand() throws {
        let processes = try launch(
            """
            [[processes]]
            type = "web"
            command = "echo $HOME"
            [[processes]]
            type = "worker"
            command = "work"
            direct = true
            args = []
            """,
            api: "0.8"
        ).processes
        #expect(processes.map(\.command) == [["echo $HOME"], ["work"]])
        #expect(processes.map(\.isDirect) == [false, true])
        #expect(processes.map(\.args) == [nil, []])
        #expect(processes.map(\.buildpackID) == ["acme/a", "acme/a"])
    }

    @Test("from API 0.9 a command is an array, and always direct")
    func arrayCommand() throws {
        let text = "[[processes]]\ntype = \"web\"\ncommand = [\"a\", \"b\"]\ndefault = true\nexec-env = [\"test\"]"
        let process = try #require(try launch(text, api: "0.9").processes.first)
        #expect(process.command == ["a", "b"])
        #expect(process.isDirect)
        #expect(process.isDefault)
        #expect(process.execEnvironments == ["test"])
    }

    @Test(
        "a launch.toml that breaks a rule is refused",
        arguments: [
            ("0.8", "[[processes]]\ncommand = [\"a\"]", "expected a string, found an array"),
            ("0.8", "[[processes]]\ntype = \"a\"", "missing key command"),
            ("0.9", "[[processes]]\ncommand = \"a\"", "expected an array of strings, found a string"),
            ("0.9", "[[processes]]\ndirect = true", "process.direct is not supported on this buildpack version"),
            (
                "0.12", "[[processes]]\ndefault = true\n[[processes]]\ndefault = true",
                "multiple default process types aren't allowed"
            ),
        ]
    )
    func refusedLaunch(api: String, text: String, message: String) {
        #expect {
            try launch(text, api: api)
        } throws: { error in
            "\(error)".hasSuffix(message)
        }
    }

    @Test("an unmet entry has to have a name")
    func unmet() throws {
        #expect(try BuildTOML(toml: TOMLDocument.parse("[[unmet]]\nname = \"a\"")).unmet == ["a"])
        let nameless = try TOMLDocument.parse("[[unmet]]")
        #expect(throws: TOMLError.self) { try BuildTOML(toml: nameless) }
    }

    // MARK: - SBOM files

    @Test(
        "the format of an SBOM file is in its name",
        arguments: [
            ("launch.sbom.cdx.json", SBOMFormat.cycloneDX), ("a.sbom.spdx.json", .spdx), ("b.sbom.syft.json", .syft),
            ("b.sbom.json", nil), ("sbom.cdx.json", nil), ("b.sbom.swid.json", nil),
        ]
    )
    func sbomNames(name: String, format: SBOMFormat?) {
        #expect(SBOMFormat(fileName: name) == format)
    }

    @Test("parameters and capitals of a declared media type don't matter")
    func mediaTypes() {
        #expect(SBOMFormat.essence(of: " Application/SPDX+JSON ; version=2") == SBOMFormat.spdx.mediaType)
    }
}
