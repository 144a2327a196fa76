internal import LaunchModel

/// How `--print-env` writes variables, sorted by name.
enum EnvironmentFormat: Equatable {
    /// `export NAME='value'`, to be read by `eval` or `source`. Names that a shell doesn't know are left out.
    case shell
    /// One object. Bytes that are not UTF-8 become U+FFFD.
    case json
    /// `NAME="value"`, for the tools that read `.env` files.
    case dotenv

    init(named name: ArraySlice<UInt8>) throws(LaunchError) {
        if name.elementsEqual("shell".utf8) {
            self = .shell
        } else if name.elementsEqual("json".utf8) {
            self = .json
        } else if name.elementsEqual("dotenv".utf8) {
            self = .dotenv
        } else {
            let text = String(decoding: name, as: UTF8.self)
            throw .usage("unknown format '\(text)': expected shell, json or dotenv")
        }
    }

    /// All variables in this format.
    func text(of environment: LaunchEnvironment) -> [UInt8] {
        let variables = environment.sortedVariables
        var text: [UInt8] = []
        switch self {
        case .shell:
            for (name, value) in variables where Self.isShellName(name) {
                text += [UInt8]("export ".utf8) + name + [UInt8]("='".utf8)
                Self.append(value, to: &text, escaping: UInt8(ascii: "'")) { _ in [UInt8]("'\\''".utf8) }
                text += [UInt8]("'\n".utf8)
            }
        case .dotenv:
            for (name, value) in variables where Self.isShellName(name) {
                text += name + [UInt8]("=\"".utf8)
                for byte in value { Self.appendQuoted(byte, to: &text) }
                text += [UInt8]("\"\n".utf8)
            }
        case .json:
            text.append(UInt8(ascii: "{"))
            for (index, (name, value)) in variables.enumerated() {
                text += [UInt8]((index == 0 ? "\n  " : ",\n  ").utf8)
                Self.appendJSON(name, to: &text)
                text += [UInt8](": ".utf8)
                Self.appendJSON(value, to: &text)
            }
            text += [UInt8]((variables.isEmpty ? "}\n" : "\n}\n").utf8)
        }
        return text
    }

    private static func isShellName(_ name: ArraySlice<UInt8>) -> Bool {
        func isLetter(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        guard let first = name.first, isLetter(first) else { return false }
        return name.allSatisfy { isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func append(
        _ value: ArraySlice<UInt8>,
        to text: inout [UInt8],
        escaping special: UInt8,
        as replacement: (UInt8) -> [UInt8]
    ) {
        for byte in value {
            if byte == special {
                text += replacement(byte)
            } else {
                text.append(byte)
            }
        }
    }

    /// A byte between the double quotes of a dotenv file.
    private static func appendQuoted(_ byte: UInt8, to text: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\n"): text += [UInt8]("\\n".utf8)
        case UInt8(ascii: "\r"): text += [UInt8]("\\r".utf8)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"):
            text += [UInt8(ascii: "\\"), byte]
        default: text.append(byte)
        }
    }

    private static func appendJSON(_ bytes: ArraySlice<UInt8>, to text: inout [UInt8]) {
        let digits = [UInt8]("0123456789abcdef".utf8)
        text.append(UInt8(ascii: "\""))
        for byte in String(decoding: bytes, as: UTF8.self).utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): text += [UInt8]("\\n".utf8)
            case UInt8(ascii: "\t"): text += [UInt8]("\\t".utf8)
            case 0..<0x20: text += [UInt8]("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }
}
