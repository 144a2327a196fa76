public import POSIX
import Synchronization

/// Writes messages for people, or for programs, to standard output and standard error.
///
/// Warnings and errors go to standard error, all else to standard output, each message in one write.
public final class Logger: Sendable {
    /// How messages are written.
    public enum Format: Hashable, Sendable {
        /// The message itself, warnings and errors marked as such.
        case text
        /// An object per line, with `time`, `level`, `msg` and further fields.
        case json

        /// Reads the value of `CNB_LOG_FORMAT`; anything but `json` is text.
        public init(environmentValue: String?) {
            self = environmentValue == "json" ? .json : .text
        }
    }

    /// What can change once the flags are known.
    private struct Settings: Sendable {
        var level: LogLevel
        var usesColor: Bool
        var collected: [LogRecord] = []
        /// Where a line of progress stands, which has to go before anything else is written.
        var progressLine: FileDescriptor?
    }

    private enum Destination: Sendable {
        case descriptors(output: FileDescriptor, errors: FileDescriptor)
        case collection
    }

    private let settings: Mutex<Settings>
    /// How messages are written.
    public let format: Format
    private let destination: Destination

    /// Makes a logger.
    /// - Parameters:
    ///   - level: From which level on messages are written.
    ///   - format: How they are written.
    ///   - usesColor: Whether text is coloured, and colours of child processes are let through.
    ///   - output: Where debug and info messages go.
    ///   - errors: Where warnings and errors go.
    public init(
        level: LogLevel = .info,
        format: Format = .text,
        usesColor: Bool = true,
        output: FileDescriptor = .standardOutput,
        errors: FileDescriptor = .standardError
    ) {
        settings = Mutex(Settings(level: level, usesColor: usesColor))
        self.format = format
        destination = .descriptors(output: output, errors: errors)
    }

    private init(collectingFrom level: LogLevel, format: Format) {
        settings = Mutex(Settings(level: level, usesColor: false))
        self.format = format
        destination = .collection
    }

    /// Makes a logger that keeps messages instead of writing them, for tests.
    /// - Parameters:
    ///   - level: From which level on messages are kept.
    ///   - format: What the logger says of itself; what it keeps is text.
    /// - Returns: The logger; see ``records``.
    public static func collecting(level: LogLevel = .debug, format: Format = .text) -> Logger {
        Logger(collectingFrom: level, format: format)
    }

    /// What a collecting logger has kept.
    public var records: [LogRecord] { settings.withLock { $0.collected } }

    /// The texts that a collecting logger has kept.
    public var messages: [String] { records.map(\.message) }

    /// From which level on messages are written.
    public var level: LogLevel {
        get { settings.withLock { $0.level } }
        set { settings.withLock { $0.level = newValue } }
    }

    /// Whether text is coloured, and colours of child processes are let through.
    public var usesColor: Bool {
        get { settings.withLock { $0.usesColor } }
        set { settings.withLock { $0.usesColor = newValue } }
    }

    /// Whether messages of a level are written.
    public func isEnabled(_ level: LogLevel) -> Bool {
        level >= self.level
    }

    // MARK: - Messages

    /// Says what helps to find faults.
    public func debug(_ message: @autoclosure () -> String, fields: LogFields = [:]) {
        if isEnabled(.debug) { write(.debug, LogMessage(message(), fields: fields)) }
    }

    /// Says what a user wants to know of each build.
    public func info(_ message: @autoclosure () -> String, fields: LogFields = [:]) {
        if isEnabled(.info) { write(.info, LogMessage(message(), fields: fields)) }
    }

    /// Says that something may be wrong.
    public func warn(_ message: @autoclosure () -> String, fields: LogFields = [:]) {
        if isEnabled(.warn) { write(.warn, LogMessage(message(), fields: fields)) }
    }

    /// Says that something is wrong.
    public func error(_ message: @autoclosure () -> String, fields: LogFields = [:]) {
        if isEnabled(.error) { write(.error, LogMessage(message(), fields: fields)) }
    }

    /// Says something at a level that is only known at run time.
    public func log(_ level: LogLevel, _ message: @autoclosure () -> String, fields: LogFields = [:]) {
        if isEnabled(level) { write(level, LogMessage(message(), fields: fields)) }
    }

    /// Heads what a phase says.
    /// - Parameter name: The phase in capitals, such as `DETECTING`.
    public func phase(_ name: String) {
        guard isEnabled(.info) else { return }
        write(.info, LogMessage("===> \(name)", style: .phase, fields: ["phase": .text(name)]))
    }

    // MARK: - Output of child processes

    /// What ``output(_:_:)`` should get at a time.
    ///
    /// Text passes on whatever comes at once, but messages in JSON and collected ones are lines.
    public var outputUnit: OutputUnit {
        if case .descriptors = destination, format == .text { .pieces } else { .lines }
    }

    /// Writes a line of a child process.
    /// - Parameters:
    ///   - level: At which level.
    ///   - bytes: The line, binary or not; a missing newline is added.
    ///   - prefix: What to put before it.
    public func line(_ level: LogLevel, _ bytes: some Collection<UInt8>, prefix: String = "") {
        guard isEnabled(level) else { return }
        var line = Array(prefix.utf8) + bytes
        if line.last != LogMessage.newline { line.append(LogMessage.newline) }
        write(level, LogMessage(bytes: line, style: .plain))
    }

    /// Passes on what a child process writes, byte by byte; nothing is added.
    ///
    /// All of it goes to standard output, whichever of its streams the child wrote to.
    /// - Parameters:
    ///   - level: At which level.
    ///   - bytes: The output.
    public func output(_ level: LogLevel = .info, _ bytes: some Collection<UInt8>) {
        guard !bytes.isEmpty, isEnabled(level) else { return }
        write(level, LogMessage(bytes: Array(bytes), style: .verbatim))
    }

    // MARK: - Progress

    /// The terminal that somebody reads messages at, if there is one and they are text with colours.
    var terminal: FileDescriptor? {
        guard case .descriptors(let output, let errors) = destination, format == .text, usesColor else { return nil }
        if output.isTerminal { return output }
        return errors.isTerminal ? errors : nil
    }

    /// Puts a line in the place of the last one, or takes that away; messages take it away, too.
    /// - Parameters:
    ///   - line: The line; nil for none.
    ///   - terminal: Where it is shown.
    func showProgress(_ line: String?, at terminal: FileDescriptor) {
        settings.withLock { settings in
            if settings.progressLine != nil { try? terminal.writeAll(Self.erasure) }
            settings.progressLine = nil
            guard let line else { return }
            // Without wrapping, a line that is too long for the terminal stays one line, which can be erased.
            try? terminal.writeAll(Array("\u{1b}[?7l\(line)\u{1b}[?7h".utf8))
            settings.progressLine = terminal
        }
    }

    private static let erasure = Array("\r\u{1b}[K".utf8)

    // MARK: - Writing

    private func write(_ level: LogLevel, _ message: LogMessage) {
        // The lock is held while writing, so that long messages of several threads do not mix.
        settings.withLock { settings in
            switch destination {
            case .collection:
                settings.collected.append(LogRecord(level: level, message: message.collectedText))
            case .descriptors(let output, let errors):
                let bytes =
                    switch format {
                    case .text: message.text(level: level, usesColor: settings.usesColor)
                    case .json: message.json(level: level, time: Clock.now)
                    }
                if let terminal = settings.progressLine {
                    try? terminal.writeAll(Self.erasure)
                    settings.progressLine = nil
                }
                let isForErrors = level >= .warn && message.style != .verbatim
                // That an output is closed is no reason to fail, and there is nowhere to report it.
                try? (isForErrors ? errors : output).writeAll(bytes)
            }
        }
    }
}

/// A message that a collecting logger has kept.
public struct LogRecord: Hashable, Sendable {
    /// Its level.
    public var level: LogLevel
    /// Its text without a final newline and without colours.
    public var message: String

    /// Describes a message.
    public init(level: LogLevel, message: String) {
        self.level = level
        self.message = message
    }
}
