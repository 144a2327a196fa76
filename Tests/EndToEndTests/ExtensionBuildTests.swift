import POSIX
import TestSupport
import Testing

@Suite(
    "Building with image extensions",
    .enabled(if: ReleaseBinaries.canBuild, "\(ReleaseBinaries.comment)"),
    .enabled(
        if: Conditions.commandExists("docker-registry") && Conditions.commandExists("skopeo") && DebianRoot.path != nil,
        "\(DebianRoot.comment)"
    ),
    .serialized
)
struct ExtensionBuildTests {
    @Test(
        "packages get into both images, the next build has them from the cache, and a rebase keeps them",
        .timeLimit(.minutes(15))
    )
    func packages() throws {
        let sandbox = try ExtensionSandbox()
        try sandbox.pushBase()
        try addModules(to: sandbox)
        try sandbox.directory.write("workspace/Aptfile.build", "bc\n")
        try sandbox.directory.write("workspace/Aptfile.run", "jq # for the app\n")
        try sandbox.directory.write("platform/env/BP_APT_REBASABLE", "true")

        let first = try sandbox.build()
        #expect(first.build.contains("Setting up bc"))
        #expect(first.run.contains("Setting up jq"))
        var root = try sandbox.unpackApp()
        try checkApp(root, sandbox)
        #expect(!FileSystem.exists("\(root)/usr/bin/bc"), "the build image's packages stay there")
        #expect(!FileSystem.exists("\(root)/kaniko"))

        let second = try sandbox.build()
        for said in [second.build, second.run] {
            #expect(said.contains("(cached)"))
            #expect(!said.contains("Setting up"), "\(said)")
        }
        root = try sandbox.unpackApp()
        try checkApp(root, sandbox)

        try sandbox.pushBase(adding: "/etc/patched")
        try sandbox.phase("rebaser", ["-run-image", sandbox.base, sandbox.app], in: try sandbox.newContainer())
        root = try sandbox.unpackApp()
        #expect(FileSystem.exists("\(root)/etc/patched"))
        try checkApp(root, sandbox)
    }

    @Test("a package that there isn't ends the build with apt's own words", .timeLimit(.minutes(5)))
    func missingPackage() throws {
        let sandbox = try ExtensionSandbox()
        try sandbox.pushBase()
        try addModules(to: sandbox)
        try sandbox.directory.write("workspace/Aptfile", "no-such-package-at-all\n")
        try sandbox.shell(#"chown -R 1000:1000 "$1/layers" "$1/workspace""#, sandbox.directory.path)
        let container = try sandbox.newContainer()
        try sandbox.phase("analyzer", ["-run-image", sandbox.base, sandbox.app], in: container)
        try sandbox.phase("detector", [], in: container, user: "1000:1000")
        try sandbox.phase("restorer", ["-build-image", sandbox.base], in: container)
        let failed = try sandbox.run(["/cnb/lifecycle/extender", "-kind", "run"], in: container)
        #expect(failed.status == .exited(102))
        #expect(failed.errors.contains("run.Dockerfile of extension slipway/apt, line 6: RUN"))
        #expect(failed.errors.contains("exit status 100"))
        #expect(failed.errors.contains("Unable to locate package no-such-package-at-all"))
        #expect(!FileSystem.exists(sandbox.directory.path("layers/extended/run")))
        #expect(try FileSystem.list(sandbox.directory.path("kaniko/cache/layers/keys")).isEmpty)
    }

    @Test(
        "the creator extends its build image where it is asked to, and says what run images take",
        .timeLimit(.minutes(10))
    )
    func creator() throws {
        let sandbox = try ExtensionSandbox()
        try sandbox.pushBase()
        try addModules(to: sandbox)
        try sandbox.directory.write(
            "cnb/order.toml",
            """
            [[order]]
            [[order.group]]
            id = "test/answer"
            version = "1.0.0"
            [[order-extensions]]
            [[order-extensions.group]]
            id = "slipway/apt"
            version = "0.1.0"

            """
        )
        try sandbox.directory.write("workspace/Aptfile.build", "bc\n")
        let built = try create(sandbox)
        try #require(built.status == .exited(0), "\(built.output)\(built.errors)")
        #expect(built.output.contains("Setting up bc"))
        let metadata = try FileSystem.readText("\(try sandbox.unpackApp())/layers/config/metadata.toml")
        #expect(metadata.contains("{answer: 42"))

        try sandbox.directory.write("workspace/Aptfile.run", "jq\n")
        let refused = try create(sandbox)
        #expect(refused.status == .exited(102))
        #expect(refused.errors.contains("extender -kind run in a container of the run image"))
    }

    /// Runs the creator in a new container, with leave to extend its image.
    private func create(_ sandbox: ExtensionSandbox) throws -> CommandResult {
        try sandbox.emptyLayers()
        let variables = ["CNB_EXTEND_IN_CREATOR=1", "CNB_BUILD_IMAGE=\(sandbox.base)"]
        let command = ["/cnb/lifecycle/creator", "-run-image", sandbox.base, sandbox.app]
        return try sandbox.run(["/usr/bin/env"] + variables + command, in: sandbox.newContainer())
    }

    /// The app prints what both images' packages and the second extension have to do with.
    private func checkApp(_ root: String, _ sandbox: ExtensionSandbox) throws {
        let said = try sandbox.runApp(root)
        #expect(said == #"{"answer":42,"marker":"from the context"}"# + "\n")
    }

    /// Adds a buildpack that uses `bc`, whose app uses `jq`, and a second extension for the run image.
    private func addModules(to sandbox: ExtensionSandbox) throws {
        let buildpack = "cnb/buildpacks/test_answer/1.0.0"
        try sandbox.directory.write(
            "\(buildpack)/buildpack.toml",
            "api = \"0.10\"\n[buildpack]\nid = \"test/answer\"\nversion = \"1.0.0\"\n[[targets]]\nos = \"linux\"\n"
        )
        try sandbox.directory.write("\(buildpack)/bin/detect", "#!/bin/sh\nexit 0\n", mode: 0o755)
        let process = #"command = ["sh", "-c", "jq -nc --arg m \"$MARKER\" '{answer: ANSWER, marker: $m}'"]"#
        try sandbox.directory.write(
            "\(buildpack)/bin/build",
            """
            #!/bin/sh
            set -eu
            answer=$(echo '6*7' | bc)
            printf '[[processes]]\\ntype = "web"\\ndefault = true\\n%s\\n' '\(process.replacing("'", with: "'\\''"))' |
                sed "s/ANSWER/$answer/" >"$1/launch.toml"

            """,
            mode: 0o755
        )
        let marker = "cnb/extensions/test_marker/1.0.0"
        try sandbox.directory.write(
            "\(marker)/extension.toml",
            "api = \"0.10\"\n[extension]\nid = \"test/marker\"\nversion = \"1.0.0\"\n"
        )
        try sandbox.directory.write(
            "\(marker)/generate/run.Dockerfile",
            """
            ARG base_image
            FROM ${base_image}
            USER root
            COPY marker /opt/marker
            RUN --mount=type=cache,target=/none test -x /usr/bin/jq && chmod 444 /opt/marker
            ENV MARKER="from the context"
            LABEL io.buildpacks.rebasable=true
            ARG user_id
            ARG group_id
            USER ${user_id}:${group_id}

            """
        )
        try sandbox.directory.write("\(marker)/generate/context.run/marker", "x")
        try sandbox.directory.write(
            "cnb/order.toml",
            """
            [[order]]
            [[order.group]]
            id = "test/answer"
            version = "1.0.0"

            [[order-extensions]]
            [[order-extensions.group]]
            id = "slipway/apt"
            version = "0.1.0"
            [[order-extensions.group]]
            id = "test/marker"
            version = "1.0.0"

            """
        )
    }
}
