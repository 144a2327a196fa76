/// `slipway completion`.
enum CompletionCommand {
    static let command = Command(
        name: "completion",
        summary: "Print what lets a shell complete command lines",
        arguments: [Command.Argument(name: "SHELL", content: .choice(Shell.allCases.map(\.rawValue)))],
        examples: [
            Command.Example(line: "source <(slipway completion bash)", meaning: "complete in this shell, bash"),
            Command.Example(
                line: "slipway completion zsh > \"${fpath[1]}/_slipway\"",
                meaning: "complete in every zsh"
            ),
            Command.Example(
                line: "slipway completion fish > ~/.config/fish/completions/slipway.fish",
                meaning: "complete in every fish"
            ),
        ],
        usesSettings: false,
        action: run
    )

    private enum Shell: String, CaseIterable {
        case bash, zsh, fish
    }

    private static func run(_ context: CommandContext) throws(CommandError) -> Int32 {
        let commands = CommandTable.commands
        switch context.arguments.first.flatMap(Shell.init(rawValue:)) {
        case .bash: context.console.print(BashCompletion(commands: commands).text)
        case .zsh: context.console.print(ZshCompletion(commands: commands).text)
        case .fish: context.console.print(FishCompletion(commands: commands).text)
        case nil: break
        }
        return 0
    }
}
