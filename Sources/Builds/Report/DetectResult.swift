/// What detection has said.
public struct DetectResult: Sendable {
    /// The builder.
    public var builder: String
    /// The detector's lines, with those of log level debug; escape sequences are as they were written.
    public var lines: [String]
    /// The detector's exit code: 0 where a group has passed, 20 or 21 where none has.
    public var exitCode: Int32
}
