import POSIX
import TestSupport
import Testing

@testable import SlipwayCommands

@Suite("docs/slipway.md")
struct DocumentTests {
    private let document: String

    init() throws {
        document = try FileSystem.readText(Path.join(Repository.root, "docs/slipway.md"))
    }

    @Test("its commands and options are what `slipway help --markdown` prints")
    func reference() throws {
        let start = "What follows is made by `slipway help --markdown`.\n\n"
        let parts = document.split(separator: start, maxSplits: 1, omittingEmptySubsequences: false)
        try #require(parts.count == 2)
        let printed = try CommandRun("help --markdown").output
        #expect(String(parts[1]) == printed, "run: slipway help --markdown, and put it below that line")
    }

    @Test("it has all exit codes")
    func exitCodes() {
        for row in ExitStatusTable.rows { #expect(document.contains("| \(row.codes) | \(row.meaning) |")) }
    }

    @Test("it has all kinds of events and steps")
    func events() throws {
        for event in [
            "step-started", "output", "note", "warning", "step-finished", "step-failed", "finished", "failed",
        ] {
            #expect(document.contains("`\(event)`"))
        }
    }
}
