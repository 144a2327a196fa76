/// The JSON form of arguments: `["make", "all"]`.
enum JSONList: Equatable {
    /// A list of nothing but strings.
    case strings([String])
    /// A list with something else in it, which no instruction takes.
    case mixed
    /// Not a JSON list, and so a shell command or plain words.
    case none

    init(_ text: Scalars) {
        var reader = JSONListReader(rest: text.trimmed)
        guard reader.rest.first == "[", let elements = reader.list(depth: 0), reader.rest.isEmpty else {
            self = .none
            return
        }
        let strings = elements.compactMap { $0 }
        self = strings.count == elements.count ? .strings(strings) : .mixed
    }
}

/// Just enough of a JSON reader to tell a list from a shell command that begins with a bracket.
private struct JSONListReader {
    var rest: Scalars

    private static let depthLimit = 100

    /// A list's elements, nil for each one that is not a string; nil when this is not a list.
    mutating func list(depth: Int) -> [String?]? {
        guard depth < Self.depthLimit, rest.popFirst() == "[" else { return nil }
        var elements: [String?] = []
        skipSpace()
        if rest.first == "]" {
            rest.removeFirst()
            return elements
        }
        while true {
            skipSpace()
            if rest.first == "\"" {
                guard let text = string() else { return nil }
                elements.append(text)
            } else {
                guard skipValue(depth: depth) else { return nil }
                elements.append(nil)
            }
            skipSpace()
            switch rest.popFirst() {
            case "]": return elements
            case ",": continue
            default: return nil
            }
        }
    }

    private mutating func skipValue(depth: Int) -> Bool {
        switch rest.first {
        case "[": return list(depth: depth + 1) != nil
        case "{": return skipObject(depth: depth + 1)
        case "\"": return string() != nil
        default:
            let word = rest.prefix { $0.isASCIILetter || $0.isASCIIDigit || "+-.".unicodeScalars.contains($0) }
            rest = rest.dropFirst(word.count)
            let isNumber = word.first.map { $0.isASCIIDigit || $0 == "-" } == true && Double(word.text) != nil
            return isNumber || ["true", "false", "null"].contains(word.text)
        }
    }

    private mutating func skipObject(depth: Int) -> Bool {
        guard depth < Self.depthLimit, rest.popFirst() == "{" else { return false }
        skipSpace()
        if rest.first == "}" {
            rest.removeFirst()
            return true
        }
        while true {
            skipSpace()
            guard string() != nil else { return false }
            skipSpace()
            guard rest.popFirst() == ":" else { return false }
            skipSpace()
            guard skipValue(depth: depth) else { return false }
            skipSpace()
            switch rest.popFirst() {
            case "}": return true
            case ",": continue
            default: return false
            }
        }
    }

    private mutating func skipSpace() {
        rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" }
    }

    private mutating func string() -> String? {
        guard rest.popFirst() == "\"" else { return nil }
        var units: [UInt16] = []
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"": return String(decoding: units, as: UTF16.self)
            case "\\":
                guard let unit = escapedUnit() else { return nil }
                units.append(unit)
            case "\0"..<" ": return nil
            default: units.append(contentsOf: String(scalar).utf16)
            }
        }
        return nil
    }

    private mutating func escapedUnit() -> UInt16? {
        switch rest.popFirst() {
        case "\"": return 0x22
        case "\\": return 0x5C
        case "/": return 0x2F
        case "b": return 0x08
        case "f": return 0x0C
        case "n": return 0x0A
        case "r": return 0x0D
        case "t": return 0x09
        case "u":
            let digits = rest.prefix(4)
            rest = rest.dropFirst(4)
            guard digits.count == 4, digits.allSatisfy({ $0.properties.isASCIIHexDigit }) else { return nil }
            return UInt16(digits.text, radix: 16)
        default: return nil
        }
    }
}
