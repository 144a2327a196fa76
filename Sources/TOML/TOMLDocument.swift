/// Reads TOML 1.1 documents.
public enum TOMLDocument {
    /// Reads a document.
    ///
    /// - Parameters:
    ///   - bytes: The whole document in UTF-8; a byte order mark at its start is skipped.
    ///   - file: The file's name, for positions and errors.
    /// - Returns: The root table.
    /// - Throws: The first error of the document, with its place. Nesting deeper than 200 levels is an error too.
    public static func parse(_ bytes: [UInt8], file: String) throws(TOMLError) -> TOMLTable {
        try parse(TOMLSource(file: file, bytes: bytes))
    }

    /// Reads a document that is at hand as a string.
    ///
    /// - Parameters:
    ///   - text: The whole document.
    ///   - file: The file's name, for positions and errors.
    /// - Returns: The root table.
    /// - Throws: The first error of the document, with its place. Nesting deeper than 200 levels is an error too.
    public static func parse(_ text: String, file: String = "") throws(TOMLError) -> TOMLTable {
        try parse([UInt8](text.utf8), file: file)
    }

    static func parse(_ source: TOMLSource) throws(TOMLError) -> TOMLTable {
        let root = try source.bytes.withUnsafeBufferPointer { (text) throws(TOMLError) -> TableStorage in
            var parser = TOMLParser(text, of: source)
            return try parser.parse()
        }
        return TOMLTable(root)
    }
}
