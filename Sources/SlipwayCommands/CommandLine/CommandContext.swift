/// What a command works with.
struct CommandContext: Sendable {
    /// The command.
    let command: Command
    /// Its options, of all places.
    let options: OptionValues
    /// What was given by place.
    let arguments: [String]
    /// The environment variables.
    let environment: [String: String]
    /// The configuration file.
    let configurationFile: ConfigurationFile
    /// Where it writes to.
    let console: CommandConsole
}
