import JSON
import POSIX
import TestSupport
import Testing

@testable import SlipwayCommands

@Suite("Help, completions and the manual page")
struct HelpTests {
    @Test("without a command, the program says what there is and fails")
    func bare() throws {
        let run = try CommandRun("")
        #expect(run.code == 2)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains("Usage: slipway COMMAND"))
        #expect(run.errors.hasSuffix("error: a command is missing\nhelp: see 'slipway --help'\n"))
        let group = try CommandRun("config")
        #expect(group.code == 2)
        #expect(
            group.errors == "error: a command is missing after 'slipway config'\nhelp: see 'slipway config --help'\n"
        )
    }

    @Test("help names every command, and every option of a command with its words")
    func complete() throws {
        let overview = try CommandRun("--help")
        #expect(overview.code == 0)
        for command in CommandTable.commands {
            #expect(overview.output.contains("\n  \(command.name) "))
            #expect(overview.output.contains(command.summary))
        }
        for command in CommandTable.leaves {
            let text = try CommandRun(["help"] + command.name.split(separator: " ").map(String.init)).output
            for option in command.allOptions { #expect(text.contains(option.usage), "\(command.name)") }
            for example in command.examples { #expect(text.contains(example.line)) }
            #expect(try CommandRun("\(command.name) --help").output == text)
        }
    }

    @Test("no line of help is longer than the width, but for long words")
    func widths() {
        for command in CommandTable.leaves {
            for line in HelpText(width: 80, usesColor: false).text(of: command).split(separator: "\n") {
                #expect(line.count <= 80 || line.hasPrefix("  slipway ") || line.hasPrefix("Usage"), "\(line)")
            }
        }
    }

    @Test("a misspelt command gets the nearest", arguments: ["confg", "help confg"])
    func misspelt(line: String) throws {
        let run = try CommandRun(line)
        #expect(run.code == 2)
        #expect(run.errors == "error: no command 'confg'\nhelp: did you mean 'slipway config'?\n")
    }

    @Test("examples are command lines that are understood")
    func examples() throws {
        for command in CommandTable.leaves {
            for example in command.examples {
                // Up to what the shell takes for itself.
                let words = example.line.split(separator: " ").map(String.init)
                let own = words.drop { !$0.hasSuffix("slipway") }.dropFirst()
                    .prefix { !["|", ">", "&&", "#"].contains($0) }
                    .map { $0.hasSuffix(")") ? String($0.dropLast()) : $0 }
                let parsed = try CommandLineParser(commands: CommandTable.commands).parse(own)
                #expect(parsed.name == command.name, "\(example.line)")
            }
        }
    }

    @Test("every option that has a key is a setting, and letters are not used twice")
    func table() {
        let settings = Set(CommandTable.settings.map(\.name))
        for command in CommandTable.leaves {
            let options = command.allOptions
            for option in options where option.key != nil { #expect(settings.contains(option.name)) }
            let letters = options.compactMap(\.short) + command.spellings.compactMap(\.short)
            #expect(Set(letters).count == letters.count, "\(command.name)")
            let names = options.map(\.name) + command.spellings.map(\.name)
            #expect(Set(names).count == names.count, "\(command.name)")
        }
    }

    @Test("version is a line, or an object")
    func version() throws {
        for line in ["version", "--version", "-V"] {
            #expect(try CommandRun(line).output.hasPrefix("slipway 0."), "\(line)")
        }
        let object = try JSONParser.parse(try CommandRun("version --json").output, source: "")
        #expect(object["platform-apis"]?.arrayValue?.last == "0.15")
    }

    @Test("the program is linked, and gives its exit code", .timeLimit(.minutes(1)))
    func program() throws {
        let path = try #require(BuiltProgram.path("slipway"))
        #expect(try runCommand([path, "version"]).output.hasPrefix("slipway 0."))
        #expect(try runCommand([path, "nonsense"]).status == .exited(2))
    }
}

@Suite("Completions")
struct CompletionTests {
    /// What bash offers for the last word of a line.
    private func bash(_ line: String, in directory: String? = nil) throws -> [String] {
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map { "'\($0)'" }
        let script = """
            compopt() { :; }
            source /dev/stdin <<'SCRIPT'
            \(try CommandRun("completion bash").output)
            SCRIPT
            COMP_WORDS=(\(words.joined(separator: " "))); COMP_CWORD=\(words.count - 1)
            _slipway
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let result = try runCommand(["bash", "-euc", script], in: directory)
        #expect(result.status.isSuccess && result.errors.isEmpty, "\(result.errors)")
        return result.lines.filter { !$0.isEmpty }
    }

    @Test("bash offers commands, options, values and files", .timeLimit(.minutes(1)))
    func bash() throws {
        #expect(try bash("slipway co") == ["config", "completion"])
        #expect(try bash("slipway config s") == ["set"])
        #expect(try bash("slipway version --j") == ["--json"])
        #expect(try bash("slipway --color a") == [])
        #expect(try bash("slipway version --color al") == ["always"])
        #expect(try bash("slipway version --color = al") == ["always"])
        #expect(try bash("slipway version --color =") == ["auto", "always", "never"])
        #expect(try bash("slipway config get build") == ["builder", "buildpack", "buildpack-registry"])
        #expect(try bash("slipway completion ") == ["bash", "zsh", "fish"])
        #expect(try bash("slipway -") == ["--help", "--config", "--color"])
        let directory = try TemporaryDirectory()
        try directory.write("my file.toml", "")
        #expect(try bash("slipway version --config my", in: directory.path) == ["my file.toml"])
    }

    @Test("the scripts are such that their shells take", .timeLimit(.minutes(1)), arguments: ["bash", "zsh", "fish"])
    func syntax(shell: String) throws {
        let script = try CommandRun("completion \(shell)").output
        for option in CommandTable.commonOptions { #expect(script.contains(option.name)) }
        guard Conditions.commandExists(shell) else { return }
        let file = try TemporaryDirectory()
        let path = try file.write("script", script)
        let result = try runCommand([shell, "-n", path])
        #expect(result.status.isSuccess && result.errors.isEmpty, "\(result.errors)")
    }

    @Test("a shell that is none gets the nearest")
    func misspelt() throws {
        let run = try CommandRun("completion bsh")
        #expect(run.code == 2)
        #expect(
            run.errors == "error: argument SHELL: expected bash, zsh or fish, found 'bsh'\nhelp: did you mean 'bash'?\n"
        )
    }

    @Test(
        "the manual page is set without a warning",
        .enabled(if: Conditions.commandExists("groff"), "needs groff"),
        .timeLimit(.minutes(1))
    )
    func manual() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("slipway.1", try CommandRun("help --man").output)
        let result = try runCommand(["groff", "-man", "-Tutf8", "-ww", "-P-cbou", path])
        #expect(result.status.isSuccess)
        #expect(result.errors.isEmpty)
        for command in CommandTable.leaves { #expect(result.output.contains(command.usage)) }
        #expect(result.output.contains("EXIT STATUS"))
    }
}
