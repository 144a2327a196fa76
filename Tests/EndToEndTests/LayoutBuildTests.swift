import JSON
import POSIX
import TestSupport
import Testing

@Suite("Building into an OCI layout", .enabled(if: ReleaseBinaries.canBuild, "\(ReleaseBinaries.comment)"))
struct LayoutBuildTests {
    private static let app = "layout/index.docker.io/library/app/latest"

    @Test("umoci gives the app and the layers back as they were")
    func unpacks() throws {
        let sandbox = try BuilderSandbox()
        try sandbox.makeRunImage()
        try sandbox.addBuildpack(
            "test/one",
            build: """
                mkdir -p "$1/tool/bin" "$1/unused"
                printf 'echo tool\\n' >"$1/tool/bin/tool"
                chmod 755 "$1/tool/bin/tool"
                ln -s tool "$1/tool/bin/link"
                printf '[types]\\nlaunch = true\\n' >"$1/tool.toml"
                printf '[types]\\nbuild = true\\n' >"$1/unused.toml"
                """
        )
        try sandbox.order(["test/one@1.0.0"])
        try sandbox.directory.write("workspace/sub/odd name ü", "text")
        try sandbox.directory.write("workspace/run", "#!/bin/sh\n", mode: 0o755)

        try sandbox.succeed("creator", "-layout", "-layout-dir", "/layout", "-run-image", "run", "app")
        let root = try unpacked(sandbox)

        #expect(try FileSystem.readText("\(root)/workspace/sub/odd name ü") == "text")
        #expect(try FileSystem.status("\(root)/workspace/run").mode == 0o755)
        #expect(try FileSystem.readText("\(root)/layers/test_one/tool/bin/tool") == "echo tool\n")
        #expect(try FileSystem.readLink("\(root)/layers/test_one/tool/bin/link") == "tool")
        #expect(!FileSystem.exists("\(root)/layers/test_one/unused"), "a build layer must not be in the image")
        #expect(FileSystem.isExecutable("\(root)/cnb/lifecycle/launcher"))
    }

    @Test("skopeo reads the image and finds the labels that platforms look for")
    func inspects() throws {
        let sandbox = try BuilderSandbox()
        try sandbox.makeRunImage()
        try sandbox.directory.write("workspace/index.html", "<p>")
        try sandbox.succeed("creator", "-layout", "-layout-dir", "/layout", "-run-image", "run", "app")

        let read = try runCommand(["skopeo", "inspect", "oci:\(sandbox.directory.path(Self.app))"])
        try #require(read.status == .exited(0), "\(read.errors)")
        let labels = try JSONParser.parse(Array(read.output.utf8), source: "skopeo")["Labels"]
        for name in ["io.buildpacks.lifecycle.metadata", "io.buildpacks.build.metadata"] {
            #expect(labels?[name]?.stringValue?.isEmpty == false, "\(name) is missing")
        }
    }

    @Test("two builds of the same app give the same image")
    func reproducible() throws {
        var digests: [String] = []
        for _ in 1...2 {
            let sandbox = try BuilderSandbox()
            try sandbox.makeRunImage()
            // The run image is made anew, with the time in its config: only the layers can be compared.
            try sandbox.directory.write("workspace/index.html", "<p>")
            try sandbox.succeed("creator", "-layout", "-layout-dir", "/layout", "-run-image", "run", "app")
            let read = try runCommand(["skopeo", "inspect", "--raw", "oci:\(sandbox.directory.path(Self.app))"])
            let manifest = try JSONParser.parse(Array(read.output.utf8), source: "skopeo")
            let layers = try #require(manifest["layers"]?.arrayValue)
            digests.append(layers.dropFirst().map { $0["digest"]?.stringValue ?? "" }.joined(separator: " "))
        }
        #expect(digests[0] == digests[1])
    }

    private func unpacked(_ sandbox: BuilderSandbox) throws -> String {
        let bundle = sandbox.directory.path("bundle")
        let rootless = Conditions.isRoot ? [] : ["--rootless"]
        let result = try runCommand(
            ["umoci", "unpack"] + rootless + ["--image", "\(sandbox.directory.path(Self.app)):latest", bundle]
        )
        try #require(result.status == .exited(0), "\(result.errors)")
        return "\(bundle)/rootfs"
    }
}
