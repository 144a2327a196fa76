import BuildpackModel
import CNBCore
import Distribution
import TOML
import TestSupport
import Testing

@Suite("project.toml")
struct ProjectDescriptorTests {
    private func read(_ text: String) throws -> ProjectDescriptor {
        try ProjectDescriptor(parsing: Array(text.utf8), file: "project.toml")
    }

    private static let second = """
        [_]
        schema-version = "0.2"
        id = "com.example.shop"
        name = "Shop"
        version = "1.4"
        authors = ["A <a@example.com>"]
        documentation-url = "https://docs.example.com"
        source-url = "https://git.example.com/shop"
        [[_.licenses]]
        type = "MIT"
        [[_.licenses]]
        uri = "https://example.com/license"
        [_.metadata.any]
        thing = 1

        [io.buildpacks]
        builder = "acme/builder:24"
        exclude = ["spec/", "*.log"]
        [[io.buildpacks.group]]
        id = "acme/java"
        [[io.buildpacks.group]]
        id = "acme/maven"
        version = "3.1.0"
        [[io.buildpacks.group]]
        uri = "https://example.com/b.tgz"
        [[io.buildpacks.group]]
        id = "mine"
        [io.buildpacks.group.script]
        api = "0.10"
        inline = "echo hello"
        [[io.buildpacks.pre.group]]
        id = "acme/first"
        [[io.buildpacks.post.group]]
        uri = "../last"
        [[io.buildpacks.build.env]]
        name = "JAVA_OPTS"
        value = "-Xmx1g"
        """

    @Test("all of schema 0.2 is read")
    func secondSchema() throws {
        let descriptor = try read(Self.second)
        #expect(descriptor.warnings.isEmpty)
        #expect(descriptor.schema == .second)
        #expect(descriptor.project.id == "com.example.shop")
        #expect(descriptor.project.name == "Shop")
        #expect(descriptor.project.version == "1.4")
        #expect(descriptor.project.authors == ["A <a@example.com>"])
        #expect(descriptor.project.documentationURL == "https://docs.example.com")
        #expect(descriptor.project.sourceURL == "https://git.example.com/shop")
        #expect(descriptor.project.licenses.map(\.type) == ["MIT", ""])
        #expect(descriptor.project.licenses.map(\.uri) == ["", "https://example.com/license"])
        #expect(descriptor.metadata["any"]?.tableValue?["thing"] == 1)
        #expect(descriptor.builder == "acme/builder:24")
        #expect(
            descriptor.group.prefix(3).map(\.source) == [
                .named(ModuleName(id: "acme/java")), .named(ModuleName(id: "acme/maven", version: "3.1.0")),
                .locator("https://example.com/b.tgz"),
            ]
        )
        #expect(descriptor.pre.map(\.source) == [.named(ModuleName(id: "acme/first"))])
        #expect(descriptor.post.map(\.source) == [.locator("../last")])
        #expect(descriptor.variables.map(\.name) == ["JAVA_OPTS"])
        #expect(descriptor.variables.map(\.value) == ["-Xmx1g"])
    }

    @Test("a script becomes a buildpack that lifecycles take")
    func inline() throws {
        guard case .inline(let buildpack)? = try read(Self.second).group.last?.source else {
            Issue.record("no inline buildpack")
            return
        }
        #expect(buildpack.files.map(\.path) == ["buildpack.toml", "bin/detect", "bin/build"])
        #expect(buildpack.files.map(\.isExecutable) == [false, true, true])
        #expect(buildpack.files[1].contents == "#!/bin/sh\n\nexit 0\n")
        #expect(buildpack.files[2].contents == "#!/bin/sh\n\necho hello\n")
        let toml = try TOMLDocument.parse(buildpack.files[0].contents)
        let descriptor = try BuildpackDescriptor(toml: toml, rootDir: "/nowhere")
        #expect(descriptor.module.identity == "mine@0.0.0")
        #expect(descriptor.module.api == "0.10")
        #expect(descriptor.module.targets == [Target()])
    }

    @Test("shell and version of a script can be chosen")
    func inlineShell() throws {
        let descriptor = try read(
            """
            [_]
            schema-version = "0.2"
            [[io.buildpacks.pre.group]]
            id = "mine"
            version = "1.2.3"
            script = { api = "0.9", inline = "print(1)", shell = "/usr/bin/env python3" }
            """
        )
        guard case .inline(let buildpack)? = descriptor.pre.first?.source else {
            Issue.record("no inline buildpack")
            return
        }
        #expect(buildpack.version == "1.2.3")
        #expect(buildpack.files[2].contents == "#!/usr/bin/env python3\n\nprint(1)\n")
    }

    @Test("schema 0.3 restricts buildpacks and variables to execution environments")
    func thirdSchema() throws {
        let descriptor = try read(
            """
            [_]
            schema-version = "0.3"
            [[io.buildpacks.group]]
            id = "all"
            [[io.buildpacks.group]]
            id = "tests"
            exec-env = ["test"]
            [[io.buildpacks.pre.group]]
            id = "tests"
            exec-env = ["test", "development"]
            [[io.buildpacks.post.group]]
            id = "any"
            exec-env = ["*"]
            [[io.buildpacks.build.env]]
            name = "A"
            value = "production"
            exec-env = ["production"]
            [[io.buildpacks.build.env]]
            name = "A"
            value = "test"
            exec-env = ["test"]
            """
        )
        #expect(descriptor.warnings.isEmpty)
        let production = descriptor.applying(to: .production)
        #expect(production.group.count == 1 && production.pre.isEmpty && production.post.count == 1)
        #expect(production.variables.map(\.value) == ["production"])
        let test = descriptor.applying(to: try ExecEnv("test"))
        #expect(test.group.count == 2 && test.pre.count == 1)
        #expect(test.variables.map(\.value) == ["test"])
    }

    @Test("schema 0.2 has no execution environments, and says so")
    func noExecEnv() throws {
        let text = Self.second.replacing("id = \"acme/java\"", with: "id = \"acme/java\"\nexec-env = [\"test\"]")
        let descriptor = try read(text)
        #expect(descriptor.group[0].execEnvironments.isEmpty)
        #expect(descriptor.warnings == [.unknownKey(path: "io.buildpacks.group.exec-env", nearest: nil)])
    }

    @Test("a file without a version is of schema 0.1")
    func firstSchema() throws {
        let descriptor = try read(
            """
            [project]
            id = "x"
            name = "X"
            version = "2"
            [[project.licenses]]
            type = "MIT"
            [build]
            builder = "b"
            include = ["src/"]
            [[build.buildpacks]]
            id = "acme/java"
            [[build.env]]
            name = "A"
            value = "1"
            [metadata]
            k = "v"
            [other]
            x = 1
            """
        )
        #expect(descriptor.schema == .first)
        #expect(descriptor.project.version == "2")
        #expect(descriptor.project.licenses.count == 1)
        #expect(descriptor.builder == "b")
        #expect(descriptor.group.map(\.source) == [.named(ModuleName(id: "acme/java"))])
        #expect(descriptor.variables.map(\.name) == ["A"])
        #expect(descriptor.metadata["k"] == "v")
        #expect(descriptor.warnings == [.noSchemaVersion])
        guard case .only = descriptor.files else {
            Issue.record("include is not read")
            return
        }
    }

    @Test("tables of another schema are named, as they have no effect")
    func otherSchema() throws {
        let first = try read("[io.buildpacks]\nbuilder = \"b\"\n")
        #expect(first.builder == nil)
        #expect(first.warnings == [.noSchemaVersion, .otherSchema(table: "io.buildpacks", schema: "0.1")])
        let second = try read("[_]\nschema-version = \"0.2\"\n[build]\nbuilder = \"b\"\n")
        #expect(second.builder == nil)
        #expect(second.warnings.map(\.description) == ["[build] has no effect in schema 0.2"])
    }

    @Test("unknown keys are named with the nearest, and the tables of others let be")
    func unknownKeys() throws {
        let descriptor = try read(
            """
            [_]
            schema-version = "0.2"
            nmae = "x"
            [io.buildpacks]
            biulder = "b"
            [[io.buildpacks.group]]
            id = "a"
            verison = "1"
            [io.other]
            x = 1
            [com.example]
            y = 2
            """
        )
        #expect(
            descriptor.warnings.map(\.description) == [
                "unknown key _.nmae; did you mean 'name'?",
                "unknown key io.buildpacks.biulder; did you mean 'builder'?",
                "unknown key io.buildpacks.group.verison; did you mean 'version'?",
            ]
        )
    }

    @Test("the place that variables had before is read where there is no other")
    func oldVariables() throws {
        let head = "[_]\nschema-version = \"0.2\"\n"
        let old = "[[io.buildpacks.env.build]]\nname = \"A\"\nvalue = \"old\"\n"
        #expect(try read(head + old).variables.map(\.value) == ["old"])
        let new = "[[io.buildpacks.build.env]]\nname = \"A\"\nvalue = \"new\"\n"
        #expect(try read(head + old + new).variables.map(\.value) == ["new"])
    }

    @Test(
        "what breaks a rule is refused with its place",
        arguments: [
            ("include = []\nexclude = []", "line 5", "expected either include or exclude, found both"),
            ("[[io.buildpacks.group]]\nversion = \"1\"", "line 4", "a buildpack needs an id or a uri"),
            (
                "[[io.buildpacks.group]]\nuri = \"a\"\nversion = \"1\"", "line 6",
                "expected either uri or version, found both"
            ),
            (
                "[[io.buildpacks.pre.group]]\nid = \"a\"\nuri = \"a\"\nscript = {}", "line 6",
                "expected either uri or script, found both"
            ),
            ("[[io.buildpacks.group]]\nid = \"a\"\nscript = { inline = \"x\" }", "line 6", "missing key api"),
            ("[[io.buildpacks.group]]\nid = \"a\"\nscript = { api = \"0.9\" }", "line 6", "missing key inline"),
            (
                "[[io.buildpacks.group]]\nid = \"a\"\nscript = { api = \"x\", inline = \"\" }", "line 6",
                "could not parse 'x' as version"
            ),
            ("[[io.buildpacks.group]]\nscript = {}", "line 5", "a buildpack with a script needs an id"),
            ("[[io.buildpacks.group]]\nid = \"../a\"", "line 5", "'../a' is not a valid id"),
            ("[[io.buildpacks.build.env]]\nvalue = \"a\"", "line 4", "missing key name"),
            ("[[io.buildpacks.build.env]]\nname = \"a/b\"", "line 5", "the name has a space or one of"),
            ("[[_.licenses]]", "line 4", "a license needs a type or a uri"),
            ("builder = 1", "line 4", "expected a string, found an integer"),
            ("[", "line 4", "expected"),
        ]
    )
    func refused(text: String, line: String, message: String) throws {
        let head = "[_]\nschema-version = \"0.2\"\n" + (text.hasPrefix("[") ? "\n" : "[io.buildpacks]\n")
        let error = #expect(throws: DistributionError.self) { try read(head + text) }
        #expect(error?.description.hasPrefix("parse project.toml: \(line),") == true, "\(String(describing: error))")
        #expect(error?.description.contains(message) == true, "\(String(describing: error))")
        #expect(error?.excerpt?.contains("^") == true)
    }

    @Test("an unknown schema is refused with those that there are")
    func unknownSchema() throws {
        let error = #expect(throws: DistributionError.self) { try read("[_]\nschema-version = \"0.9\"\n") }
        #expect(
            error?.description == "parse project.toml: line 2, column 18 (_.schema-version): "
                + "schema version '0.9' is not known; there are 0.1, 0.2, 0.3"
        )
    }

    @Test("size and numbers are bounded")
    func bounds() throws {
        let large = Array(repeating: UInt8(ascii: "\n"), count: FileLimit.projectDescriptor + 1)
        #expect(throws: DistributionError.tooLarge("p", size: large.count, limit: FileLimit.projectDescriptor)) {
            try ProjectDescriptor(parsing: large, file: "p")
        }
        let many =
            "[_]\nschema-version = \"0.2\"\n"
            + String(repeating: "[[io.buildpacks.group]]\nid = \"a\"\n", count: ProjectDescriptor.limit + 1)
        let error = #expect(throws: DistributionError.self) { try read(many) }
        #expect(error?.description.contains("1001 entries: at most 1000 are read") == true)
    }

    @Test("the files of an app are asked for from the top down")
    func files() throws {
        let head = "[_]\nschema-version = \"0.2\"\n[io.buildpacks]\n"
        func verdict(_ rules: String, _ path: String, isDirectory: Bool = false) throws -> AppFiles.Verdict {
            try read(head + rules).files.verdict(on: Array(path.utf8), isDirectory: isDirectory)
        }
        #expect(try verdict("", "any", isDirectory: true) == .taken)
        let exclude = "exclude = [\"spec/\", \"*.log\"]"
        #expect(try verdict(exclude, "spec", isDirectory: true) == .left)
        #expect(try verdict(exclude, "spec") == .taken)
        #expect(try verdict(exclude, "src", isDirectory: true) == .entered(staysEmpty: true))
        #expect(try verdict(exclude, "src/a.log") == .left)
        let include = "include = [\"cmd/\", \"*.go\"]"
        #expect(try verdict(include, "cmd", isDirectory: true) == .taken)
        #expect(try verdict(include, "src", isDirectory: true) == .entered(staysEmpty: false))
        #expect(try verdict(include, "src/a.go") == .taken)
        #expect(try verdict(include, "README") == .left)
    }

    @Test("what is included can be left out again, also in a directory")
    func leftOutAgain() throws {
        let rules = "include = [\"config/\", \"!config/secrets/\", \"*.go\", \"!x_*.go\", \"config/secrets/public\"]"
        let text = "[_]\nschema-version = \"0.2\"\n[io.buildpacks]\nschema-version = \"0.1\"\n" + rules
        let descriptor = try read(text)
        #expect(descriptor.warnings.isEmpty)
        func verdict(_ path: String, isDirectory: Bool = false) -> AppFiles.Verdict {
            descriptor.files.verdict(on: Array(path.utf8), isDirectory: isDirectory)
        }
        #expect(verdict("config", isDirectory: true) == .entered(staysEmpty: true))
        #expect(verdict("config/a") == .taken)
        #expect(verdict("config/secrets", isDirectory: true) == .entered(staysEmpty: false))
        #expect(verdict("config/secrets/key") == .left)
        #expect(verdict("config/secrets/public") == .taken)
        #expect(verdict("src/a.go") == .taken)
        #expect(verdict("src/x_a.go") == .left)
    }
}
