import JSON
import POSIX
import TestSupport
import Testing

@testable import SlipwayCommands

@Suite("slipway doctor")
struct DoctorTests {
    private static let console = CommandConsole(
        output: .standardOutput,
        errors: .standardError,
        color: "never",
        environment: [:]
    )

    @Test("each check has a line, and remedies are below it")
    func text() {
        let report = DoctorReport(checks: [
            DoctorCheck(
                name: "user namespaces",
                state: .warning,
                detail: "forbidden",
                remedies: ["paste:\na\nb", "or c"]
            ),
            DoctorCheck(name: "disk", state: .fine, detail: "3 GB free"),
        ])
        #expect(
            report.text(for: Self.console) == """
                warning user namespaces  forbidden
                          → paste:
                            a
                            b
                          → or c
                ok      disk             3 GB free

                builds can run on this machine

                """
        )
        #expect(report.exitCode == 0)
        #expect(report.json["ok"] == true)
        #expect(report.json["checks"]?[0]?["remedies"] == ["paste:\na\nb", "or c"])
    }

    @Test("one failure is enough for exit code 125")
    func failure() {
        let report = DoctorReport(checks: [DoctorCheck(name: "disk", state: .failure, detail: "full", remedies: ["x"])])
        #expect(report.exitCode == 125)
        #expect(report.text(for: Self.console).hasSuffix("\nbuilds can't run on this machine as it is\n"))
    }

    @Test("this machine is looked at as a whole", .timeLimit(.minutes(1)))
    func machine() throws {
        let program = try #require(BuiltProgram.path("slipway"))
        let home = try TemporaryDirectory()
        let docker = #"{"auths":{"registry.example.com":{"auth":"dXNlcjpzZWNyZXQtd29yZA=="}},"credsStore":"pass"}"#
        try home.write(".docker/config.json", docker)
        let environment: [String: String?] = [
            "HOME": home.path, "HTTPS_PROXY": "http://user:secret-word@proxy:3128", "SLIPWAY_LIFECYCLE": "/nowhere",
            "XDG_CONFIG_HOME": nil, "XDG_DATA_HOME": nil, "XDG_CACHE_HOME": nil, "DOCKER_CONFIG": nil,
            "SLIPWAY_STORE": nil, "SLIPWAY_CACHE_HOME": nil,
        ]
        let result = try runCommand([program, "doctor", "--json"], environment: environment)
        let report = try JSONParser.parse(result.output, source: "")
        #expect(result.status == .exited(125))
        #expect(report["ok"] == false)
        let checks = report["checks"]?.arrayValue ?? []
        let names = checks.compactMap { $0["name"]?.stringValue }
        for name in ["isolation", "store", "disk of the store", "lifecycle", "credentials", "proxies", "builder"] {
            #expect(names.contains(name), "\(name)")
        }
        let lifecycle = checks.first { $0["name"] == "lifecycle" }
        #expect(lifecycle?["state"] == "failure")
        #expect(lifecycle?["remedies"] == ["name their directory with --lifecycle or SLIPWAY_LIFECYCLE"])
        #expect(result.output.contains("for registry.example.com in \(home.path(".docker/config.json"))"))
        #expect(result.output.contains("for * by docker-credential-pass"))
        #expect(result.output.contains("HTTPS_PROXY=http://***@proxy:3128"))
        #expect(!result.output.contains("secret-word"))
        #expect(!result.output.contains("dXNlcjpz"))
    }

    @Test("a builder that can't be reached fails, one that is a directory doesn't", .timeLimit(.minutes(1)))
    func builders() throws {
        let program = try #require(BuiltProgram.path("slipway"))
        let home = try TemporaryDirectory()
        let environment: [String: String?] = ["HOME": home.path, "SLIPWAY_STORE": home.path("store")]
        let builder = "localhost:1/builder"
        let result = try runCommand([program, "doctor", "--builder", builder], environment: environment)
        #expect(result.status == .exited(125))
        #expect(result.lines.contains { $0.hasPrefix("failed  builder") && $0.contains(builder) })
        let offline = try runCommand([program, "doctor", "--offline", "-B", builder], environment: environment)
        #expect(offline.output.contains("is not in the local store"))
    }

    @Test(
        "addresses of proxies are shown without users and passwords",
        arguments: [
            ("http://proxy:3128", "http://proxy:3128"), ("http://u:p@proxy:3128", "http://***@proxy:3128"),
            ("u:p@proxy", "***@proxy"), ("http://u:p@ss@proxy/x", "http://***@proxy/x"), ("", ""),
        ]
    )
    func secrets(address: String, shown: String) {
        #expect(RegistryChecks.withoutSecret(address) == shown)
    }
}
