/// A place in a TOML document.
public struct TOMLPosition: Hashable, Sendable {
    /// The file's name as the caller gave it.
    public var file: String
    /// The line, from 1.
    public var line: Int
    /// The column in Unicode scalars, from 1.
    public var column: Int
}
