import Console

/// What is to be logged about groups, kept until it is known whether one has passed.
///
/// If one has passed, only what the log level lets through is shown; if none has, everything is, so that people see
/// why.
struct DetectJournal: Sendable {
    private struct Entry {
        var level: LogLevel
        var text: [UInt8]
    }

    private var entries: [Entry] = []

    /// Adds a line that is of interest if detection fails.
    mutating func debug(_ line: String) {
        add(.debug, [UInt8](line.utf8))
    }

    /// Adds a line that is of interest in every case.
    mutating func info(_ line: String) {
        add(.info, [UInt8](line.utf8))
    }

    /// Adds lines of a module, binary or not.
    mutating func add(_ level: LogLevel, _ text: [UInt8]) {
        entries.append(Entry(level: level, text: text))
    }

    /// Shows what the log level lets through.
    func replay(to logger: Logger) {
        for entry in entries { logger.line(entry.level, entry.text) }
    }

    /// Shows everything, whatever the log level.
    func replayAll(to logger: Logger) {
        for entry in entries { logger.show(entry.text) }
    }
}

extension Logger {
    /// Writes text to standard output whatever the log level.
    func show(_ text: [UInt8]) {
        let newline = UInt8(ascii: "\n")
        output(max(.info, level), text.last == newline ? text : text + [newline])
    }
}
