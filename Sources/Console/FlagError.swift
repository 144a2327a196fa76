/// Why a command line could not be understood.
public enum FlagError: Error, Hashable, Sendable {
    /// The usage text is asked for; not a mistake.
    case helpRequested
    /// No flag has this name.
    case notDefined(String)
    /// The flag, given by its name, is last and has no value.
    case needsArgument(String)
    /// The argument starts like a flag but has no name.
    case badSyntax(String)
    /// The value does not suit the flag: name, value, reason, and whether the flag is a boolean one.
    case invalidValue(flag: String, value: String, reason: String, isBoolean: Bool)
}

extension FlagError: CustomStringConvertible {
    /// The wording of Go's flag package, without the usage text that follows it.
    public var description: String {
        switch self {
        case .helpRequested: "flag: help requested"
        case .notDefined(let name): "flag provided but not defined: -\(name)"
        case .needsArgument(let name): "flag needs an argument: -\(name)"
        case .badSyntax(let argument): "bad flag syntax: \(argument)"
        case .invalidValue(let name, let value, let reason, isBoolean: true):
            "invalid boolean value \(GoText.quoted(value)) for -\(name): \(reason)"
        case .invalidValue(let name, let value, let reason, isBoolean: false):
            "invalid value \(GoText.quoted(value)) for flag -\(name): \(reason)"
        }
    }
}

/// Texts as Go's format verbs show them.
enum GoText {
    /// Puts a string in quotes and escapes what cannot be printed, as the verb `%q` does.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{7}": result += "\\a"
            case "\u{8}": result += "\\b"
            case "\u{c}": result += "\\f"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{b}": result += "\\v"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f: result += "\\x" + hexadecimal(scalar, width: 2)
            case _ where isPrintable(scalar): result.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x10000: result += "\\u" + hexadecimal(scalar, width: 4)
            default: result += "\\U" + hexadecimal(scalar, width: 8)
            }
        }
        return result + "\""
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }

    private static func hexadecimal(_ scalar: Unicode.Scalar, width: Int) -> String {
        let digits = String(scalar.value, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
