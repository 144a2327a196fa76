/// What a command line asks for, before environment and configuration have their say.
struct ParsedCommand: Sendable {
    /// The command or group; nil where only the program was named.
    var command: Command?
    /// The options that are on the command line.
    var options = OptionValues()
    /// What is given by place, in order.
    var arguments: [String] = []
    /// What somebody should know about spellings that mean nothing here.
    var notes: [String] = []
    /// Whether help is asked for.
    var asksForHelp = false

    /// The command's name; empty where there is none.
    var name: String { command?.name ?? "" }
}
