import Console
import POSIX
import TestSupport
import Testing

@Suite("Progress line", .enabled(if: Conditions.commandExists("script"), "needs script of util-linux"))
struct ProgressLineTests {
    /// What a logger writes to a new terminal, which `script` provides.
    private func shown(
        format: Logger.Format = .text,
        usesColor: Bool = true,
        level: LogLevel = .info,
        _ body: (Logger) -> Void
    ) throws -> String {
        let directory = try TemporaryDirectory()
        let (name, end, output) = (directory.path("name"), directory.path("end"), directory.path("output"))
        let session = "tty > \(name).new; mv \(name).new \(name); until [ -e \(end) ]; do sleep 0.02; done"
        let thread = try Thread { _ = try? runCommand(["script", "--quiet", "--flush", "--command", session, output]) }
        let deadline = Clock.monotonicNanoseconds + 20_000_000_000
        while !FileSystem.exists(name), Clock.monotonicNanoseconds < deadline { Clock.sleep(milliseconds: 10) }
        let terminal = try OwnedDescriptor(opening: FileSystem.readText(name).trimmed, [.readWrite])
        let (text, errors) = (terminal.descriptor, terminal.descriptor)
        body(Logger(level: level, format: format, usesColor: usesColor, output: text, errors: errors))
        try directory.write("end", "")
        thread.join()
        // Its first and last line are about the session.
        let lines = try FileSystem.readText(output).split(separator: "\n", omittingEmptySubsequences: false)
        return lines.dropFirst().prefix { !$0.hasPrefix("Script done") }.joined(separator: "\n")
    }

    /// Work of some length on two layers, with a message in between.
    private func work(_ logger: Logger) {
        let progress = logger.progressLine("Exporting")
        progress?.begin("acme/one:deps")
        progress?.begin("acme/one:app")
        for _ in 0..<8 {
            Clock.sleep(milliseconds: 100)
            progress?.add(5_000_000)
        }
        logger.info("Adding layer 'acme/one:deps'")
        progress?.end("acme/one:deps")
        progress?.add(1_000_000)
        progress?.end("acme/one:app")
        logger.info("done")
    }

    @Test("shows layer, bytes and rate at a terminal, and leaves only the messages behind")
    func terminal() throws {
        let text = try shown(work)
        #expect(text.contains("Exporting acme/one:deps and 1 more: 40.0 MB, "))
        #expect(text.contains(" MB/s"))
        // What a terminal shows in the end: each line behind the last return that erases it.
        let visible = text.split(separator: "\r\n").map { line in
            line.components(erasedBy: "\r\u{1b}[K")
        }
        #expect(visible == ["Adding layer 'acme/one:deps'", "done"])
    }

    @Test("shows nothing of short work")
    func short() throws {
        let text = try shown { logger in
            let progress = logger.progressLine("Exporting")
            progress?.begin("layer")
            for _ in 0..<1000 { progress?.add(1000) }
            progress?.end("layer")
            logger.info("done")
        }
        #expect(text == "done\r\n")
    }

    @Test("shows nothing in JSON, without colours, and to those who want to hear of warnings only")
    func others() throws {
        for text in [
            try shown(format: .json, work), try shown(usesColor: false, work), try shown(level: .warn, work),
        ] {
            #expect(!text.contains("Exporting"))
            #expect(!text.contains("\u{1b}"))
        }
    }
}

extension String {
    /// The text without the newline at its end.
    fileprivate var trimmed: String { String(prefix { $0 != "\n" }) }
}

extension Substring {
    /// What is behind the last erasure.
    fileprivate func components(erasedBy erasure: String) -> String {
        var rest = String(self)
        while let range = rest.firstRange(of: erasure) { rest = String(rest[range.upperBound...]) }
        return rest
    }
}
