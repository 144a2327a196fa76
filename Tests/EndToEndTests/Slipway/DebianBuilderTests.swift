import JSON
import POSIX
import TestSupport
import Testing

@Suite(
    "slipway with a builder of Debian",
    .enabled(if: SlipwayPrograms.canBuild && Conditions.commandExists("docker-registry"), "\(SlipwayPrograms.comment)"),
    .enabled(if: DebianRoot.path != nil, "\(DebianRoot.comment)"),
    .serialized,
    .timeLimit(.minutes(15))
)
struct DebianBuilderTests {
    @Test("in a layout and behind a registry's password, as root and as an ordinary user: the same image")
    func builds() throws {
        let builder = try TestBuilder()
        let buildpack = try builder.buildpack(
            "test/debian",
            build: """
                mkdir -p "$1/data"
                { id -u; stat -c '%u %g' "$1" .; dpkg-query -W libc6 | cut -c1-5
                } >"$1/data/seen"
                printf '[types]\\nlaunch = true\\n' >"$1/data.toml"
                printf '[[processes]]\\ntype = "show"\\ncommand = ["cat", "/layers/test_debian/data/seen"]\\ndefault = true\\n' \\
                    >"$1/launch.toml"
                """
        )
        let registry = try RegistryServer(access: .basicAuthentication)
        let root = try #require(DebianRoot.path)
        let layout = try builder.make(
            "builder",
            "debian",
            [buildpack],
            ["--root", root, "--run-image", "\(registry.host)/run"]
        )
        for name in ["builder", "run"] {
            let pushed = try runCommand([
                "skopeo", "copy", "--quiet", "--dest-tls-verify=false", "--dest-creds",
                "\(RegistryServer.userName):\(RegistryServer.password)", "oci:\(layout):\(name)",
                "docker://\(registry.host)/\(name)",
            ])
            try #require(pushed.status == .exited(0), "\(pushed.errors)")
        }
        var references: [String] = []
        for user in SlipwayUser.all {
            var site = try SlipwaySite(user)
            site.environment["DOCKER_CONFIG"] = site.directory.path("docker")
            // «tester:secret» in base64.
            let credentials = "{\"auths\":{\"\(registry.host)\":{\"auth\":\"dGVzdGVyOnNlY3JldA==\"}}}"
            try site.directory.write("docker/config.json", credentials)
            try site.directory.write("app/file", "text")
            references.append(try site.succeed("build", "app", "-t", "app", "--builder", "\(registry.host)/builder"))
            let seen = try site.succeed("run", "app")
            #expect(seen == "1001\n1001 1001\n1001 1001\nlibc6")
            try site.succeed("store", "rm", "app")
            let layoutBuilder = ["--builder", "oci:\(layout):builder"]
            let again = try site.slipway(["build", "app", "-t", "app"] + layoutBuilder)
            references.append(String(again.output.dropLast()))
            #expect(site.lastingLeftovers() == [])
        }
        #expect(Set(references).count == 1, "\(references)")
    }
}
