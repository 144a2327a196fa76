import TOML

/// What a TOML value has to look like: the types of known keys, and which keys are known at all.
indirect enum Shape: Sendable {
    case string
    case boolean
    case strings
    case anything
    /// A table whose keys are data.
    case freeTable
    case table([String: Shape])
    case tables([String: Shape])
    /// The first of these whose type fits; messages speak of the last.
    case either(Shape, Shape)

    /// What messages call the type.
    fileprivate var name: String {
        switch self {
        case .string: "a string"
        case .boolean: "a boolean"
        case .strings: "an array of strings"
        case .anything: "anything"
        case .freeTable, .table: "a table"
        case .tables: "an array of tables"
        case .either(_, let last): last.name
        }
    }

    /// Whether the value is of this type, whatever is in its tables.
    fileprivate func fits(_ value: TOMLValue) -> Bool {
        switch self {
        case .string: value.stringValue != nil
        case .boolean: value.booleanValue != nil
        case .strings: value.arrayValue?.allSatisfy { $0.stringValue != nil } ?? false
        case .anything: true
        case .freeTable, .table: value.tableValue != nil
        case .tables: value.arrayValue?.allSatisfy { $0.tableValue != nil } ?? false
        case .either(let first, let last): first.fits(value) || last.fits(value)
        }
    }
}

/// Compares a TOML file with its shape.
struct ShapeCheck {
    /// What the file is called in findings.
    let file: String
    /// The rules of the file: for values of other types, and for keys that nobody knows.
    let typeRule: Rule
    let unknownKeyRule: Rule

    /// Reads a file.
    /// - Parameters:
    ///   - bytes: What is in it; nil when there is no such file.
    ///   - file: What it is called in findings.
    ///   - rule: For what is no TOML.
    ///   - findings: Takes what is wrong.
    /// - Returns: The file's contents; nil when there is no such file or it is malformed.
    static func parse(_ bytes: [UInt8]?, as file: String, _ rule: Rule, _ findings: inout Findings) -> TOMLTable? {
        guard let bytes else { return nil }
        do {
            return try TOMLDocument.parse(bytes, file: file)
        } catch {
            findings.add(rule, file, line: error.line, error.message)
            return nil
        }
    }

    /// Compares a table with the keys that it may have.
    func check(_ table: TOMLTable, _ shape: [String: Shape], at path: String = "", _ findings: inout Findings) {
        for (key, value) in table {
            let name = path.isEmpty ? key : "\(path).\(key)"
            let line = table.position(of: key)?.line ?? 0
            guard let expected = shape[key] else {
                findings.add(unknownKeyRule, file, line: line, "the key \(name) means nothing to a lifecycle")
                continue
            }
            guard expected.fits(value) else {
                let message = "\(name): expected \(expected.name), found \(value.typeName)"
                findings.add(typeRule, file, line: line, message)
                continue
            }
            descend(value, expected, name, &findings)
        }
    }

    private func descend(_ value: TOMLValue, _ shape: Shape, _ name: String, _ findings: inout Findings) {
        switch shape {
        case .table(let keys):
            if let table = value.tableValue { check(table, keys, at: name, &findings) }
        case .tables(let keys):
            for case .table(let table) in value.arrayValue ?? [] { check(table, keys, at: name, &findings) }
        case .either(let first, let last):
            descend(value, first.fits(value) ? first : last, name, &findings)
        case .string, .boolean, .strings, .anything, .freeTable: break
        }
    }
}

extension TOMLTable {
    /// The text of a key, or nil for anything else.
    func text(_ key: String) -> String? { self[key]?.stringValue }

    /// The texts in the array of a key; other elements are left out.
    func texts(_ key: String) -> [String] { self[key]?.arrayValue?.compactMap(\.stringValue) ?? [] }

    /// The tables in the array of a key; other elements are left out.
    func subtables(_ key: String) -> [TOMLTable] { self[key]?.arrayValue?.compactMap(\.tableValue) ?? [] }

    /// The line of a key, or of the table where the key is absent; 0 when not known.
    func line(_ key: String = "") -> Int { position(of: key)?.line ?? position?.line ?? 0 }
}
