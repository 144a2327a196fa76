import POSIX

/// How a build is shown while it runs.
enum ProgressKind: String, Hashable, Sendable, CaseIterable {
    /// Live lines at a terminal, else plain ones.
    case auto
    /// A line for each that is said, with the step that says it.
    case plain
    /// An object a line.
    case json
    /// Nothing but what went wrong.
    case quiet

    /// Makes the display.
    /// - Parameters:
    ///   - console: Where it shows the build.
    ///   - environment: The environment variables, which tell what the terminal can do.
    /// - Returns: The display; a live one is running.
    func display(on console: CommandConsole, environment: [String: String]) -> any BuildDisplay {
        switch self {
        case .json: return JSONDisplay(console: console)
        case .quiet: return QuietDisplay(console: console)
        case .plain: return PlainDisplay(console: console)
        case .auto:
            let term = environment["TERM", default: ""]
            guard console.errors.isTerminal, !term.isEmpty, term != "dumb" else {
                return PlainDisplay(console: console)
            }
            let display = LiveDisplay(console: console, environment: environment)
            display.start()
            return display
        }
    }
}
