import Sandbox
import TOML

/// A table of a fixture, whose keys are all known to whoever reads it.
struct FixtureTable {
    let table: TOMLTable

    /// Takes a table.
    /// - Throws: At the first key that is not among the known ones.
    init(_ table: TOMLTable, keys: [String]) throws(TOMLError) {
        for key in table.keys where !keys.contains(key) {
            throw table.error("unknown key \(key); known here: \(keys.joined(separator: ", "))", at: key)
        }
        self.table = table
    }

    func string(_ key: String) throws(TOMLError) -> String? { try table.string(key) }

    func requiredString(_ key: String) throws(TOMLError) -> String {
        let text = try table.requiredString(key)
        guard !text.isEmpty else { throw table.error("expected some text", at: key) }
        return text
    }

    func strings(_ key: String) throws(TOMLError) -> [String] { try table.strings(key) ?? [] }

    func boolean(_ key: String) throws(TOMLError) -> Bool? { try table.boolean(key) }

    func tables(_ key: String) throws(TOMLError) -> [TOMLTable] { try table.tables(key) ?? [] }

    func subtable(_ key: String) throws(TOMLError) -> TOMLTable? { try table.table(key) }

    func error(_ message: String, at key: String? = nil) -> TOMLError { table.error(message, at: key) }

    /// Names and texts, in order.
    func pairs(_ key: String) throws(TOMLError) -> [(name: String, value: String)] {
        guard let table = try table.table(key) else { return [] }
        var pairs: [(name: String, value: String)] = []
        for (name, value) in table {
            guard let text = value.stringValue else {
                throw table.error("expected a string, found \(value.typeName)", at: name)
            }
            pairs.append((name, text))
        }
        return pairs
    }

    /// A text that is one of some words.
    func word<Word: RawRepresentable & CaseIterable>(_ key: String) throws(TOMLError) -> Word?
    where Word.RawValue == String {
        guard let text = try table.string(key) else { return nil }
        guard let word = Word(rawValue: text) else {
            let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw table.error("expected one of \(known), found \(text)", at: key)
        }
        return word
    }

    func apis(_ key: String = "apis") throws(TOMLError) -> APIRange? {
        guard let text = try table.string(key) else { return nil }
        guard let range = APIRange(text) else {
            throw table.error("expected versions such as 0.12, 0.7-0.15, 0.12- or -0.11, found \(text)", at: key)
        }
        return range
    }

    /// Permission bits in octal digits.
    func mode(_ key: String = "mode") throws(TOMLError) -> UInt32? {
        guard let text = try table.string(key) else { return nil }
        guard let mode = UInt32(text, radix: 8), mode <= 0o7777 else {
            throw table.error("expected permissions such as \"0644\", found \(text)", at: key)
        }
        return mode
    }

    /// A pattern for permission bits in four octal digits.
    func modePattern(_ key: String = "mode") throws(TOMLError) -> String? {
        if let text = try table.string(key), text.contains("@{") { return text }
        return try mode(key).map(octal)
    }

    /// A user and a group as numbers.
    func owner(_ key: String = "owner") throws(TOMLError) -> String? {
        guard let text = try table.string(key) else { return nil }
        guard Owner(text) != nil || text.contains("@{") else {
            throw table.error("expected numbers such as \"1000:1000\", found \(text)", at: key)
        }
        return text
    }

    /// An absolute path.
    func path(_ key: String) throws(TOMLError) -> String? {
        guard let text = try table.string(key) else { return nil }
        guard text.hasPrefix("/") || text.hasPrefix("@{") else {
            throw table.error("expected an absolute path, found \(text)", at: key)
        }
        return text
    }

    func valuePaths(_ key: String) throws(TOMLError) -> [ValuePath] {
        var paths: [ValuePath] = []
        for text in try strings(key) {
            guard let path = ValuePath(text) else { throw table.error("\(text) is no key path", at: key) }
            paths.append(path)
        }
        return paths
    }
}
