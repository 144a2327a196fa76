/// A Dockerfile, read as far as the rules for those of image extensions ask.
public struct DockerfileDocument: Equatable, Sendable {
    /// The instructions in order.
    public var instructions: [DockerfileInstruction]
    /// The character that continues lines: a backslash unless the `escape` directive chose the backtick.
    public var escape: Character

    /// Reads a Dockerfile.
    ///
    /// - Parameter bytes: The whole file.
    /// - Throws: The first mistake, with its place.
    public init(parsing bytes: [UInt8]) throws(DockerfileError) {
        instructions = []
        escape = "\\"
    }
}
