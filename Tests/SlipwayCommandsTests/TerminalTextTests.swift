import Testing

@testable import SlipwayCommands

@Suite("Text at terminals")
struct TerminalTextTests {
    @Test(
        "lines of children keep their text, and of escape sequences at most the colours",
        arguments: [
            ("plain", "plain", "plain"),
            ("\u{1b}[32mgreen\u{1b}[0m", "green", "\u{1b}[32mgreen\u{1b}[0m\u{1b}[0m"),
            ("\u{1b}[38;2;1;2;3mrgb", "rgb", "\u{1b}[38;2;1;2;3mrgb\u{1b}[0m"),
            ("\u{1b}[2J\u{1b}[1;1Hcleared", "cleared", "cleared"),
            ("up\u{1b}[3A\u{1b}[?25l", "up", "up"),
            ("\u{1b}]0;title\u{7}after", "after", "after"),
            ("\u{1b}]8;;https://example.com\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link", "link"),
            ("\u{1b}P1$r0m\u{1b}\\dcs", "dcs", "dcs"),
            ("\u{1b}(Bcharset", "charset", "charset"),
            ("\u{1b}7saved\u{1b}8", "saved", "saved"),
            ("\u{9b}31mC1", "C1", "C1"),
            ("10%\r 50%\r100%", "100%", "100%"),
            ("windows\r", "windows", "windows"),
            ("a\tb", "a       b", "a       b"),
            ("bell\u{7}\u{8}\u{0}", "bell", "bell"),
            ("\u{202e}txt.exe", "txt.exe", "txt.exe"),
            ("cut off \u{1b}[3", "cut off ", "cut off "),
            ("cut off \u{1b}", "cut off ", "cut off "),
            ("cut off \u{1b}]0;x", "cut off ", "cut off "),
            ("\u{1b}[>4;1mkeyboard", "keyboard", "keyboard"),
        ]
    )
    func cleaned(line: String, plain: String, colored: String) {
        #expect(TerminalText.plain(line) == plain)
        #expect(TerminalText.colored(line) == colored)
    }

    @Test(
        "text is cut by the columns that it takes",
        arguments: [
            ("abcdef", 6, "abcdef"), ("abcdefg", 6, "abcde…"), ("日本語", 6, "日本語"), ("日本語", 5, "日本…"),
            ("日本語", 4, "日…"), ("e\u{301}e\u{301}e\u{301}", 3, "e\u{301}e\u{301}e\u{301}"), ("🚀🚀", 3, "🚀…"),
            ("abc", 1, "…"), ("abc", 0, ""),
        ]
    )
    func fitting(text: String, columns: Int, expected: String) {
        let result = TerminalText.fitting(text, columns: columns)
        #expect(result == expected)
        #expect(TerminalText.width(result) <= columns)
    }

    @Test("of much output the last lines are kept, within bounds")
    func tail() {
        var tail = OutputTail(lineLimit: 3, byteLimit: 100)
        for number in 0..<1000 { tail.append("line \(number)") }
        #expect(Array(tail.lines) == ["line 997", "line 998", "line 999"])
        #expect(tail.droppedCount == 997)
        tail.append(String(repeating: "x", count: 1000))
        #expect(tail.lines.map(\.utf8.count) == [100])
        tail.append("next")
        #expect(Array(tail.lines) == ["next"])
    }

    @Test(
        "times",
        arguments: [
            (0, "0.0s"), (449_000_000, "0.4s"), (12_300_000_000, "12.3s"), (123_000_000_000, "2m 03s"),
            (3_900_000_000_000, "1h 05m"),
        ]
    )
    func times(nanoseconds: Int64, text: String) {
        #expect(Amounts.time(nanoseconds: nanoseconds) == text)
    }

    @Test(
        "sizes",
        arguments: [
            (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (12_345, "12.3 kB"), (999_999, "999 kB"),
            (1_500_000, "1.5 MB"), (230_000_000, "230 MB"), (4_000_000_000, "4.0 GB"), (Int64.max, "9.2 EB"),
        ]
    )
    func sizes(bytes: Int64, text: String) {
        #expect(Amounts.size(bytes) == text)
    }
}
