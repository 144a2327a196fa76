import JSON
import POSIX
import TestSupport
import Testing

@Suite(
    "What slipway gives to a build",
    .enabled(if: SlipwayPrograms.canBuild, "\(SlipwayPrograms.comment)"),
    .timeLimit(.minutes(15))
)
struct BuildInputTests {
    private static let record = "/layers/test_record/record"

    @Test(
        "variables, bindings, volumes, labels, annotations, bills of materials and metadata",
        arguments: SlipwayUser.all
    )
    func inputs(user: SlipwayUser) throws {
        let builder = try TestBuilder()
        let layout = try builder.smallBuilder([try builder.recorder()])
        let site = try SlipwaySite(user)
        try site.directory.write("app/file", "app")
        try site.directory.write("build.env", "QUOTED=\"two words\"\n# no\nFROM_FILE='x'\nTWICE=file\n")
        try site.directory.write("binding/secret", "hush")
        try site.directory.write("volume/file", "of the machine")
        let writable = try site.directory.makeDirectory("writable")
        try user.give(writable)
        // Root's build is that of the builder's user, who has no rights of root's.
        if user == .current, Conditions.isRoot { try FileSystem.chmod(writable, 0o777) }
        try site.succeed(
            "build",
            "app",
            "-t",
            "app",
            "--builder",
            "oci:\(layout):builder",
            "--run-image",
            "oci:\(layout):run",
            "-e",
            "TWICE=option",
            "--env-file",
            "build.env",
            "--binding",
            "secrets=binding",
            "--volume",
            "volume:/volume",
            "--volume",
            "writable:/writable:rw",
            "--label",
            "org.example.one=1",
            "--annotation",
            "org.example.two=2",
            "--sbom-dir",
            "sbom",
            "--metadata-file",
            "result.json",
            "-o",
            "oci:image",
            "-o",
            "store"
        )

        let seen = try site.succeed("run", "app", "--", "\(Self.record)/variables", "\(Self.record)/app")
        for line in ["QUOTED=two words", "FROM_FILE=x", "TWICE=option", "HOME=/home/cnb", "./file"] {
            #expect(seen.split(separator: "\n").contains { $0 == line }, "\(line) is not in \(seen)")
        }
        let files = ["bindings/0-secrets/secret", "bindings/0-secrets/type", "volume"].map { "\(Self.record)/\($0)" }
        #expect(try site.slipway(["run", "app", "--"] + files).output == "hushsecretsof the machine")
        #expect(try FileSystem.readText(site.directory.path("writable/out")) == "written\n")
        try judgeOutputs(site)
    }

    private func judgeOutputs(_ site: SlipwaySite) throws {
        let inspected = try runCommand(["skopeo", "inspect", "oci:\(site.directory.path("image"))"])
        let image = try JSONParser.parse(Array(inspected.output.utf8), source: inspected.errors)
        #expect(image["Labels"]?["org.example.one"]?.stringValue == "1")
        let raw = try runCommand(["skopeo", "inspect", "--raw", "oci:\(site.directory.path("image"))"])
        let manifest = try JSONParser.parse(Array(raw.output.utf8), source: raw.errors)
        #expect(manifest["annotations"]?["org.example.two"]?.stringValue == "2")

        let bills = try runCommand(["find", site.directory.path("sbom"), "-name", "*.json"])
        #expect(bills.output.contains("launch"), "no bill of materials: \(bills.output)\(bills.errors)")
        let metadata = try site.metadata()
        #expect(metadata["reference"]?.stringValue == "app@\(image["Digest"]?.stringValue ?? "")")
        #expect(metadata["buildpacks"]?.texts == ["test/record@1.0.0"])
        #expect(metadata["processes"]?.texts == ["show"])
        #expect(metadata["run-image"]?.stringValue?.isEmpty == false)
        #expect(metadata["nanoseconds"]?.integerValue ?? 0 > 0, "how long the build took")
    }

    @Test("what project.toml says: files, variables, buildpacks before and after, one that it holds, and its source")
    func project() throws {
        let builder = try TestBuilder()
        for name in ["pre", "post"] { _ = try builder.buildpack("test/\(name)", build: "touch \(name)") }
        let layout = try builder.smallBuilder([try builder.recorder()])
        let site = try SlipwaySite()
        for name in ["file", "secret.key", "logs/today", "kept/file"] { try site.directory.write("app/\(name)", "") }
        try site.directory.write(
            "app/project.toml",
            """
            [_]
            schema-version = "0.2"
            name = "shop"
            version = "1.2.3"
            [io.buildpacks]
            builder = "oci:\(layout):builder"
            exclude = ["*.key", "logs/"]
            [[io.buildpacks.build.env]]
            name = "TWICE"
            value = "project"
            [[io.buildpacks.build.env]]
            name = "OF_PROJECT"
            value = "yes"
            [[io.buildpacks.pre.group]]
            uri = "\(builder.directory.path("buildpacks/test_pre-1.0.0"))"
            [[io.buildpacks.post.group]]
            id = "test/inline"
            version = "0.0.1"
            [io.buildpacks.post.group.script]
            api = "0.12"
            inline = "printf '[[processes]]\\ntype = \\"inline\\"\\ncommand = [\\"echo\\", \\"hello\\"]\\n' >$CNB_LAYERS_DIR/launch.toml"
            """
        )
        try site.succeed(
            "build",
            "app",
            "-t",
            "app",
            "--run-image",
            "oci:\(layout):run",
            "-e",
            "TWICE=option",
            "--metadata-file",
            "result.json",
            "-o",
            "oci:image",
            "-o",
            "store"
        )
        let buildpacks = try site.metadata()["buildpacks"]?.texts
        #expect(buildpacks == ["test/pre@1.0.0", "test/record@1.0.0", "test/inline@0.0.1"])
        let lines = try site.succeed("run", "app", "--", "\(Self.record)/variables", "\(Self.record)/app")
            .split(separator: "\n").map(String.init)
        for line in ["TWICE=option", "OF_PROJECT=yes", "./file", "./kept/file", "./pre"] {
            #expect(lines.contains(line), "\(line) is not in \(lines)")
        }
        #expect(!lines.contains { $0.contains("secret.key") || $0.contains("logs") }, "\(lines)")
        let inspected = try runCommand(["skopeo", "inspect", "oci:\(site.directory.path("image"))"])
        let image = try JSONParser.parse(Array(inspected.output.utf8), source: inspected.errors)
        let source = image["Labels"]?["io.buildpacks.project.metadata"]?.stringValue ?? ""
        #expect(source.contains("1.2.3"), "the project's version is not in the label: \(source)")
    }
}
