import POSIX

/// Further facts about a message, shown in JSON only, in their order.
public typealias LogFields = KeyValuePairs<String, LogValue>

/// A fact about a message.
public enum LogValue: Sendable, ExpressibleByStringLiteral {
    /// Words.
    case text(String)
    /// A number, which programs may want to add up.
    case number(Int64)

    /// Takes words from the source text.
    public init(stringLiteral text: String) { self = .text(text) }

    /// The value as JSON has it.
    var json: String {
        switch self {
        case .text(let text): JSONText.quoted(text)
        case .number(let number): "\(number)"
        }
    }
}

/// A message on its way to a descriptor.
struct LogMessage {
    /// How a message looks.
    enum Style {
        /// A line, marked if it is a warning or an error.
        case marked
        /// A line as it is.
        case plain
        /// A header.
        case phase
        /// Bytes as they are, perhaps not a whole line.
        case verbatim
    }

    static let newline = UInt8(ascii: "\n")

    var bytes: [UInt8]
    var style: Style
    var fields: [(key: String, value: LogValue)] = []

    init(_ text: String, style: Style = .marked, fields: LogFields = [:]) {
        bytes = Array(text.utf8)
        self.style = style
        self.fields = Array(fields)
    }

    init(bytes: [UInt8], style: Style) {
        self.bytes = bytes
        self.style = style
    }

    /// The message without a final newline, as text.
    var collectedText: String {
        String(decoding: bytes.last == Self.newline ? bytes.dropLast() : bytes[...], as: UTF8.self)
    }

    /// What people read.
    func text(level: LogLevel, usesColor: Bool) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(bytes.count + 32)
        let color: Color? =
            switch (style, level) {
            case (.phase, _): .cyan
            case (.marked, .warn): .boldYellow
            case (.marked, .error): .boldRed
            default: nil
            }
        let mark =
            switch (style, level) {
            case (.marked, .warn): "Warning: "
            case (.marked, .error): "ERROR: "
            default: ""
            }
        if style == .phase, let color {
            line += color.paint(bytes, enabled: usesColor)
        } else {
            if let color { line += color.paint(Array(mark.utf8), enabled: usesColor) }
            line += usesColor ? bytes : Color.removed(from: bytes)
        }
        if style != .verbatim, line.last != Self.newline { line.append(Self.newline) }
        return line
    }

    /// What programs read.
    func json(level: LogLevel, time: FileTime) -> [UInt8] {
        let message = String(decoding: Color.removed(from: Array(collectedText.utf8)), as: UTF8.self)
        var line = #"{"time":"\#(time.rfc3339(fraction: true))","level":"\#(level.name)","msg":"#
        line += JSONText.quoted(message)
        for (key, value) in fields {
            line += ",\(JSONText.quoted(key)):\(value.json)"
        }
        return Array((line + "}\n").utf8)
    }
}

/// Strings as JSON has them.
enum JSONText {
    /// Puts a string in quotes and escapes what has to be.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
