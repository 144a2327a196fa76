import BuildpackModel
import Console
import TOML

/// Something in a descriptor that is no reason to refuse it, and that its author wants to know.
public enum DescriptorWarning: Equatable, Sendable {
    /// The file doesn't say which schema it follows, and is read by the first.
    case noSchemaVersion
    /// A table that the file's schema doesn't have, and which therefore has no effect.
    case otherSchema(table: String, schema: String)
    /// A key that the file's schema doesn't have.
    case unknownKey(path: String, nearest: String?)
    /// This many more keys that the file's schema doesn't have.
    case moreUnknownKeys(Int)

    /// How many unknown keys of a table are named.
    private static let limit = 50

    /// The unknown keys of a table, each with the nearest that there is.
    static func unknownKeys(of table: TOMLTable?, at path: String, _ known: KnownKeys) -> [DescriptorWarning] {
        let keys = known.unknown(in: table ?? TOMLTable())
        let warnings = keys.prefix(limit).map { key in
            // Whoever writes a long key has not misspelt a short one.
            let nearest = key.name.utf8.count > 60 ? nil : Suggestion.nearest(to: key.name, among: key.known)
            return DescriptorWarning.unknownKey(path: path + key.path, nearest: nearest)
        }
        return warnings + (keys.count > limit ? [.moreUnknownKeys(keys.count - limit)] : [])
    }
}

extension DescriptorWarning: CustomStringConvertible {
    /// The warning, to follow the name of the file.
    public var description: String {
        switch self {
        case .noSchemaVersion:
            "no schema-version in [_], so it is read as schema 0.1; add schema-version = \"0.2\" for [io.buildpacks]"
        case .otherSchema(let table, let schema): "[\(table)] has no effect in schema \(schema)"
        case .unknownKey(let path, let nearest):
            "unknown key \(path)" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
        case .moreUnknownKeys(let count): "\(count) more unknown keys"
        }
    }
}
