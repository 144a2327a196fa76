import Testing

@testable import SlipwayCommands

@Suite("Where options come from")
struct OptionSourcesTests {
    private static let build = Command(name: "build", summary: "Build", options: BuildOptions.all) { _ in 0 }

    private func resolve(
        _ line: String = "build",
        environment: [String: String] = [:],
        configuration: String = ""
    ) throws -> OptionValues {
        let file = ConfigurationFile(named: "config.toml", environment: [:])
        let parsed = try CommandLineParser(commands: [Self.build]).parse(line.split(separator: " ").map(String.init))
        let settings = Configuration(table: try file.parse(configuration), path: "config.toml")
        return try OptionSources(environment: environment, configuration: settings).resolve(parsed)
    }

    @Test("the command line counts before the environment, and that before the configuration")
    func precedence() throws {
        let configuration = "builder = 'c'\ntag = ['c1', 'c2']\noffline = true"
        let environment = ["SLIPWAY_BUILDER": "e", "SLIPWAY_TAG": "e1,e2", "SLIPWAY_OFFLINE": "no"]
        var values = try resolve(configuration: configuration)
        #expect(values.value(BuildOptions.builder) == "c")
        #expect(values[BuildOptions.tag] == ["c1", "c2"])
        #expect(values.isOn(BuildOptions.offline))
        values = try resolve(environment: environment, configuration: configuration)
        #expect(values.value(BuildOptions.builder) == "e")
        #expect(values[BuildOptions.tag] == ["e1", "e2"])
        #expect(!values.isOn(BuildOptions.offline))
        values = try resolve("build -B f --offline -t f1", environment: environment, configuration: configuration)
        #expect(values.value(BuildOptions.builder) == "f")
        #expect(values[BuildOptions.tag] == ["f1"])
        #expect(values.isOn(BuildOptions.offline))
        #expect(values.place(of: BuildOptions.tag) == .commandLine)
    }

    @Test("variables, labels and volumes of all places add up, the most important last")
    func additions() throws {
        let values = try resolve(
            "build -e A=3",
            environment: ["SLIPWAY_ENV": "A=2,5\nB=x", "SLIPWAY_VOLUME": "/a:/b,/c:/d"],
            configuration: "label = { team = 'a, b' }\n[env]\nA = '1'"
        )
        #expect(values[BuildOptions.env] == ["A=1", "A=2,5", "B=x", "A=3"])
        #expect(values[BuildOptions.volume] == ["/a:/b", "/c:/d"])
        #expect(values[BuildOptions.label] == ["team=a, b"])
    }

    @Test("an empty variable is none")
    func empty() throws {
        let values = try resolve(environment: ["SLIPWAY_BUILDER": ""], configuration: "builder = 'c'")
        #expect(values.value(BuildOptions.builder) == "c")
    }

    @Test(
        "a bad value is found wherever it stands",
        arguments: [
            (["SLIPWAY_PULL": "nver"], "", "variable SLIPWAY_PULL: expected always, missing or never, found 'nver'"),
            (["SLIPWAY_OFFLINE": "maybe"], "", "variable SLIPWAY_OFFLINE: expected true or false, found 'maybe'"),
            ([:], "\npull = 'nver'", "configuration config.toml: line 2 (pull): expected always, missing or never"),
            ([:], "pull = true", "configuration config.toml: line 1 (pull): expected a string, found a boolean"),
            ([:], "offline = 'x'", "configuration config.toml: line 1 (offline): expected a boolean, found a string"),
            ([:], "tag = [1]", "configuration config.toml: line 1 (tag): expected a list of strings, found an array"),
        ]
    )
    func mistakes(environment: [String: String], configuration: String, message: String) {
        #expect {
            _ = try resolve(environment: environment, configuration: configuration)
        } throws: { "\($0)".hasPrefix(message) }
    }

    @Test("paths of the configuration start where it is, or at home; others where they are given")
    func paths() throws {
        let file = ConfigurationFile(named: "/etc/config.toml", environment: [:])
        let text = "cache = 'c'\nlifecycle = '~/l'\nmetadata-file = '/m'\nsbom-dir = '../s'"
        let settings = Configuration(table: try file.parse(text), path: "/etc/config.toml")
        let parsed = try CommandLineParser(commands: [Self.build]).parse(["build", "--descriptor", "d"])
        let values = try OptionSources(environment: ["HOME": "/home/me"], configuration: settings).resolve(parsed)
        #expect(values.value(BuildOptions.cache) == "/etc/c")
        #expect(values.value(BuildOptions.lifecycle) == "/home/me/l")
        #expect(values.value(BuildOptions.metadataFile) == "/m")
        #expect(values.value(BuildOptions.sbomDir) == "/s")
        #expect(values.value(BuildOptions.descriptor) == "d")
    }

    @Test("misspelt variables get the nearest one, and others are no business of ours")
    func variables() throws {
        let environment = ["SLIPWAY_BULDER": "x", "SLIPWAY_BIN": "x", "SLIPWAY_STORE": "x", "OTHER": "x"]
        let sources = OptionSources(environment: environment, configuration: .none)
        #expect(
            sources.warnings(known: CommandTable.variables) == [
                "no such variable: SLIPWAY_BULDER; did you mean 'SLIPWAY_BUILDER'?"
            ]
        )
    }

    @Test("unknown settings get the nearest one")
    func unknown() throws {
        let file = ConfigurationFile(named: "config.toml", environment: [:])
        let configuration = Configuration(table: try file.parse("buidler = 'x'\nzzzzzz = 1"), path: "config.toml")
        #expect(
            configuration.warnings(known: CommandTable.settings.map(\.name)) == [
                "configuration config.toml: line 1 (buidler): no such setting; did you mean 'builder'?",
                "configuration config.toml: line 2 (zzzzzz): no such setting",
            ]
        )
    }
}
