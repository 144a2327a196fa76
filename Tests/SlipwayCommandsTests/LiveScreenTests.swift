import Builds
import Testing

@testable import SlipwayCommands

/// A terminal that understands what the live picture is made of, and shows what a person would see.
private struct FakeTerminal {
    var columns: Int
    private(set) var lines = [""]

    init(columns: Int) { self.columns = columns }

    /// Takes bytes; anything that is no text, line end or one of three sequences is a defect.
    mutating func write(_ text: String) {
        var rest = Substring(text).unicodeScalars
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\n": lines.append("")
            case "\r": lines[lines.count - 1] = ""
            case "\u{1b}":
                #expect(rest.popFirst() == "[")
                let parameters = String(rest.prefix { !("A"..."z").contains($0) })
                rest.removeFirst(parameters.unicodeScalars.count)
                switch rest.popFirst() {
                // The cursor is at the start of an empty last line.
                case "A": lines.removeLast(Int(parameters) ?? 1)
                case "J": lines[lines.count - 1] = ""
                case "m": break
                default: Issue.record("an unexpected sequence in \(text.debugDescription)")
                }
            default: lines[lines.count - 1].unicodeScalars.append(scalar)
            }
        }
    }

    var text: String { lines.joined(separator: "\n") }
}

@Suite("The live picture of a build")
struct LiveScreenTests {
    private static let terminal = LiveScreen.Terminal(columns: 40, rows: 12, usesColor: false, usesUnicode: true)
    private static let second: Int64 = 1_000_000_000

    /// Shows events a second apart.
    private func shown(
        _ events: [BuildEvent],
        on terminal: LiveScreen.Terminal = terminal
    ) -> String {
        var screen = LiveScreen()
        var fake = FakeTerminal(columns: terminal.columns)
        for (number, event) in events.enumerated() {
            fake.write(screen.show(event, now: Int64(number) * Self.second, on: terminal))
        }
        return fake.text
    }

    @Test("a step has a line while it runs, with its last output below, and one line when it is done")
    func course() {
        var events: [BuildEvent] = [.stepStarted(.detect)]
        #expect(shown(events) == "⠋ detect  0.0s\n")
        events.append(.output(.detect, line: "\u{1b}[1mtrying\u{1b}[0m one", isError: false))
        events.append(.note(.detect, "two groups"))
        #expect(shown(events) == "⠋ detect  2.0s  two groups\n  trying one\n")
        events.append(.stepFinished(.detect, nanoseconds: 3_400_000_000))
        #expect(shown(events) == "✓ detect  3.4s\n  two groups\n")
        events.append(.stepStarted(.build))
        #expect(shown(events) == "✓ detect  3.4s\n  two groups\n⠋ build   0.0s\n")
    }

    @Test("what a failed step has said stays, with its colours")
    func failure() {
        let lines = (1...12).map { BuildEvent.output(.build, line: "line \($0)", isError: false) }
        let events = [.stepStarted(.build)] + lines + [.stepFailed(.build, nanoseconds: 12_300_000_000)]
        let expected = (1...12).map { "  line \($0)\n" }.joined()
        #expect(shown(events) == "✗ build   12.3s\n" + expected)
        var colored = Self.terminal
        colored.usesColor = true
        var screen = LiveScreen()
        _ = screen.show(.stepStarted(.build), now: 0, on: colored)
        _ = screen.show(.output(.build, line: "\u{1b}[31mred\u{1b}[K", isError: true), now: 1, on: colored)
        #expect(
            screen.show(.stepFailed(.build, nanoseconds: 0), now: 2, on: colored)
                == "\u{1b}[1A\r\u{1b}[J\u{1b}[31;1m✗\u{1b}[0m build   0.0s\n  \u{1b}[31mred\u{1b}[0m\n"
        )
    }

    @Test("the bytes are those that a terminal needs, and no colours where there are none")
    func bytes() {
        var screen = LiveScreen()
        #expect(screen.show(.stepStarted(.export), now: 0, on: Self.terminal) == "⠋ export  0.0s\n")
        #expect(screen.tick(now: 100_000_000, on: Self.terminal) == "\u{1b}[1A\r\u{1b}[J⠙ export  0.1s\n")
        #expect(
            screen.show(.output(.export, line: "one", isError: false), now: 200_000_000, on: Self.terminal)
                == "\u{1b}[1A\r\u{1b}[J⠹ export  0.2s\n  one\n"
        )
        #expect(
            screen.show(.warning("odd"), now: 300_000_000, on: Self.terminal)
                == "\u{1b}[2A\r\u{1b}[Jwarning: odd\n⠸ export  0.3s\n  one\n"
        )
        #expect(screen.clear(on: Self.terminal) == "\u{1b}[2A\r\u{1b}[J")
        #expect(screen.clear(on: Self.terminal).isEmpty)
        #expect(screen.tick(now: 1, on: Self.terminal).isEmpty)
    }

    @Test("many lines at once are not drawn one by one")
    func pace() {
        var screen = LiveScreen()
        _ = screen.show(.stepStarted(.build), now: 0, on: Self.terminal)
        let drawn = (1...1000).map { number in
            screen.show(.output(.build, line: "x", isError: false), now: Int64(number) * 1_000_000, on: Self.terminal)
        }
        #expect(drawn.filter { !$0.isEmpty }.count == 20)
    }

    @Test("as many lines of output are shown as there is room for")
    func height() {
        let lines = (1...20).map { BuildEvent.output(.build, line: "line \($0)", isError: false) }
        let shown = shown([.stepStarted(.build)] + lines)
        #expect(shown == "⠋ build   20.0s\n" + (13...20).map { "  line \($0)\n" }.joined())
        var low = Self.terminal
        low.rows = 6
        #expect(self.shown([.stepStarted(.build)] + lines, on: low) == "⠋ build   20.0s\n  line 19\n  line 20\n")
        low.rows = 2
        #expect(self.shown([.stepStarted(.build)] + lines, on: low) == "⠋ build   20.0s\n")
    }

    @Test("no line is wider than the terminal, and old ones are found again when it becomes narrower")
    func narrow() {
        let long = String(repeating: "word ", count: 30)
        var narrow = Self.terminal
        narrow.columns = 10
        let events: [BuildEvent] = [.stepStarted(.build), .output(.build, line: long, isError: false)]
        #expect(shown(events, on: narrow) == "⠋ build …\n  word w…\n")
        var screen = LiveScreen()
        _ = screen.show(events[0], now: 0, on: Self.terminal)
        _ = screen.show(events[1], now: Self.second, on: Self.terminal)
        // 14 and 39 columns take 2 and 4 lines of 10.
        #expect(screen.tick(now: Self.second, on: narrow).hasPrefix("\u{1b}[6A\r\u{1b}[J"))
        narrow.columns = 1
        #expect(TerminalText.width(shown([.stepStarted(.build)], on: narrow)) <= 2)
    }

    @Test("terminals without Unicode get ASCII")
    func ascii() {
        var plain = Self.terminal
        plain.usesUnicode = false
        let events: [BuildEvent] = [.stepStarted(.build), .stepFinished(.build, nanoseconds: 0)]
        #expect(shown(events, on: plain) == "ok build   0.0s\n")
        #expect(shown([events[0]], on: plain) == "| build   0.0s\n")
        #expect(LiveDisplay.usesUnicode(["LANG": "de_DE.UTF-8"]))
        #expect(LiveDisplay.usesUnicode(["LC_ALL": "C.utf8", "LANG": "C"]))
        #expect(!LiveDisplay.usesUnicode(["LC_ALL": "C", "LANG": "de_DE.UTF-8"]))
        #expect(!LiveDisplay.usesUnicode([:]))
    }
}
