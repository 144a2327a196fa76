/// What is wrong with a JSON text, and where.
public struct JSONError: Error, Equatable, Sendable {
    /// What the text is, as the caller named it: a file, a label, an address.
    public var source: String
    /// The line, from 1.
    public var line: Int
    /// The column in Unicode scalars, from 1.
    public var column: Int
    /// What was expected and what was found, in lower case without a full stop.
    public var message: String

    /// Makes an error about the byte at an offset of a text.
    init(source: String, text: [UInt8], offset: Int, message: String) {
        self.source = source
        self.message = message
        line = 1
        column = 1
        for byte in text.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
    }
}

extension JSONError: CustomStringConvertible {
    /// Source, place and message: `config.json: line 2, column 9: expected a value, found "}"`.
    public var description: String {
        let place = "line \(line), column \(column): \(message)"
        return source.isEmpty ? place : "\(source): \(place)"
    }
}
