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
}

extension JSONError: CustomStringConvertible {
    /// Source, place and message: `config.json: line 2, column 9: expected a value, found "}"`.
    public var description: String {
        let place = "line \(line), column \(column): \(message)"
        return source.isEmpty ? place : "\(source): \(place)"
    }
}
