/// Writes tables as TOML text, byte for byte as the reference's encoder does.
public enum TOMLWriter {
    /// The text of a document with this table as its root.
    ///
    /// In each table the keys with plain values come first, then those with tables, both in the table's order. An array
    /// becomes `[[headers]]` when it has elements and all of them are tables. Tables below the top level are indented.
    ///
    /// - Parameters:
    ///   - table: The root table.
    ///   - path: The keys that lead to values whose strings get the escapes of Go's encoding/json, which has some more.
    ///     The reference writes the commands of processes so.
    /// - Returns: The text; it ends with a line end unless the table is empty.
    public static func write(_ table: TOMLTable, withJSONEscapesAt path: [String] = []) -> String {
        var output = TOMLOutput(jsonPath: path)
        output.writeBody(of: table, at: [])
        return output.text
    }

    /// A key as it stands in a document: bare where that is possible, else in quotes.
    static func key(_ key: String) -> String {
        path([key])
    }

    /// A dotted key as it stands in a document.
    static func path(_ keys: [String]) -> String {
        var output = TOMLOutput()
        output.writePath(keys)
        return output.text
    }
}

/// A document while it is being written.
struct TOMLOutput {
    private var bytes: [UInt8] = []
    private let jsonPath: [String]
    /// Whether strings get the escapes of JSON at the moment.
    private var usesJSONEscapes = false

    init(jsonPath: [String] = []) {
        self.jsonPath = jsonPath
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Writes the entries of a table that has been opened by a header, or of the root.
    mutating func writeBody(of table: TOMLTable, at path: [String]) {
        for (key, value) in table where !value.hasHeader {
            indent(path.count)
            writeKey(key)
            write(" = ")
            usesJSONEscapes = key == jsonPath.last && path == jsonPath.dropLast()
            writeValue(value)
            usesJSONEscapes = false
            write("\n")
        }
        for (key, value) in table {
            switch value {
            case .table(let table):
                writeTable(table, at: path + [key])
            case .array(let array) where value.hasHeader:
                writeArrayOfTables(array, at: path + [key])
            default:
                break
            }
        }
    }

    private mutating func writeTable(_ table: TOMLTable, at path: [String]) {
        if path.count == 1 { separate() }
        indent(path.count - 1)
        write("[")
        writePath(path)
        write("]\n")
        writeBody(of: table, at: path)
    }

    private mutating func writeArrayOfTables(_ array: TOMLArray, at path: [String]) {
        for case .table(let table) in array {
            separate()
            indent(path.count - 1)
            write("[[")
            writePath(path)
            write("]]\n")
            writeBody(of: table, at: path)
        }
    }

    /// Sets what follows apart by an empty line, unless it is the first thing in the document.
    private mutating func separate() {
        if !bytes.isEmpty { write("\n") }
    }

    private mutating func indent(_ depth: Int) {
        for _ in 0..<depth { write("  ") }
    }
}

// MARK: - Values within a line

extension TOMLOutput {
    mutating func writePath(_ keys: [String]) {
        for (number, key) in keys.enumerated() {
            if number > 0 { write(".") }
            writeKey(key)
        }
    }

    mutating func writeKey(_ key: String) {
        if !key.isEmpty, key.utf8.allSatisfy({ $0.isBareKey }) {
            write(key)
        } else {
            writeQuoted(key)
        }
    }

    mutating func writeValue(_ value: TOMLValue) {
        switch value {
        case .string(let text): writeQuoted(text)
        case .integer(let number): write("\(number)")
        case .float(let number): write(goDescription(of: number))
        case .boolean(let flag): write(flag ? "true" : "false")
        case .offsetDateTime(let dateTime): write(dateTime.description)
        case .localDateTime(let dateTime): write(dateTime.description)
        case .localDate(let date): write(date.description)
        case .localTime(let time): write(time.description)
        case .array(let array): writeInline(array)
        case .table(let table): writeInline(table)
        }
    }

    private mutating func writeInline(_ array: TOMLArray) {
        write("[")
        for (number, element) in array.enumerated() {
            if number > 0 { write(", ") }
            writeValue(element)
        }
        write("]")
    }

    private mutating func writeInline(_ table: TOMLTable) {
        write("{")
        let entries = table.filter { !$0.value.hasHeader } + table.filter { $0.value.hasHeader }
        for (number, entry) in entries.enumerated() {
            if number > 0 { write(", ") }
            writeKey(entry.key)
            write(" = ")
            writeValue(entry.value)
        }
        write("}")
    }

    /// Writes a string in double quotes.
    private mutating func writeQuoted(_ string: String) {
        bytes.append(.doubleQuote)
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": write("\\\"")
            case "\\": write("\\\\")
            case "\u{8}": write("\\b")
            case "\t": write("\\t")
            case "\n": write("\\n")
            case "\u{C}": write("\\f")
            case "\r": write("\\r")
            default:
                if needsEscape(scalar) {
                    writeHexadecimal(scalar)
                } else {
                    bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                }
            }
        }
        bytes.append(.doubleQuote)
    }

    private func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        // Go's JSON leaves DEL as it is, and so makes a document that can't be read.
        case "\0"..<" ", "\u{7F}": true
        case "<", ">", "&", "\u{2028}", "\u{2029}": usesJSONEscapes
        default: false
        }
    }

    private mutating func writeHexadecimal(_ scalar: Unicode.Scalar) {
        let digits = String(scalar.value, radix: 16)
        write("\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)")
    }

    private mutating func write(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }
}

extension TOMLValue {
    /// Whether the value stands below a header of its own, at least outside of arrays.
    fileprivate var hasHeader: Bool {
        switch self {
        case .table: true
        case .array(let array): !array.isEmpty && array.allSatisfy { $0.tableValue != nil }
        default: false
        }
    }
}
