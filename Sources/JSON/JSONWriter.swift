/// Writes JSON texts: the keys in the object's order, numbers as they are, escapes as Go's encoding/json writes them.
public enum JSONWriter {
    /// The text of a value.
    ///
    /// - Parameters:
    ///   - value: The value to write.
    ///   - escapeHTML: Whether `<`, `>` and `&` become `\u003c`, `\u003e` and `\u0026`, as Go does by default.
    ///   - pretty: What to indent each level with, in the layout of Go's `json.MarshalIndent`; nil for no white space.
    /// - Returns: The text, without a line end.
    public static func string(_ value: JSONValue, escapeHTML: Bool = true, pretty: String? = nil) -> String {
        String(decoding: bytes(value, escapeHTML: escapeHTML, pretty: pretty), as: UTF8.self)
    }

    /// The text of a value as UTF-8.
    ///
    /// - Parameters:
    ///   - value: The value to write.
    ///   - escapeHTML: Whether `<`, `>` and `&` become `\u003c`, `\u003e` and `\u0026`, as Go does by default.
    ///   - pretty: What to indent each level with, in the layout of Go's `json.MarshalIndent`; nil for no white space.
    /// - Returns: The text, without a line end.
    public static func bytes(_ value: JSONValue, escapeHTML: Bool = true, pretty: String? = nil) -> [UInt8] {
        var output = JSONOutput(escapeHTML: escapeHTML, indent: pretty)
        output.write(value)
        return output.bytes
    }
}

/// A text while it is being written.
private struct JSONOutput {
    private(set) var bytes: [UInt8] = []
    private let escapeHTML: Bool
    private let indent: String?
    private var depth = 0

    init(escapeHTML: Bool, indent: String?) {
        self.escapeHTML = escapeHTML
        self.indent = indent
    }

    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: append("null")
        case .boolean(let flag): append(flag ? "true" : "false")
        case .number(let number): append(number.text)
        case .string(let text): writeString(text)
        case .array(let elements): writeArray(elements)
        case .object(let object): writeObject(object)
        }
    }

    private mutating func writeArray(_ elements: [JSONValue]) {
        guard !elements.isEmpty else { return append("[]") }
        open(UInt8(ascii: "["))
        for (place, element) in elements.enumerated() {
            separate(place)
            write(element)
        }
        close(UInt8(ascii: "]"))
    }

    private mutating func writeObject(_ object: JSONObject) {
        guard !object.isEmpty else { return append("{}") }
        open(UInt8(ascii: "{"))
        for (place, member) in object.enumerated() {
            separate(place)
            writeString(member.key)
            append(indent == nil ? ":" : ": ")
            write(member.value)
        }
        close(UInt8(ascii: "}"))
    }

    private mutating func open(_ bracket: UInt8) {
        bytes.append(bracket)
        depth += 1
    }

    private mutating func separate(_ place: Int) {
        if place > 0 { bytes.append(UInt8(ascii: ",")) }
        breakLine()
    }

    private mutating func close(_ bracket: UInt8) {
        depth -= 1
        breakLine()
        bytes.append(bracket)
    }

    private mutating func breakLine() {
        guard let indent else { return }
        bytes.append(UInt8(ascii: "\n"))
        for _ in 0..<depth { append(indent) }
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }
}

// MARK: - Strings

extension JSONOutput {
    fileprivate mutating func writeString(_ string: String) {
        var string = string
        bytes.append(UInt8(ascii: "\""))
        string.withUTF8 { writeEscaped($0) }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func writeEscaped(_ text: UnsafeBufferPointer<UInt8>) {
        // What needs no escape is copied in one piece.
        var copied = 0
        for place in text.indices where needsEscape(text[place]) {
            guard let (escape, length) = escape(text, place) else { continue }
            bytes.append(contentsOf: text[copied..<place])
            append(escape)
            copied = place + length
        }
        bytes.append(contentsOf: text[copied...])
    }

    /// Whether a byte may have to be escaped; the first byte of U+2028 and U+2029 has more to it.
    private func needsEscape(_ byte: UInt8) -> Bool {
        switch byte {
        case 0..<0x20, UInt8(ascii: "\""), UInt8(ascii: "\\"), 0xE2: true
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"): escapeHTML
        default: false
        }
    }

    /// The escape for what stands at a place, and how many bytes it replaces.
    private func escape(_ text: UnsafeBufferPointer<UInt8>, _ place: Int) -> (escape: String, length: Int)? {
        switch text[place] {
        case UInt8(ascii: "\""): return ("\\\"", 1)
        case UInt8(ascii: "\\"): return ("\\\\", 1)
        case 0x08: return ("\\b", 1)
        case UInt8(ascii: "\t"): return ("\\t", 1)
        case UInt8(ascii: "\n"): return ("\\n", 1)
        case 0x0C: return ("\\f", 1)
        case UInt8(ascii: "\r"): return ("\\r", 1)
        case 0xE2:
            // Line and paragraph separator end a line in JavaScript.
            guard place + 2 < text.count, text[place + 1] == 0x80 else { return nil }
            if text[place + 2] == 0xA8 { return ("\\u2028", 3) }
            if text[place + 2] == 0xA9 { return ("\\u2029", 3) }
            return nil
        case let byte:
            let digits = String(byte, radix: 16)
            return ("\\u00\(byte < 0x10 ? "0" : "")\(digits)", 1)
        }
    }
}
