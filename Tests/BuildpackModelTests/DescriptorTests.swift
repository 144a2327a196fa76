import BuildpackModel
import CNBCore
import TOML
import TestSupport
import Testing

@Suite("Descriptors")
struct DescriptorTests {
    private func buildpack(_ text: String, rootDir: String = "/nowhere") throws -> BuildpackDescriptor {
        try BuildpackDescriptor(toml: TOMLDocument.parse(text, file: "buildpack.toml"), rootDir: rootDir)
    }

    @Test("all fields of buildpack.toml are read")
    func allFields() throws {
        let descriptor = try buildpack(
            """
            api = "0.12"
            [buildpack]
            id = "acme/node"
            version = "1.2.3"
            name = "Node"
            homepage = "https://acme.example"
            clear-env = true
            exec-env = ["production", "test"]
            sbom-formats = ["application/spdx+json"]
            [[targets]]
            os = "linux"
            arch = "arm64"
            variant = "v8"
            [[targets.distros]]
            name = "debian"
            version = "12"
            """
        )
        let module = descriptor.module
        #expect(module.api == "0.12")
        #expect(module.identity == "acme/node@1.2.3")
        #expect(module.name == "Node")
        #expect(module.homepage == "https://acme.example")
        #expect(module.clearEnv)
        #expect(module.execEnvironments == ["production", "test"])
        #expect(descriptor.sbomFormats == ["application/spdx+json"])
        let distribution = Distribution(name: "debian", version: "12")
        #expect(module.targets == [Target(os: "linux", arch: "arm64", variant: "v8", distributions: [distribution])])
        #expect(!descriptor.isComposite)
    }

    @Test("exec-env may also be an array of tables, as the specification has it")
    func execEnvironmentTables() throws {
        let descriptor = try buildpack(
            """
            api = "0.12"
            [buildpack]
            id = "a"
            version = "1.0.0"
            [[buildpack.exec-env]]
            name = "test"
            """
        )
        #expect(descriptor.module.execEnvironments == ["test"])
    }

    @Test(
        "a descriptor that breaks a rule is refused where it breaks it",
        arguments: [
            (#"id = "../b""#, #"version = "1""#, "line 3, column 6 (buildpack.id): '../b' is not a valid id"),
            (#"id = "config""#, #"version = "1.0.0""#, "line 3, column 6 (buildpack.id): 'config' is not a valid id"),
            (#"id = 3"#, #"version = "1.0.0""#, "line 3, column 6 (buildpack.id): expected a string"),
            (#"id = "a""#, #"version = "..""#, "line 4, column 11 (buildpack.version): '..' is not a valid version"),
            (#"version = "1.0.0""#, #"name = "a""#, "line 2, column 2 (buildpack): missing key id"),
        ]
    )
    func refused(id: String, version: String, message: String) {
        #expect {
            try buildpack("api = \"0.12\"\n[buildpack]\n\(id)\n\(version)\n")
        } throws: { error in
            "\(error)".hasPrefix("buildpack.toml: \(message)")
        }
    }

    @Test(
        "a version need not be there, or have any form",
        arguments: ["", #"version = "1.0""#, #"version = "v1-rc.1""#]
    )
    func anyVersion(line: String) throws {
        let version = try buildpack("api = \"0.12\"\n[buildpack]\nid = \"a_b\"\n\(line)\n").module.version
        #expect(version.text == line.split(separator: "\"").dropFirst().first.map(String.init) ?? "")
    }

    @Test(
        "keys that no build uses are no reason to refuse a descriptor, whatever their type",
        arguments: [
            ("", #"keywords = "a, b""#), ("", #"licenses = ["MIT"]"#), ("", "[buildpack.licenses]\ntype = \"MIT\""),
            ("", #"description = ["x"]"#), (#"metadata = "x""#, ""), ("", "[[metadata]]\nx = 1"),
            ("", "[[stacks]]\nid = \"*\"\nmixins = \"curl\""), ("", "[[targets]]\nos = \"linux\"\nvariant = 8"),
        ]
    )
    func ignoredKeys(head: String, tail: String) throws {
        let text = "\(head)\napi = \"0.12\"\n[buildpack]\nid = \"a\"\nversion = \"1.0.0\"\n\(tail)\n"
        #expect(try buildpack(text).module.id.text == "a")
    }

    @Test(
        "stacks of old buildpacks stand for targets",
        arguments: [
            ("0.9", ["io.buildpacks.stacks.bionic"], ["linux/amd64"]),
            ("0.9", ["io.buildpacks.stacks.bionic", "other"], []),
            ("0.10", ["io.buildpacks.stacks.bionic", "other"], ["linux/amd64"]),
            ("0.9", ["other", "*"], ["/"]),
            ("0.9", ["other"], []),
        ]
    )
    func stacks(api: String, stacks: [String], targets: [String]) throws {
        let lines = stacks.map { "[[stacks]]\nid = \"\($0)\"\n" }.joined()
        let descriptor = try buildpack("api = \"\(api)\"\n[buildpack]\nid = \"a\"\nversion = \"1.0.0\"\n\(lines)")
        #expect(descriptor.module.targets.map { "\($0.os)/\($0.arch)" } == targets)
    }

    @Test("without targets, what is in bin/ says that a module is for Linux")
    func inferredTargets() throws {
        let directory = try TemporaryDirectory()
        let text = "api = \"0.12\"\n[buildpack]\nid = \"a\"\nversion = \"1.0.0\"\n"
        #expect(try buildpack(text, rootDir: directory.path).module.targets.isEmpty)
        try directory.write("bin/build", "")
        #expect(try buildpack(text, rootDir: directory.path).module.targets == [Target(os: "linux")])

        let extensionText = try TOMLDocument.parse("api = \"0.12\"\n[extension]\nid = \"a\"\nversion = \"1.0.0\"\n")
        let empty = try TemporaryDirectory()
        #expect(try ExtensionDescriptor(toml: extensionText, rootDir: empty.path).module.targets == [Target()])
        try empty.write("bin/generate", "")
        #expect(
            try ExtensionDescriptor(toml: extensionText, rootDir: empty.path).module.targets == [Target(os: "linux")]
        )
    }

    @Test("a composite buildpack has an order of buildpacks, some of them optional")
    func composite() throws {
        let descriptor = try buildpack(
            """
            api = "0.12"
            [buildpack]
            id = "a"
            version = "1.0.0"
            [[order]]
            group = [{ id = "b", version = "2.0.0", optional = true }, { id = "c", version = "3.0.0" }]
            """
        )
        #expect(descriptor.isComposite)
        #expect(descriptor.order.groups.map { $0.map(\.description) } == [["b@2.0.0", "c@3.0.0"]])
        #expect(descriptor.order.groups[0].map(\.isOptional) == [true, false])
    }

    @Test("errors of files name the file")
    func fileErrors() throws {
        let directory = try TemporaryDirectory()
        #expect {
            try BuildpackDescriptor(rootDir: directory.path)
        } throws: { error in
            "\(error)" == "open \(directory.path)/buildpack.toml: no such file or directory"
        }
        let path = try directory.write("buildpack.toml", "api = [")
        #expect {
            try BuildpackDescriptor(rootDir: directory.path)
        } throws: { error in
            "\(error)".hasPrefix("parse \(path): line 1")
        }
    }
}
