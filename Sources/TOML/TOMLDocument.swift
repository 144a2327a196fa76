/// Reads TOML 1.1 documents.
public enum TOMLDocument {
    /// Reads a document.
    ///
    /// - Parameters:
    ///   - bytes: The whole document; a byte order mark at its start is skipped.
    ///   - file: The file's name, for positions and errors.
    /// - Returns: The root table.
    /// - Throws: The first error of the document, with its place.
    public static func parse(_ bytes: [UInt8], file: String) throws(TOMLError) -> TOMLTable {
        let source = TOMLSource(file: file, bytes: bytes)
        return TOMLTable(TableStorage(origin: .header, source: source, offset: 0))
    }

    /// Reads a document that is at hand as a string.
    ///
    /// - Parameters:
    ///   - text: The whole document.
    ///   - file: The file's name, for positions and errors.
    /// - Returns: The root table.
    /// - Throws: The first error of the document, with its place.
    public static func parse(_ text: String, file: String = "") throws(TOMLError) -> TOMLTable {
        try parse([UInt8](text.utf8), file: file)
    }
}
