/// Why a command of `slipway` did not do what it was asked for.
public enum CommandError: Error, Hashable, Sendable {
    /// No command has this name; with the group that was asked, empty for `slipway` itself, and the nearest name.
    case unknownCommand(String, group: String, nearest: String?)
    /// A command is missing after the name of a group.
    case missingCommand(group: String)
    /// A command has no option of this name; with the nearest one.
    case unknownOption(String, command: String, nearest: String?)
    /// An option is given without its value.
    case missingValue(option: String, placeholder: String)
    /// An option that takes no value has one.
    case superfluousValue(option: String, value: String)
    /// A value does not suit: where it stands, what was expected, and the nearest that would.
    case badValue(place: String, value: String, expected: String, nearest: String?)
    /// An argument too many.
    case superfluousArgument(String, command: String)
    /// An argument is missing.
    case missingArgument(String, command: String)
    /// Anything else that is wrong with what was asked for: what, and what to do.
    case usage(String, help: String?)
    /// The configuration can't be read: what is wrong, and where.
    case configuration(String)
    /// The work failed: what, what to do, and the exit code.
    case failed(String, help: String?, exitCode: Int32)
}

extension CommandError {
    /// The exit code of a program that ends because of this: 2 for what was typed or configured wrongly.
    public var exitCode: Int32 {
        if case .failed(_, _, let exitCode) = self { exitCode } else { 2 }
    }

    /// What to do about it, if that is known.
    public var help: String? {
        switch self {
        case .unknownCommand(_, let group, let nearest):
            nearest.map { "did you mean '\(Self.command($0, of: group))'?" } ?? "see 'slipway help'"
        case .missingCommand(let group): "see '\(Self.command("--help", of: group))'"
        case .unknownOption(_, let command, let nearest):
            nearest.map { "did you mean '\($0)'?" } ?? "see '\(Self.command("--help", of: command))'"
        case .missingValue(let option, let placeholder): "write '\(option)=\(placeholder)'"
        case .superfluousValue(let option, _): "write '\(option)' alone"
        case .badValue(_, _, _, let nearest): nearest.map { "did you mean '\($0)'?" }
        case .superfluousArgument(_, let command), .missingArgument(_, let command):
            "see '\(Self.command("--help", of: command))'"
        case .usage(_, let help), .failed(_, let help, _): help
        case .configuration: nil
        }
    }

    private static func command(_ name: String, of group: String) -> String {
        group.isEmpty ? "slipway \(name)" : "slipway \(group) \(name)"
    }
}

extension CommandError: CustomStringConvertible {
    /// What is wrong, in lower case without a full stop.
    public var description: String {
        switch self {
        case .unknownCommand(let name, let group, _):
            "no command '\(name)'" + (group.isEmpty ? "" : " of 'slipway \(group)'")
        case .missingCommand(let group):
            group.isEmpty ? "a command is missing" : "a command is missing after 'slipway \(group)'"
        case .unknownOption(let name, let command, _):
            "no option '\(name)'" + (command.isEmpty ? "" : " of 'slipway \(command)'")
        case .missingValue(let option, let placeholder): "option '\(option)' needs a value, \(placeholder)"
        case .superfluousValue(let option, let value): "option '\(option)' takes no value, and got '\(value)'"
        case .badValue(let place, let value, let expected, _): "\(place): expected \(expected), found '\(value)'"
        case .superfluousArgument(let argument, let command): "'slipway \(command)' has no use for '\(argument)'"
        case .missingArgument(let name, let command): "'slipway \(command)' needs \(name)"
        case .usage(let message, _), .failed(let message, _, _): message
        case .configuration(let message): message
        }
    }
}
