import Builds
import POSIX
import Synchronization

/// Shows a build at a terminal, with a thread that moves the time on.
final class LiveDisplay: BuildDisplay {
    private struct State: Sendable {
        var screen = LiveScreen()
        var isOver = false
    }

    private let console: CommandConsole
    private let usesUnicode: Bool
    private let state = Mutex(State())
    private let ticker = Mutex<Thread?>(nil)

    /// Makes a display; time moves on until ``finish(_:)`` or ``fail(_:)``.
    /// - Parameters:
    ///   - console: Whose standard error is the terminal.
    ///   - environment: The environment variables, which tell of the terminal's characters.
    init(console: CommandConsole, environment: [String: String]) {
        self.console = console
        usesUnicode = Self.usesUnicode(environment)
    }

    /// Starts the thread; without room for one, the picture changes with events alone.
    func start() {
        let thread = try? Thread { [self] in
            while !state.withLock({ $0.isOver }) {
                Clock.sleep(milliseconds: Int(LiveScreen.spinnerPace / 1_000_000))
                update { screen, now, terminal in screen.tick(now: now, on: terminal) }
            }
        }
        ticker.withLock { $0 = thread }
    }

    func show(_ event: BuildEvent) {
        update { screen, now, terminal in screen.show(event, now: now, on: terminal) }
    }

    func finish(_ summary: BuildSummary) {
        stop()
        console.say("\n" + summary.text(usesColor: console.usesColor))
    }

    func fail(_ error: CommandError) {
        stop()
        console.report(error)
    }

    private func stop() {
        update { screen, _, terminal in screen.clear(on: terminal) }
        state.withLock { $0.isOver = true }
        ticker.withLock { thread in
            thread?.join()
            thread = nil
        }
    }

    /// Changes the picture and writes the change, one thread at a time.
    private func update(_ change: (inout LiveScreen, Int64, LiveScreen.Terminal) -> String) {
        state.withLock { state in
            guard !state.isOver else { return }
            let text = change(&state.screen, Clock.monotonicNanoseconds, terminal)
            if !text.isEmpty { console.say(text) }
        }
    }

    private var terminal: LiveScreen.Terminal {
        let size = console.errors.terminalSize ?? (80, 24)
        return LiveScreen.Terminal(
            columns: size.columns,
            rows: size.rows,
            usesColor: console.usesColor,
            usesUnicode: usesUnicode
        )
    }

    /// Whether the locale's characters are those of Unicode.
    static func usesUnicode(_ environment: [String: String]) -> Bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        let name = (locale ?? "").lowercased()
        return name.hasSuffix("utf-8") || name.hasSuffix("utf8") || name.contains("utf-8@")
    }
}
