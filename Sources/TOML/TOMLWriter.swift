/// Writes tables as TOML text, byte for byte as the reference's encoder does.
public enum TOMLWriter {
    /// The text of a document with this table as its root.
    public static func write(_ table: TOMLTable) -> String {
        ""
    }

    /// A key as it stands in a document: bare where that is possible, else quoted.
    static func key(_ key: String) -> String {
        key
    }
}
