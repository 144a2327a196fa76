import Builds
import Synchronization

/// Shows nothing of a build that succeeds, and of one that fails what the failed step said.
final class QuietDisplay: BuildDisplay {
    private let console: CommandConsole
    private let tail = Mutex(OutputTail())

    /// Makes a display.
    init(console: CommandConsole) {
        self.console = console
    }

    func show(_ event: BuildEvent) {
        switch event {
        case .stepStarted: tail.withLock { $0 = OutputTail() }
        case .output(_, let line, _): tail.withLock { $0.append(line) }
        case .stepFailed:
            let lines = tail.withLock { Array($0.lines) }
            for line in lines {
                console.say((console.usesColor ? TerminalText.colored(line) : TerminalText.plain(line)) + "\n")
            }
        case .note, .warning, .stepFinished: break
        }
    }

    func finish(_ summary: BuildSummary) {}

    func fail(_ error: CommandError) {
        console.report(error)
    }
}
