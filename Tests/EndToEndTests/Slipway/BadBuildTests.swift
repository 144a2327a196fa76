import POSIX
import TestSupport
import Testing

@Suite(
    "Builds that can't succeed",
    .enabled(if: SlipwayPrograms.canBuild, "\(SlipwayPrograms.comment)"),
    .timeLimit(.minutes(15))
)
struct BadBuildTests {
    /// What is wrong, the exit code, and what the message has to say.
    struct Mistake: CustomTestStringConvertible, Sendable {
        var name: String
        var arguments: [String]
        var status: Int32
        var said: [String]
        var testDescription: String { name }
    }

    private static let mistakes = [
        Mistake(
            name: "no such builder",
            arguments: ["--builder", "127.0.0.1:1/no/builder"],
            status: 1,
            said: ["127.0.0.1:1"]
        ),
        Mistake(name: "no such layout", arguments: ["--builder", "oci:nowhere"], status: 1, said: ["nowhere"]),
        Mistake(
            name: "an image that is no builder",
            arguments: ["--builder", "oci:LAYOUT:run"],
            status: 1,
            said: ["LAYOUT:run", "io.buildpacks.builder.metadata", "help: "]
        ),
        Mistake(
            name: "a file that is no image",
            arguments: ["--builder", "oci-archive:app/file"],
            status: 1,
            said: ["app/file"]
        ),
        Mistake(
            name: "wrong architecture",
            arguments: ["--builder", "oci:OTHER:builder", "--platform", "linux/amd64"],
            status: 1,
            said: ["s390x", "linux/amd64"]
        ),
        Mistake(
            name: "unknown buildpack",
            arguments: ["--builder", "oci:LAYOUT:builder", "-b", "test/recrod"],
            status: 2,
            said: ["test/recrod", "test/record"]
        ),
        Mistake(
            name: "no network",
            arguments: ["--builder", "registry.example.com/builder", "--pull", "never"],
            status: 1,
            said: ["registry.example.com/builder", "--pull never"]
        ),
        Mistake(
            name: "refused by the registry",
            arguments: ["--builder", "REGISTRY/private"],
            status: 1,
            said: ["REGISTRY"]
        ),
        Mistake(name: "no app", arguments: ["--descriptor", "gone.toml"], status: 2, said: ["gone.toml"]),
        Mistake(
            name: "an archive in no directory",
            arguments: ["-o", "docker-archive:nowhere/app.tar"],
            status: 2,
            said: ["nowhere/app.tar", "there is no directory", "help: "]
        ),
        Mistake(name: "misspelt option", arguments: ["--bulider", "x"], status: 2, said: ["--builder"]),
        Mistake(
            name: "no buildpack wants the app",
            arguments: ["--builder", "oci:LAYOUT:builder", "-b", "REFUSING"],
            status: 20,
            said: ["help: ", "slipway detect"]
        ),
        Mistake(
            name: "a buildpack that fails",
            arguments: ["--builder", "oci:LAYOUT:builder", "-b", "FAILING"],
            status: 51,
            said: ["its last words", "help: "]
        ),
    ]

    @Test(
        "say what is wrong, where, and what to do, and leave nothing half-made",
        .enabled(if: Conditions.commandExists("docker-registry"), "needs docker-registry")
    )
    func mistakes() throws {
        let registry = try RegistryServer(access: .basicAuthentication)
        let builder = try TestBuilder()
        let layout = try builder.smallBuilder([try builder.recorder()])
        let refusing = try builder.buildpack("test/refusing", detect: "exit 100", build: "exit 0")
        let failing = try builder.buildpack("test/failing", build: "echo its last words; exit 3")
        let other = try builder.make(
            "builder",
            "other",
            [refusing],
            ["--root", builder.directory.path("run"), "--architecture", "s390x"]
        )
        let site = try SlipwaySite()
        try site.directory.write("app/file", "text")
        for mistake in Self.mistakes {
            func filled(_ text: String) -> String {
                text.replacing("LAYOUT", with: layout).replacing("OTHER", with: other)
                    .replacing("REGISTRY", with: registry.host).replacing("REFUSING", with: refusing)
                    .replacing("FAILING", with: failing)
            }
            let run = ["build", "app", "-t", "app", "--run-image", "oci:\(layout):run"]
            let result = try site.slipway(run + mistake.arguments.map(filled))
            #expect(result.status == .exited(mistake.status), "\(mistake.name): \(result.errors)")
            #expect(result.output.isEmpty, "\(mistake.name)")
            for text in mistake.said {
                #expect(
                    result.errors.contains(filled(text)),
                    "\(mistake.name) does not say '\(text)': \(result.errors)"
                )
            }
            #expect(site.lastingLeftovers() == [], "\(mistake.name)")
            #expect(!(try site.succeed("store", "ls")).contains("app:latest"), "\(mistake.name)")
        }
        try expectWholeStore(site)
    }

    @Test("an image that is started before it is built", .timeLimit(.minutes(15)))
    func runsNothing() throws {
        let site = try SlipwaySite()
        let result = try site.slipway(["run", "127.0.0.1:1/nothing"])
        #expect(result.status == .exited(1))
        for text in ["'127.0.0.1:1/nothing' is not in the local store", "connection refused", "help: build it"] {
            #expect(result.errors.contains(text), "\(result.errors)")
        }
    }

    @Test("an app with a file that can't be read")
    func unreadable() throws {
        let site = try SlipwaySite()
        try site.directory.write("app/index.html", "<p>")
        // Nobody's but root's where that can be; unreadable to its owner otherwise.
        try site.directory.write("app/private.pem", "secret", mode: 0o000)
        let result = try site.slipway(["build", "app", "-t", "app"])
        #expect(result.status == .exited(1), "\(result.errors)")
        for text in ["app/private.pem", "help: ", "exclude"] {
            #expect(result.errors.contains(text), "\(result.errors)")
        }
        #expect(site.lastingLeftovers() == [])
    }

    @Test("a disk that is full", .enabled(if: Conditions.isRoot, "needs root, to mount a small disk"))
    func fullDisk() throws {
        let site = try SlipwaySite(.current)
        try site.directory.write("app/index.html", "<p>")
        try FileSystem.makeDirectories(site.store)
        let script = """
            mount -t tmpfs -o size=600k none "$0"
            status=0
            "$@" || status=$?
            find "$0" -type f
            du -s "$0" >&2
            exit $status
            """
        let command = ["unshare", "--mount", "bash", "-euc", script, site.store]
        let result = try runCommand(
            command + (try site.command(["build", "app", "-t", "app"])),
            environment: site.variables,
            in: site.directory.path
        )
        #expect(result.status == .exited(1), "\(result.errors)")
        for text in ["no space left on device", site.store, "help: make room"] {
            #expect(result.errors.lowercased().contains(text), "\(text) is not in \(result.errors)")
        }
        let halfMade = result.lines.filter { $0.hasPrefix("\(site.store)/tmp/") }
        #expect(halfMade == [], "left in the store")
    }

    /// Asserts that each blob of the store is what its name says.
    private func expectWholeStore(_ site: SlipwaySite) throws {
        let blobs = "\(site.store)/blobs/sha256"
        let sums = try runCommand(["bash", "-c", "cd \"$0\" && sha256sum *", blobs])
        for line in sums.lines where !line.isEmpty {
            let words = line.split(separator: " ")
            #expect(words.first == words.last, "\(line)")
        }
        #expect((try? FileSystem.list("\(site.store)/tmp"))?.map(\.name) ?? [] == [])
    }
}
