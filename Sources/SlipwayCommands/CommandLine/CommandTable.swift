/// The commands of `slipway`: parser, help, completions, man page and documentation come from this table.
enum CommandTable {
    /// All commands and groups, in the order that help shows them in.
    static let commands: [Command] = [
        BuildCommand.command,
        RunCommand.command,
        DetectCommand.command,
        DoctorCommand.command,
        StoreCommands.group,
        CacheCommands.group,
        ConfigCommands.group,
        CompletionCommand.command,
        VersionCommand.command,
        HelpCommand.command,
    ]

    /// The heading of the options that all commands have.
    static let commonSection = "Everywhere"

    /// Asks for help.
    static let help = CommandOption.toggle(
        "help",
        short: "h",
        in: commonSection,
        "show what the command does and takes",
        standIns: .none
    )

    /// Names the configuration file.
    static let config = CommandOption.value(
        "config",
        "FILE",
        in: commonSection,
        "read settings from this file",
        content: .file,
        fallback: "$XDG_CONFIG_HOME/slipway/config.toml",
        standIns: .variable
    )

    /// Whether messages are coloured.
    static let color = CommandOption.value(
        "color",
        "WHEN",
        in: commonSection,
        "colour messages",
        content: .choice(["auto", "always", "never"]),
        fallback: "auto"
    )

    /// The options that all commands have.
    static let commonOptions = [config, color, help]

    /// All options that can be set in the configuration, each name once, by name.
    static let settings: [CommandOption] =
        (commonOptions + BuildOptions.all).filter { $0.key != nil }.sorted { $0.name < $1.name }

    /// All environment variables of our own that count.
    static let variables: [String] =
        (commonOptions + BuildOptions.all).compactMap(\.variable)
        + ["SLIPWAY_STORE", "SLIPWAY_CACHE_HOME", "SLIPWAY_BUILDPACKS"]

    /// All commands without groups, in order.
    static var leaves: [Command] { commands.flatMap { $0.action == nil ? $0.subcommands : [$0] } }
}
