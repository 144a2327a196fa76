/// Writes JSON texts: the keys in the object's order, the escapes as Go's encoding/json writes them.
public enum JSONWriter {
    /// The text of a value.
    ///
    /// - Parameters:
    ///   - value: The value to write.
    ///   - escapeHTML: Whether `<`, `>` and `&` become `\u003c`, `\u003e` and `\u0026`, as Go does by default.
    ///   - pretty: What to indent each level with, in the layout of Go's `json.MarshalIndent`; nil for no white space.
    /// - Returns: The text, without a line end.
    public static func string(_ value: JSONValue, escapeHTML: Bool = true, pretty: String? = nil) -> String {
        ""
    }
}
