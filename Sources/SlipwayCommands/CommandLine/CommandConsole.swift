import POSIX

/// Where commands write to: results to standard output, everything else to standard error.
struct CommandConsole: Sendable {
    /// Receives results, and nothing else.
    let output: FileDescriptor
    /// Receives what people read beside results.
    let errors: FileDescriptor
    /// Whether standard error is coloured.
    let usesColor: Bool

    /// Makes a console.
    /// - Parameters:
    ///   - output: Receives results.
    ///   - errors: Receives messages.
    ///   - color: What `--color` says; nil for `auto`.
    ///   - environment: The environment variables, of which `NO_COLOR` and `TERM` count.
    init(output: FileDescriptor, errors: FileDescriptor, color: String? = nil, environment: [String: String]) {
        self.output = output
        self.errors = errors
        let isWanted = environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
        usesColor = color == "always" || (color != "never" && isWanted && errors.isTerminal)
    }

    /// Writes a result.
    func print(_ text: String) {
        output.report(text)
    }

    /// Writes a message.
    func say(_ text: String) {
        errors.report(text)
    }

    /// Says that something may not be what the user wants.
    func warn(_ message: String) {
        say("\(paint("warning", .yellow)): \(message)\n")
    }

    /// Says what is wrong, and what to do about it.
    func report(_ error: CommandError) {
        say("\(paint("error", .red)): \(error)\n")
        if let help = error.help { say("\(paint("help", .cyan)): \(help)\n") }
    }

    /// Colours a text if there are colours.
    func paint(_ text: String, _ style: TextStyle) -> String {
        usesColor ? style.paint(text) : text
    }
}
