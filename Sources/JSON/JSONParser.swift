/// Reads JSON texts as RFC 8259 defines them, without extensions.
public enum JSONParser {
    /// How deep arrays and objects may be nested.
    public static let depthLimit = 500

    /// What to do when an object has the same key twice.
    public enum DuplicateKeys: Sendable {
        /// The text is refused.
        case refused
        /// The last value counts, as with most readers; for texts that others write.
        case lastWins
    }

    /// Reads a text.
    ///
    /// A `\u` escape for one half of a surrogate pair without the other becomes U+FFFD, since a string can't hold it.
    ///
    /// - Parameters:
    ///   - bytes: The whole text in UTF-8.
    ///   - source: What the text is, for errors.
    ///   - duplicateKeys: What to do when an object has the same key twice.
    /// - Returns: The value.
    /// - Throws: The first error of the text, with its place.
    public static func parse(
        _ bytes: [UInt8],
        source: String,
        duplicateKeys: DuplicateKeys = .refused
    ) throws(JSONError) -> JSONValue {
        do {
            return try bytes.withUnsafeBufferPointer { (text) throws(JSONReader.Failure) -> JSONValue in
                var reader = JSONReader(text, duplicateKeys)
                return try reader.readText()
            }
        } catch {
            throw JSONError(source: source, text: bytes, offset: error.offset, message: error.message)
        }
    }

    /// Reads a text that is at hand as a string.
    ///
    /// - Parameters:
    ///   - text: The whole text.
    ///   - source: What the text is, for errors.
    ///   - duplicateKeys: What to do when an object has the same key twice.
    /// - Returns: The value.
    /// - Throws: The first error of the text, with its place.
    public static func parse(
        _ text: String,
        source: String = "",
        duplicateKeys: DuplicateKeys = .refused
    ) throws(JSONError) -> JSONValue {
        try parse([UInt8](text.utf8), source: source, duplicateKeys: duplicateKeys)
    }
}
