import POSIX
import TestSupport
import Testing

@testable import SlipwayCommands

@Suite("slipway config")
struct ConfigCommandsTests {
    private let home: TemporaryDirectory
    private var environment: [String: String] { ["HOME": home.path] }

    init() throws { home = try TemporaryDirectory() }

    private func text() throws -> String { try FileSystem.readText(home.path(".config/slipway/config.toml")) }

    @Test("what is set can be read, is listed, and can be taken away")
    func roundTrip() throws {
        #expect(try CommandRun("config get builder", environment: environment).code == 1)
        #expect(try CommandRun("config set builder host", environment: environment).code == 0)
        #expect(try CommandRun("config set insecure-registry a:5000 b", environment: environment).code == 0)
        #expect(try CommandRun("config set offline yes", environment: environment).code == 0)
        #expect(try CommandRun("config get insecure-registry", environment: environment).output == "a:5000\nb\n")
        #expect(
            try CommandRun("config list", environment: environment).output
                == "builder = \"host\"\ninsecure-registry = [\"a:5000\", \"b\"]\noffline = true\n"
        )
        #expect(try CommandRun("config unset builder", environment: environment).code == 0)
        #expect(try text() == "insecure-registry = [\"a:5000\", \"b\"]\noffline = true\n")
        #expect(try FileSystem.status(home.path(".config/slipway/config.toml")).mode == 0o600)
    }

    @Test("the rest of the file stays as it was written")
    func kept() throws {
        let before = """
            # My settings.
            tag = [
                "a", # not this one: ]
                "b\\"]",
            ]
            builder = 'x' # the old one
            note = \"\"\"
            builder = 1
            ""\"\"\"

            [env] # for all
            A = "1"
            """
        try home.write(".config/slipway/config.toml", before)
        #expect(try CommandRun("config set builder y", environment: environment).code == 0)
        #expect(try text() == before.replacing("'x'", with: "\"y\"") + "\n")
        #expect(try CommandRun("config set tag c", environment: environment).code == 0)
        #expect(try text().hasPrefix("# My settings.\ntag = [\"c\"]\nbuilder = \"y\" # the old one\n"))
        let pull = try CommandRun("config set pull never", environment: environment)
        #expect(pull.code == 0, "\(pull.errors)")
        #expect(try text().contains("\n\"\"\"\"\"\npull = \"never\"\n\n[env] # for all\nA = \"1\"\n"))
        let table = try CommandRun("config set env B=2", environment: environment)
        #expect(table.code == 2)
        #expect(table.errors.contains("can't change 'env' in \(home.path(".config/slipway/config.toml"))"))
        #expect(try CommandRun("config get env", environment: environment).output == "A=1\n")
    }

    @Test("line ends of other systems stay")
    func carriageReturns() throws {
        try home.write(".config/slipway/config.toml", "builder = 'x'\r\npull = 'never'\r\n")
        #expect(try CommandRun("config set builder y", environment: environment).code == 0)
        #expect(try text() == "builder = \"y\"\r\npull = 'never'\r\n")
    }

    @Test("a table can stand at the top, and settings come before it")
    func tableFirst() throws {
        try home.write(".config/slipway/config.toml", "[env]\nA = '1'\n")
        #expect(try CommandRun("config set pull never", environment: environment).code == 0)
        #expect(try text() == "pull = \"never\"\n[env]\nA = '1'\n")
    }

    @Test(
        "what does not suit is refused, and the file stays",
        arguments: [
            ("config set pull sometimes", "setting 'pull': expected always, missing or never, found 'sometimes'"),
            ("config set builder a b", "setting 'builder' takes one value"),
            ("config set offline perhaps", "setting 'offline': expected true or false, found 'perhaps'"),
            ("config set buidler x", "help: did you mean 'builder'?"),
        ]
    )
    func refused(line: String, message: String) throws {
        let run = try CommandRun(line, environment: environment)
        #expect(run.code == 2)
        #expect(run.errors.contains(message))
        #expect(!FileSystem.exists(home.path(".config")))
    }

    @Test("XDG_CONFIG_HOME, SLIPWAY_CONFIG and --config choose the file")
    func places() throws {
        let xdg = ["HOME": "/nowhere", "XDG_CONFIG_HOME": home.path("xdg")]
        #expect(try CommandRun("config set builder x", environment: xdg).code == 0)
        #expect(FileSystem.exists(home.path("xdg/slipway/config.toml")))
        let file = ["SLIPWAY_CONFIG": home.path("own.toml")]
        #expect(try CommandRun("config set builder y", environment: file).code == 0)
        #expect(try CommandRun(["config", "get", "builder", "--config", home.path("own.toml")]).output == "y\n")
        let missing = try CommandRun(["config", "get", "builder", "--config", home.path("no.toml")])
        #expect(missing.code == 2)
        #expect(missing.errors.contains("no.toml: no such file or directory"))
        #expect(try CommandRun("config set builder x").errors.contains("help: set HOME, or give --config FILE"))
    }

    @Test("a broken file is shown with the place, and keeps nobody from help")
    func broken() throws {
        try home.write(".config/slipway/config.toml", "builder = \n")
        let run = try CommandRun("config list", environment: environment)
        #expect(run.code == 2)
        #expect(run.errors.contains("config.toml: line 1, column 11"))
        #expect(try CommandRun("version", environment: environment).code == 0)
        #expect(try CommandRun("help", environment: environment).code == 0)
    }

    @Test("unknown settings are warned of")
    func warned() throws {
        try home.write(".config/slipway/config.toml", "buidler = 'x'\n")
        let run = try CommandRun("config list", environment: environment)
        #expect(run.code == 0)
        #expect(run.errors.hasPrefix("warning: configuration "))
        #expect(run.errors.contains("did you mean 'builder'?"))
    }

    @Test("files that are too large or no files are refused")
    func hostile() throws {
        try home.write(".config/slipway/config.toml", String(repeating: "#\n", count: 600_000))
        #expect(try CommandRun("config list", environment: environment).errors.contains("is larger than 1048576 bytes"))
        #expect(try CommandRun("config list --config /dev/zero").code == 2)
        #expect(try CommandRun("config list --config /").code == 2)
    }
}
