import POSIX
import Synchronization

/// Shows people at a terminal how far long work has come, in one line that changes and is gone at the end.
///
/// Any thread may report; several works may be going on at the same time. Work of less than half a second shows nothing.
public final class ProgressLine: Sendable {
    private struct State: Sendable {
        /// What is going on, the oldest first.
        var works: [String] = []
        var bytes: Int64 = 0
        let begin: Int64
        var shown: Int64
    }

    private static let patience: Int64 = 500_000_000
    private static let interval: Int64 = 100_000_000

    private let title: String
    private let logger: Logger
    private let terminal: FileDescriptor
    private let state: Mutex<State>

    init(_ title: String, logger: Logger, terminal: FileDescriptor) {
        self.title = title
        self.logger = logger
        self.terminal = terminal
        let now = Clock.monotonicNanoseconds
        state = Mutex(State(begin: now, shown: now &+ Self.patience &- Self.interval))
    }

    deinit { logger.showProgress(nil, at: terminal) }

    /// Names a piece of work that begins.
    /// - Parameter name: What it is called, such as a layer.
    public func begin(_ name: String) {
        state.withLock { $0.works.append(name) }
    }

    /// Tells that a piece of work has ended.
    /// - Parameter name: What it was called when it began.
    public func end(_ name: String) {
        let isLast = state.withLock { state in
            if let index = state.works.firstIndex(of: name) { state.works.remove(at: index) }
            return state.works.isEmpty
        }
        if isLast { logger.showProgress(nil, at: terminal) }
    }

    /// Counts bytes that were worked on, and shows the line if the last time was a while ago.
    /// - Parameter count: How many bytes.
    public func add(_ count: Int) {
        let now = Clock.monotonicNanoseconds
        let line: String? = state.withLock { state in
            state.bytes &+= Int64(count)
            guard now &- state.shown >= Self.interval, let first = state.works.first else { return nil }
            state.shown = now
            let others = state.works.count > 1 ? " and \(state.works.count - 1) more" : ""
            let rate = Self.megabytes(state.bytes, perNanoseconds: now &- state.begin)
            return "\(title) \(first)\(others): \(Self.megabytes(state.bytes)), \(rate)/s"
        }
        if let line { logger.showProgress(line, at: terminal) }
    }

    /// Bytes as people read them, such as `12.3 MB`.
    static func megabytes(_ bytes: Int64) -> String {
        "\(bytes / 1_000_000).\(bytes / 100_000 % 10) MB"
    }

    private static func megabytes(_ bytes: Int64, perNanoseconds time: Int64) -> String {
        megabytes(Int64(Double(bytes) / Double(max(1, time)) * 1e9))
    }
}

extension Logger {
    /// A line of progress, if somebody sits at a terminal and reads text in colours.
    ///
    /// Nothing is shown in JSON, in files and pipes, without colours, or where messages for users are off.
    /// - Parameter title: What is being done, such as `Exporting`.
    /// - Returns: The line, which shows nothing yet.
    public func progressLine(_ title: String) -> ProgressLine? {
        guard isEnabled(.info), ProcessEnvironment["TERM"] != "dumb", let terminal else { return nil }
        return ProgressLine(title, logger: self, terminal: terminal)
    }
}
