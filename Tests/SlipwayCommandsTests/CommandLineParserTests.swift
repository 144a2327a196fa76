import Testing

@testable import SlipwayCommands

@Suite("Command lines")
struct CommandLineParserTests {
    private static let build = Command(
        name: "build",
        summary: "Build",
        arguments: [Command.Argument(name: "PATH", isOptional: true)],
        options: BuildOptions.all,
        spellings: BuildOptions.packSpellings
    ) { _ in 0 }

    private func parse(_ line: String) throws(CommandError) -> ParsedCommand {
        try CommandLineParser(commands: [Self.build, ConfigCommands.group]).parse(
            line.split(separator: " ").map(String.init)
        )
    }

    @Test(
        "options are written as GNU programs have them, also after arguments",
        arguments: [
            "build app --tag shop -e A=1 --clear-cache",
            "build --tag=shop --env=A=1 --clear-cache app",
            "build -t shop app -eA=1 --clear-cache",
            "build -tshop --clear-cache -e=A=1 -- app",
            "--color never build -t=shop app --clear-cache -e A=1",
        ]
    )
    func spellings(line: String) throws {
        let parsed = try parse(line)
        #expect(parsed.arguments == ["app"])
        #expect(parsed.options[BuildOptions.tag] == ["shop"])
        #expect(parsed.options[BuildOptions.env] == ["A=1"])
        #expect(parsed.options.isOn(BuildOptions.clearCache))
    }

    @Test("lists keep their order, of single values the last counts, and what is on can be taken back")
    func repeated() throws {
        let parsed = try parse("build -t a --tag b -B x --builder=y --keep-on-failure --no-keep-on-failure")
        #expect(parsed.options[BuildOptions.tag] == ["a", "b"])
        #expect(parsed.options.value(BuildOptions.builder) == "y")
        #expect(!parsed.options.isOn(BuildOptions.keepOnFailure))
        #expect(parsed.options.place(of: BuildOptions.keepOnFailure) == .commandLine)
    }

    @Test("after two hyphens nothing is an option")
    func end() throws {
        #expect(try parse("build -- --tag").arguments == ["--tag"])
        #expect(try parse("build -").arguments == ["-"])
    }

    @Test(
        "mistakes say what is wrong and what may have been meant",
        arguments: [
            ("biuld", "no command 'biuld'", "did you mean 'slipway build'?"),
            ("xyz", "no command 'xyz'", "see 'slipway help'"),
            ("config sett x", "no command 'sett' of 'slipway config'", "did you mean 'slipway config set'?"),
            ("build --tga x", "no option '--tga' of 'slipway build'", "did you mean '--tag'?"),
            ("build --nonsense", "no option '--nonsense' of 'slipway build'", "see 'slipway build --help'"),
            ("build -builder x", "no option '-builder' of 'slipway build'", "did you mean '--builder'?"),
            ("build -tag=x", "no option '-tag' of 'slipway build'", "did you mean '--tag'?"),
            ("build -Z", "no option '-Z' of 'slipway build'", "see 'slipway build --help'"),
            ("build --tag", "option '--tag' needs a value, NAME", "write '--tag=NAME'"),
            ("build --tag --builder x", "option '--tag' needs a value, NAME", "write '--tag=NAME'"),
            ("build -t -B x", "option '-t' needs a value, NAME", "write '-t=NAME'"),
            ("build --offline=yes", "option '--offline' takes no value, and got 'yes'", "write '--offline' alone"),
            (
                "build --pull nver", "option '--pull': expected always, missing or never, found 'nver'",
                "did you mean 'never'?"
            ),
            ("build --uid me", "option '--uid': expected a number from 0 on, found 'me'", nil),
            ("build --label x", "option '--label': expected NAME=VALUE, found 'x'", nil),
            ("build --tag=", "option '--tag': expected NAME, found ''", nil),
            ("build a b", "'slipway build' has no use for 'b'", "see 'slipway build --help'"),
            ("config get", "'slipway config get' needs KEY", "see 'slipway config get --help'"),
            ("config get buildr", "argument KEY: expected", "did you mean 'builder'?"),
        ]
    )
    func mistakes(line: String, message: String, help: String?) {
        #expect {
            _ = try parse(line)
        } throws: { error in
            let error = error as? CommandError
            return error?.description.hasPrefix(message) == true && error?.help == help && error?.exitCode == 2
        }
    }

    @Test("help can be asked for anywhere, and needs nothing else to be right")
    func help() throws {
        for line in ["--help", "-h", "build --help", "build a b -h", "config --help", "config get -h"] {
            #expect(try parse(line).asksForHelp, "\(line)")
        }
        #expect(try parse("config get -h").name == "config get")
        #expect(try !parse("build -- --help").asksForHelp)
    }

    @Test("what pack calls otherwise is understood")
    func pack() throws {
        let parsed = try parse("build shop --path ../app --publish --pull-policy if-not-present --trust-builder -q")
        #expect(parsed.arguments == ["../app"])
        #expect(parsed.options[BuildOptions.tag] == ["shop"])
        #expect(parsed.options[BuildOptions.output] == ["registry"])
        #expect(parsed.options.value(BuildOptions.pull) == "missing")
        #expect(parsed.options.value(BuildOptions.progress) == "quiet")
        #expect(
            parsed.notes == [
                "option '--trust-builder' is not needed: buildpacks of any builder run without credentials"
            ]
        )
        #expect(try parse("build --path x -t y").options[BuildOptions.tag] == ["y"])
        #expect(try parse("build -p x").arguments == ["x"])
    }
}
