import Console
import POSIX
import TestSupport
import Testing

@Suite("Logger")
struct LoggerTests {
    /// What a logger writes to its two streams.
    private func written(
        level: LogLevel = .debug,
        format: Logger.Format = .text,
        usesColor: Bool = false,
        _ body: (Logger) throws -> Void
    ) throws -> (output: String, errors: String) {
        let directory = try TemporaryDirectory()
        let output = try OwnedDescriptor(opening: directory.path("output"), .replace)
        let errors = try OwnedDescriptor(opening: directory.path("errors"), .replace)
        let logger = Logger(
            level: level,
            format: format,
            usesColor: usesColor,
            output: output.descriptor,
            errors: errors.descriptor
        )
        try body(logger)
        return (try FileSystem.readText(directory.path("output")), try FileSystem.readText(directory.path("errors")))
    }

    @Test("warnings and errors are marked and go to standard error, all else to standard output")
    func streams() throws {
        let (output, errors) = try written { logger in
            logger.phase("DETECTING")
            logger.debug("details")
            logger.info("fact\n")
            logger.warn("doubt")
            logger.error("fault")
        }
        #expect(output == "===> DETECTING\ndetails\nfact\n")
        #expect(errors == "Warning: doubt\nERROR: fault\n")
    }

    @Test("colours are those of the reference")
    func colors() throws {
        let (output, errors) = try written(usesColor: true) { logger in
            logger.phase("ANALYZING")
            logger.warn("doubt")
            logger.error("fault")
        }
        #expect(output == "\u{1b}[36m===> ANALYZING\u{1b}[0m\n")
        #expect(errors == "\u{1b}[33;1mWarning: \u{1b}[0mdoubt\n\u{1b}[31;1mERROR: \u{1b}[0mfault\n")
    }

    @Test(
        "only messages from the level on are written",
        arguments: [
            (LogLevel.debug, "dipvwe"), (.info, "ipvwe"), (.warn, "we"), (.error, "e"), (.fatal, ""),
        ]
    )
    func levels(level: LogLevel, expected: String) throws {
        let (output, errors) = try written(level: level) { logger in
            logger.debug("d")
            logger.info("i")
            logger.line(.info, Array("p".utf8))
            logger.output(.info, Array("v\n".utf8))
            logger.warn("w")
            logger.error("e")
        }
        let letters = (output + errors).filter { $0.isLowercase && $0.isLetter }
        #expect(letters.replacing("arning", with: "") == expected)
    }

    @Test("a message below the level is not even made")
    func laziness() {
        let logger = Logger(level: .error)
        func message() -> String {
            Issue.record("made")
            return ""
        }
        logger.debug(message())
        logger.info(message())
        logger.warn(message())
    }

    @Test("a child's lines keep their bytes, get a prefix and a missing newline")
    func childLines() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("output")
        let file = try OwnedDescriptor(opening: path, .replace)
        let logger = Logger(output: file.descriptor)
        logger.line(.info, [0xff, 0x00], prefix: "[build] ")
        logger.line(.info, Array("whole\n".utf8))
        logger.output(.info, Array("part".utf8))
        logger.output(.info, Array("s\n".utf8))
        #expect(
            try FileSystem.readFile(path) == Array("[build] ".utf8) + [0xff, 0, 0x0a] + Array("whole\nparts\n".utf8)
        )
    }

    @Test("without colour, escape sequences of children are taken out; with colour they stay")
    func childColors() throws {
        let colored = "\u{1b}[1;31mred\u{1b}[0m plain\u{1b}[K\n"
        #expect(try written { $0.output(.info, Array(colored.utf8)) }.output == "red plain\n")
        #expect(try written(usesColor: true) { $0.output(.info, Array(colored.utf8)) }.output == colored)
    }

    @Test("escape sequences that are cut off do no harm", arguments: ["\u{1b}", "\u{1b}[", "\u{1b}[1;3"])
    func cutOffColors(text: String) throws {
        #expect(try written { $0.line(.info, Array(("a" + text).utf8)) }.output == "a\n")
    }

    @Test("in JSON each message is an object on a line")
    func json() throws {
        let (output, errors) = try written(format: .json, usesColor: true) { logger in
            logger.phase("BUILDING")
            logger.info("say \"hi\"\\\n\tthere\u{1}", fields: ["buildpack": "acme/a", "bytes": .number(7)])
            logger.line(.debug, Array("\u{1b}[1mraw\u{1b}[0m".utf8) + [0xff])
            logger.warn("doubt")
        }
        let withoutTime = { (text: String) in
            text.split(separator: "\n").map { $0.replacing(/"time":"[0-9T:.-]+Z"/, with: "T") }
        }
        #expect(
            withoutTime(output) == [
                #"{T,"level":"info","msg":"===> BUILDING","phase":"BUILDING"}"#,
                #"{T,"level":"info","msg":"say \"hi\"\\\n\tthere\u0001","buildpack":"acme/a","bytes":7}"#,
                #"{T,"level":"debug","msg":"raw\#u{FFFD}"}"#,
            ]
        )
        #expect(withoutTime(errors) == [#"{T,"level":"warn","msg":"doubt"}"#])
        #expect(Logger.Format(environmentValue: "json") == .json)
        #expect(Logger.Format(environmentValue: nil) == .text)
    }

    @Test("messages of several threads do not mix")
    func threads() throws {
        let output = try written { logger in
            Threads.parallel(count: 200, limit: 8) { logger.info(String(repeating: "\($0 % 10)", count: 500)) }
        }.output
        let lines = output.split(separator: "\n")
        #expect(lines.count == 200)
        #expect(lines.allSatisfy { Set($0).count == 1 && $0.count == 500 })
    }

    @Test("a collecting logger keeps texts and levels")
    func collecting() {
        let logger = Logger.collecting(level: .info)
        logger.debug("not kept")
        logger.info("kept\n")
        logger.warn("doubt")
        #expect(
            logger.records == [LogRecord(level: .info, message: "kept"), LogRecord(level: .warn, message: "doubt")]
        )
    }

    @Test("timers say when and how long, at debug level")
    func timer() throws {
        let logger = Logger.collecting()
        #expect(logger.timed("Detector") { 42 } == 42)
        let messages = logger.records
        #expect(messages.allSatisfy { $0.level == .debug })
        #expect(
            messages.first?.message.wholeMatch(of: /Timer: Detector started at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil
        )
        let end = /Timer: Detector ran for [0-9.]+(ns|µs|ms|s) and ended at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/
        #expect(messages.last?.message.wholeMatch(of: end) != nil)
    }

    @Test(
        "log levels have names in any case",
        arguments: [
            ("debug", LogLevel.debug), ("INFO", .info), ("Warn", .warn), ("warning", .warn), ("error", .error),
            ("fatal", .fatal),
        ]
    )
    func levelNames(name: String, level: LogLevel) throws {
        #expect(try LogLevel(name) == level)
    }

    @Test("an unknown log level is an error", arguments: ["", "loud", " info"])
    func unknownLevel(name: String) {
        let error = #expect(throws: LogLevelError.self) { _ = try LogLevel(name) }
        let levels = "the levels are debug, info, warn, error, fatal"
        #expect(error?.description == "failed to parse log level: invalid level '\(name)'; \(levels)")
    }
}
