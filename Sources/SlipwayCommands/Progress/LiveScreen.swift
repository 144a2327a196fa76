import Builds

/// The part of a terminal that changes while a build runs.
///
/// It has a line for the step that is going on, and below that what the step has said at last. Above it, a line stays for
/// each step that has ended.
///
/// The cursor always stands at the start of the line after the part, so that whatever ends the program leaves a tidy
/// screen.
struct LiveScreen: Sendable {
    /// What a terminal is like.
    struct Terminal: Hashable, Sendable {
        /// How many characters fit into a line.
        var columns: Int
        /// How many lines there are.
        var rows: Int
        /// Whether there are colours.
        var usesColor: Bool
        /// Whether there are more characters than those of ASCII.
        var usesUnicode: Bool
    }

    private struct Work: Sendable {
        let step: BuildStep
        let start: Int64
        var tail = OutputTail()
        var notes: [String] = []
    }

    /// How long a picture stays at least while lines come in, in nanoseconds.
    private static let pace: Int64 = 50_000_000
    /// How long each picture of the spinner stays, in nanoseconds.
    static let spinnerPace: Int64 = 100_000_000
    private static let spinner = Array("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")
    private static let asciiSpinner = Array("|/-\\")
    private static let tailHeight = 8

    private var work: Work?
    /// The columns that each line of the part takes.
    private var drawn: [Int] = []
    private var drawnAt: Int64 = .min

    // MARK: - What happens

    /// Takes an event.
    /// - Parameters:
    ///   - event: What has happened.
    ///   - now: The time, in nanoseconds of a clock that only goes forward.
    ///   - terminal: What the terminal is like at this moment.
    /// - Returns: What to write to the terminal.
    mutating func show(_ event: BuildEvent, now: Int64, on terminal: Terminal) -> String {
        switch event {
        case .stepStarted(let step):
            work = Work(step: step, start: now)
            return redraw(now, terminal)
        case .output(_, let line, _):
            work?.tail.append(line)
            return now &- drawnAt >= Self.pace ? redraw(now, terminal) : ""
        case .note(_, let text):
            work?.notes.append(TerminalText.plain(text))
            return redraw(now, terminal)
        case .warning(let text):
            let label = paint("warning", .yellow, terminal)
            return redraw(now, terminal, above: "\(label): \(TerminalText.plain(text))\n")
        case .stepFinished(let step, let nanoseconds):
            let sign = paint(terminal.usesUnicode ? "✓" : "ok", .green, terminal)
            let text = heading(sign, step, nanoseconds, terminal) + "\n" + notes(terminal)
            work = nil
            return redraw(now, terminal, above: text)
        case .stepFailed(let step, let nanoseconds):
            let sign = paint(terminal.usesUnicode ? "✗" : "x", .red, terminal)
            let text = heading(sign, step, nanoseconds, terminal) + "\n" + notes(terminal) + keptOutput(terminal)
            work = nil
            return redraw(now, terminal, above: text)
        }
    }

    /// Moves on with the time.
    /// - Parameters:
    ///   - now: The time, in nanoseconds.
    ///   - terminal: What the terminal is like at this moment.
    /// - Returns: What to write to the terminal.
    mutating func tick(now: Int64, on terminal: Terminal) -> String {
        work == nil ? "" : redraw(now, terminal)
    }

    /// Takes the changing part away.
    mutating func clear(on terminal: Terminal) -> String {
        work = nil
        return erase(terminal)
    }

    // MARK: - Drawing

    private mutating func redraw(_ now: Int64, _ terminal: Terminal, above text: String = "") -> String {
        drawnAt = now
        let erasure = erase(terminal)
        guard let work else { return erasure + text }
        let width = max(terminal.columns - 1, 1)
        let frames = terminal.usesUnicode ? Self.spinner : Self.asciiSpinner
        let elapsed = max(0, now &- work.start)
        let frame = frames[Int(elapsed / Self.spinnerPace) % frames.count]
        let beginning = " \(name(of: work.step)) \(Amounts.time(nanoseconds: elapsed))"
        let head = TerminalText.fitting(
            "\(frame)\(beginning)" + (work.notes.last.map { "  \($0)" } ?? ""),
            columns: width
        )
        let height = min(Self.tailHeight, max(0, terminal.rows - 4))
        let tail = work.tail.lines.suffix(height).map {
            TerminalText.fitting("  " + TerminalText.plain($0), columns: width)
        }
        drawn = ([head] + tail).map { TerminalText.width($0) }
        return erasure + text + paint(head, .cyan, terminal) + "\n"
            + tail.map { paint($0, .dim, terminal) + "\n" }.joined()
    }

    /// Goes to the start of the changing part and takes it away.
    private mutating func erase(_ terminal: Terminal) -> String {
        guard !drawn.isEmpty else { return "" }
        // A terminal that has become narrower has broken what was one line.
        let columns = max(1, terminal.columns)
        let height = drawn.reduce(0) { $0 + max(1, ($1 + columns - 1) / columns) }
        drawn = []
        return "\u{1b}[\(height)A\r\u{1b}[J"
    }

    // MARK: - What stays

    private func heading(_ sign: String, _ step: BuildStep, _ nanoseconds: Int64, _ terminal: Terminal) -> String {
        "\(sign) \(name(of: step)) \(Amounts.time(nanoseconds: nanoseconds))"
    }

    private func name(of step: BuildStep) -> String {
        let longest = BuildStep.allCases.map(\.rawValue.count).max() ?? 0
        return step.rawValue + String(repeating: " ", count: longest - step.rawValue.count)
    }

    private func notes(_ terminal: Terminal) -> String {
        (work?.notes ?? []).map { paint("  \($0)", .dim, terminal) + "\n" }.joined()
    }

    private func keptOutput(_ terminal: Terminal) -> String {
        guard let tail = work?.tail else { return "" }
        var text = ""
        if tail.droppedCount > 0 {
            let count = Amounts.count(tail.droppedCount, "earlier line")
            text += paint("  (\(count) left out; --progress plain shows all)", .dim, terminal) + "\n"
        }
        for line in tail.lines {
            text += "  " + (terminal.usesColor ? TerminalText.colored(line) : TerminalText.plain(line)) + "\n"
        }
        return text
    }

    private func paint(_ text: String, _ style: TextStyle, _ terminal: Terminal) -> String {
        terminal.usesColor ? style.paint(text) : text
    }
}
