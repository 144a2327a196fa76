/// A Dockerfile, read as far as the rules for those of image extensions ask.
public struct DockerfileDocument: Equatable, Sendable {
    /// The instructions in order; there is at least one.
    public var instructions: [DockerfileInstruction]
    /// The character that continues lines: a backslash unless the `escape` directive chose the backtick.
    public var escape: Character

    /// Reads a Dockerfile.
    ///
    /// What is refused is what BuildKit, by which the reference reads these files, refuses: unknown instructions and
    /// flags, and arguments in the wrong number or form. Variables are not expanded.
    ///
    /// - Parameter bytes: The whole file.
    /// - Throws: The first mistake, with its place.
    public init(parsing bytes: [UInt8]) throws(DockerfileError) {
        var lines = LineReader(bytes)
        instructions = []
        while let line = try lines.next() {
            var instruction = try InstructionParser(escape: lines.escape, line: line).parse()
            for start in Self.heredocStarts(of: instruction, line.text) {
                guard let heredoc = try DockerfileHeredoc(start, from: &lines) else {
                    throw DockerfileError(line: line.number, column: line.column, message: "unterminated heredoc")
                }
                instruction.heredocs.append(heredoc)
            }
            instruction.endLine = lines.number
            instructions.append(instruction)
        }
        escape = Character(lines.escape)
        guard !instructions.isEmpty else {
            throw DockerfileError(line: 0, column: 0, message: "file with no instructions")
        }
    }

    /// The here-documents that a line announces.
    private static func heredocStarts(of instruction: DockerfileInstruction, _ line: Scalars) -> [HeredocStart] {
        let name = instruction.name == "ONBUILD" ? instruction.arguments.first ?? "" : instruction.name
        guard InstructionSyntax.all[name]?.takesHeredocs == true, !instruction.isJSON else { return [] }
        // Here the escape character is the backslash whatever the directive says.
        return WordReader(escape: "\\").words(in: line).compactMap { HeredocStart($0) }
    }
}
