/// One instruction of a Dockerfile.
public struct DockerfileInstruction: Equatable, Sendable {
    /// The instruction's name in upper case: `RUN`.
    public var name: String
    /// The flags between the name and the arguments, as they stand but for quotes: `--from=builder`.
    public var flags: [String]
    /// The words after the name and the flags.
    ///
    /// An instruction that takes a command, a path or other running text has all of it in one string, unless it is a
    /// JSON list. `ENV` and `LABEL` have a `name=value` a variable, also in their old form without the equals sign.
    public var arguments: [String]
    /// Whether the arguments stood there as a JSON list, as in `RUN ["make", "all"]`.
    public var isJSON: Bool
    /// The here-documents that follow the line, in order.
    public var heredocs: [DockerfileHeredoc]
    /// The line of the name, from 1.
    public var line: Int
    /// The column of the name in Unicode scalars, from 1.
    public var column: Int
    /// The last line that belongs to the instruction.
    public var endLine: Int
}

/// A here-document: lines that belong to the instruction above them, up to a line with their delimiter.
public struct DockerfileHeredoc: Equatable, Sendable {
    /// The word that ends the document.
    public var delimiter: String
    /// The lines as they stand, each with its line end.
    public var content: String
    /// Whether variables in the lines are to be expanded: the delimiter stood there without quotes.
    public var expands: Bool
    /// Whether tabs at the start of the lines don't count: the delimiter stood after `<<-`.
    public var stripsTabs: Bool
}
