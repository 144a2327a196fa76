/// What is wrong with a Dockerfile, and where.
public struct DockerfileError: Error, Equatable, Sendable {
    /// The line, from 1; 0 when the mistake is about the file as a whole.
    public var line: Int
    /// The column in Unicode scalars, from 1; 0 when the mistake is about the file as a whole.
    public var column: Int
    /// What is wrong.
    public var message: String

    /// Describes a mistake.
    ///
    /// - Parameters:
    ///   - line: From 1; 0 for the file as a whole.
    ///   - column: In Unicode scalars, from 1; 0 for the file as a whole.
    ///   - message: What is wrong.
    public init(line: Int, column: Int, message: String) {
        self.line = line
        self.column = column
        self.message = message
    }
}

extension DockerfileError: CustomStringConvertible {
    /// The place, if there is one, and the message: `line 3, column 1: unknown instruction: FORM`.
    public var description: String {
        line > 0 ? "line \(line), column \(column): \(message)" : message
    }
}
