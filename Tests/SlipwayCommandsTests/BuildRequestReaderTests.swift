import Builds
import POSIX
import TOML
import TestSupport
import Testing

@testable import SlipwayCommands

@Suite("What a build is asked for")
struct BuildRequestReaderTests {
    private func read(
        _ line: String,
        environment: [String: String] = [:],
        configuration: Configuration = .none
    ) throws -> (request: BuildRequest, warnings: [String]) {
        let parsed = try CommandLineParser(commands: [BuildCommand.command])
            .parse(["build"] + line.split(separator: " ").map(String.init))
        let sources = OptionSources(environment: environment, configuration: configuration)
        let context = CommandContext(
            command: BuildCommand.command,
            options: try sources.resolve(parsed),
            arguments: parsed.arguments,
            environment: environment,
            configurationFile: ConfigurationFile(named: nil, environment: [:]),
            console: CommandConsole(output: .standardOutput, errors: .standardError, environment: [:])
        )
        return try BuildRequestReader(context).read()
    }

    @Test("without options, the working directory is built as usual")
    func usual() throws {
        let request = try read("").request
        #expect(request.app == ".")
        #expect(request.builder == nil)
        #expect(request.pull == .missing)
        #expect(request.isolation == .auto)
        #expect(request.workspace == "/workspace")
        #expect(request.uid == nil)
    }

    @Test("a configured builder counts less than the project's, any other more")
    func usualBuilder() throws {
        let settings = Configuration(table: ["builder": "settings"], path: "config.toml")
        var request = try read("", configuration: settings).request
        #expect(request.builder == nil && request.usualBuilder == "settings")
        request = try read("", environment: ["SLIPWAY_BUILDER": "variable"], configuration: settings).request
        #expect(request.builder == "variable")
    }

    @Test("every option arrives where it belongs")
    func everything() throws {
        let request = try read(
            """
            . -t a -t b -o store -o oci:x -B builder -b one -b two --pre-buildpack pre --post-buildpack post \
            --extension ext --run-image run --cache c --cache-from d --clear-cache -D web -d p.toml --pull always \
            --platform linux/arm64 --binding maven=/b --ca-cert x.pem --network none --previous-image old \
            --creation-time now --label k=v=w --annotation a=b --sbom-dir s --metadata-file m --isolation chroot \
            --keep-on-failure --exec-env test --uid 7 --gid 8 --workspace /w --insecure-registry r:5000 \
            --registry-mirror docker.io=m --lifecycle l --buildpack-registry reg
            """
        ).request
        #expect(request.tags == ["a", "b"])
        #expect(request.outputs == ["store", "oci:x"])
        #expect(request.builder == "builder")
        #expect(request.modules.buildpacks == ["one", "two"])
        #expect(request.modules.pre == ["pre"] && request.modules.post == ["post"])
        #expect(request.modules.extensions == ["ext"])
        #expect(request.runImage == "run")
        #expect(request.cache.directory == "c" && request.cache.from == ["d"] && request.cache.isCleared)
        #expect(request.process == "web" && request.descriptor == "p.toml")
        #expect(request.pull == .always && request.platform == "linux/arm64")
        #expect(request.bindings == [BuildRequest.Binding(type: "maven", directory: "/b")])
        #expect(request.caCertificates == ["x.pem"] && request.network == .none)
        #expect(request.previousImage == "old" && request.creationTime == "now")
        #expect(request.labels == [BuildRequest.NamedValue("k", "v=w")])
        #expect(request.annotations == [BuildRequest.NamedValue("a", "b")])
        #expect(request.sbomDir == "s" && request.metadataFile == "m")
        #expect(request.isolation == .chroot && request.keepsOnFailure)
        #expect(request.executionEnvironment == "test" && request.uid == 7 && request.gid == 8)
        #expect(request.workspace == "/w" && request.insecureRegistries == ["r:5000"])
        #expect(request.registryMirrors == [BuildRequest.NamedValue("docker.io", "m")])
        #expect(request.lifecycleDir == "l" && request.buildpackRegistry == "reg")
    }

    @Test("variables of files come before those of options, and names alone take what the shell has")
    func variables() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write("env", "A=1\nB='two words'\nC\n")
        let read = try read("-e A=2 -e D -e E --env-file \(file)", environment: ["C": "3", "D": "4"])
        #expect(
            read.request.variables == [
                BuildRequest.NamedValue("A", "1"), BuildRequest.NamedValue("B", "two words"),
                BuildRequest.NamedValue("C", "3"), BuildRequest.NamedValue("A", "2"), BuildRequest.NamedValue("D", "4"),
            ]
        )
        #expect(read.warnings == ["--env: E is not set in this environment, so the build does not get it"])
    }

    @Test(
        "volumes are read-only unless they say otherwise",
        arguments: [("/a:/b", false), ("/a:/b:ro", false), ("/a:/b:rw", true)]
    )
    func volumes(text: String, isWritable: Bool) throws {
        let expected = BuildRequest.Volume(source: "/a", target: "/b", isWritable: isWritable)
        #expect(try read("--volume \(text)").request.volumes == [expected])
    }

    @Test("a volume's source starts from here")
    func relativeVolume() throws {
        let volume = try #require(try read("--volume data:/b").request.volumes.first)
        #expect(volume.source == Path.join(try Path.workingDirectory(), "data"))
    }

    @Test("of pull and offline the one that counts more holds")
    func offline() throws {
        #expect(try read("--offline").request.pull == .never)
        #expect(try read("--offline --pull never").request.pull == .never)
        #expect(try read("--pull always", environment: ["SLIPWAY_OFFLINE": "1"]).request.pull == .always)
        #expect(try read("--offline", environment: ["SLIPWAY_PULL": "always"]).request.pull == .never)
        #expect(try read("--no-offline --pull always").request.pull == .always)
    }

    @Test(
        "what makes no sense is refused, with what to do",
        arguments: [
            ("shop", "there is no directory 'shop'; to name the image, write: slipway build -t shop"),
            ("--volume /a", "option '--volume': expected SOURCE:/TARGET[:ro|rw], found '/a'"),
            ("--volume /a:b", "option '--volume': expected SOURCE:/TARGET[:ro|rw], found '/a:b'"),
            ("--volume /a:/b:rx", "option '--volume' /a:/b:rx: expected ro or rw, found 'rx'; did you mean 'ro'?"),
            ("--offline --pull always", "--offline and --pull always contradict each other; give one of them"),
            ("--env-file /nowhere/env", "--env-file: open /nowhere/env: no such file or directory"),
            ("-e A/B=1", "--env 'A/B=1': "),
        ]
    )
    func refused(line: String, message: String) {
        #expect {
            _ = try read(line)
        } throws: { error in
            guard let error = error as? CommandError, error.exitCode == 2 else { return false }
            return [error.description, error.help].compactMap(\.self).joined(separator: "; ").hasPrefix(message)
        }
    }
}
