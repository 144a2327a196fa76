import Console
import TOML

/// A user's settings: for each option that can be set, a value under its name.
struct Configuration: Sendable {
    /// The document.
    let table: TOMLTable
    /// The file, for messages.
    let path: String

    /// No settings at all.
    static let none = Configuration(table: TOMLTable(), path: "")

    /// Where the value of a key stands, for messages.
    func place(of key: String) -> String {
        guard let position = table.position(of: key) else { return "configuration \(path) (\(key))" }
        return "configuration \(path): line \(position.line) (\(key))"
    }

    /// What a key holds, as an option's values.
    ///
    /// An option that may be repeated takes a list or a single value, one whose values are assignments also a table.
    /// - Parameters:
    ///   - key: The key.
    ///   - option: The option that it stands in for.
    /// - Returns: The values; nil where the key is absent.
    /// - Throws: When its kind of value does not suit the option.
    func texts(_ key: String, of option: CommandOption) throws(CommandError) -> [String]? {
        guard let value = table[key] else { return nil }
        switch value {
        case .boolean(let truth) where !option.takesValue: return [truth ? "true" : "false"]
        case .string(let text) where option.takesValue: return [text]
        case .integer(let number) where option.takesValue: return [String(number)]
        case .array(let array) where option.isRepeatable:
            return try strings(array.map { $0.stringValue }, key, value, option)
        case .table(let entries) where [.assignment, .variable].contains(option.content):
            let texts = entries.map { entry in entry.value.stringValue.map { "\(entry.key)=\($0)" } }
            return try strings(texts, key, value, option)
        default: throw mismatch(key, value, option)
        }
    }

    /// What is in the document and no option's key, with the nearest key.
    ///
    /// - Parameter known: The keys that there are.
    /// - Returns: A warning for each, in the document's order.
    func warnings(known: [String]) -> [String] {
        table.keys.filter { !known.contains($0) }.map { key in
            let hint = Suggestion.nearest(to: key, among: known).map { "; did you mean '\($0)'?" } ?? ""
            return "\(place(of: key)): no such setting\(hint)"
        }
    }

    private func strings(
        _ texts: [String?],
        _ key: String,
        _ value: TOMLValue,
        _ option: CommandOption
    ) throws(CommandError) -> [String] {
        let found = texts.compactMap(\.self)
        guard found.count == texts.count else { throw mismatch(key, value, option) }
        return found
    }

    private func mismatch(_ key: String, _ value: TOMLValue, _ option: CommandOption) -> CommandError {
        let expected =
            if !option.takesValue {
                "a boolean"
            } else if option.isRepeatable {
                "a list of strings"
            } else {
                "a string"
            }
        return .configuration("\(place(of: key)): expected \(expected), found \(value.typeName)")
    }
}
