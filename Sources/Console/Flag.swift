/// What a flag's value is.
public enum FlagValue: Hashable, Sendable {
    /// Any text.
    case string(String)
    /// Yes or no; the flag may stand without a value for yes.
    case boolean(Bool)
    /// A whole number.
    case integer(Int)
    /// A length of time in nanoseconds.
    case duration(Int64)
    /// The values of a flag that may be repeated.
    case list([String])
}

/// A flag of a command: one row of its ``FlagTable``.
public struct Flag: Hashable, Sendable {
    /// The name without hyphens.
    public var name: String
    /// The value without the flag; it also decides on what values are accepted.
    public var defaultValue: FlagValue
    /// What the flag is for, for help and documentation.
    public var help: String
    /// The environment variable that the default is taken from.
    public var environmentVariable: String?
    /// The default as the documentation shows it, if that differs from ``defaultValue``.
    public var documentedDefault: String?
    /// The API versions that know the flag, for the documentation.
    public var apis: String?

    /// Describes a flag.
    /// - Parameters:
    ///   - name: The name without hyphens.
    ///   - defaultValue: The value without the flag.
    ///   - help: What the flag is for.
    ///   - environmentVariable: The environment variable that the default is taken from.
    ///   - documentedDefault: The default as the documentation shows it.
    ///   - apis: The API versions that know the flag.
    public init(
        _ name: String,
        _ defaultValue: FlagValue,
        help: String,
        environmentVariable: String? = nil,
        documentedDefault: String? = nil,
        apis: String? = nil
    ) {
        self.name = name
        self.defaultValue = defaultValue
        self.help = help
        self.environmentVariable = environmentVariable
        self.documentedDefault = documentedDefault
        self.apis = apis
    }
}

extension Flag {
    var isBoolean: Bool {
        if case .boolean = defaultValue { true } else { false }
    }

    /// The kind of value as the usage text names it, and the help without the back quotes that may give another name.
    var usageParts: (placeholder: String, help: String) {
        let parts = help.split(separator: "`", maxSplits: 2, omittingEmptySubsequences: false)
        if parts.count == 3 { return (String(parts[1]), parts.joined()) }
        return switch defaultValue {
        case .string: ("string", help)
        case .boolean: ("", help)
        case .integer: ("int", help)
        case .duration: ("duration", help)
        case .list: ("value", help)
        }
    }

    /// The default for the usage text; nil if it is the kind's zero value, which goes without saying.
    var usageDefault: String? {
        switch defaultValue {
        case .string(let text): text.isEmpty ? nil : GoText.quoted(text)
        case .boolean(let value): value ? "true" : nil
        case .integer(let number): number == 0 ? nil : String(number)
        case .duration(let length): length == 0 ? nil : DurationText.string(nanoseconds: length)
        case .list(let values): values.isEmpty ? nil : "[\(values.joined(separator: " "))]"
        }
    }
}
