import JSON
import POSIX
import TestSupport
import Testing

@Suite(
    "Building into a registry",
    .enabled(if: ReleaseBinaries.canBuild, "\(ReleaseBinaries.comment)"),
    .enabled(if: Conditions.commandExists("docker-registry") && Conditions.commandExists("skopeo"), "needs a registry")
)
struct RegistryBuildTests {
    @Test("a rebuild reuses what has not changed, and a rebase only swaps the run image's layers")
    func rebuildAndRebase() throws {
        let registry = try RegistryServer()
        let sandbox = try BuilderSandbox()
        try pushRunImage("empty", sandbox, registry)
        try sandbox.directory.write("workspace/index.html", "<p>one")
        // Without it the image would not know which run image a later one may take the place of.
        try sandbox.directory.write("cnb/run.toml", "[[images]]\nimage = \"\(registry.host)/run\"\n")
        let app = "\(registry.host)/app"
        let arguments = ["-run-image", "\(registry.host)/run", app]

        let first = try sandbox.run("creator", arguments)
        try #require(first.status == .exited(0), "\(first.output)\(first.errors)")
        #expect(first.output.contains("Adding layer 'slipway/static-site:web-server'"))
        let before = try layers(of: app)

        try sandbox.directory.write("workspace/index.html", "<p>two")
        try emptyLayers(sandbox)
        let second = try sandbox.run("creator", arguments)
        try #require(second.status == .exited(0), "\(second.output)\(second.errors)")
        #expect(second.output.contains("Reusing layer 'slipway/static-site:web-server'"))
        let after = try layers(of: app)
        #expect(zip(before, after).filter { $0 != $1 }.count == 1, "only the app layer has changed")

        try sandbox.directory.write("run-change/etc/patched", "yes")
        try pushRunImage("empty", sandbox, registry, adding: "run-change")
        let rebased = try sandbox.run("rebaser", ["-run-image", "\(registry.host)/run", app])
        try #require(rebased.status == .exited(0), "\(rebased.output)\(rebased.errors)")
        // The patch is a layer above the one that both run images have, which is the same to the byte where both were
        // made within a second.
        let runImage = try layers(of: "\(registry.host)/run")
        try #require(runImage.count == 2)
        let patched = try layers(of: app)
        #expect(patched == runImage + after.dropFirst(), "the app's own layers stay, above those of the new run image")
    }

    /// Pushes a run image, with the files of a directory of the sandbox in it.
    private func pushRunImage(
        _ kind: String,
        _ sandbox: BuilderSandbox,
        _ registry: RegistryServer,
        adding directory: String? = nil
    ) throws {
        let layout = sandbox.directory.path("pushed-run-\(directory ?? "plain")")
        var commands = [["\(Repository.root)/scripts/run-image", kind, layout]]
        if let directory {
            let source = sandbox.directory.path(directory)
            commands.append(["umoci", "insert", "--image", "\(layout):latest", source, "/"])
        }
        commands.append([
            "skopeo", "copy", "--quiet", "--dest-tls-verify=false", "oci:\(layout):latest",
            "docker://\(registry.host)/run",
        ])
        for command in commands {
            let result = try runCommand(command)
            try #require(result.status == .exited(0), "\(command): \(result.errors)")
        }
    }

    /// The digests of an image's layers, as skopeo reads them.
    private func layers(of reference: String) throws -> [String] {
        let read = try runCommand(["skopeo", "inspect", "--raw", "--tls-verify=false", "docker://\(reference)"])
        try #require(read.status == .exited(0), "\(read.errors)")
        let manifest = try JSONParser.parse(Array(read.output.utf8), source: "skopeo")
        return try #require(manifest["layers"]?.arrayValue).map { $0["digest"]?.stringValue ?? "" }
    }

    /// A build runs in a new container: nothing of the last one's layers is left.
    private func emptyLayers(_ sandbox: BuilderSandbox) throws {
        try FileSystem.removeTree(sandbox.directory.path("layers"))
        try sandbox.directory.makeDirectory("layers")
    }
}
