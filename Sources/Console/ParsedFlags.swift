/// What a command line says.
public struct ParsedFlags: Hashable, Sendable {
    /// The arguments after the flags.
    public internal(set) var arguments: [String] = []

    private var values: [String: FlagValue]

    init(defaults flags: [Flag]) {
        values = Dictionary(flags.map { ($0.name, $0.defaultValue) }) { first, _ in first }
    }

    /// The value of a flag, or nil if there is no such flag.
    public subscript(_ name: String) -> FlagValue? { values[name] }

    /// The value of a text flag, or nil if there is no such flag.
    public func string(_ name: String) -> String? {
        if case .string(let value)? = values[name] { value } else { nil }
    }

    /// The value of a boolean flag, or nil if there is no such flag.
    public func boolean(_ name: String) -> Bool? {
        if case .boolean(let value)? = values[name] { value } else { nil }
    }

    /// The value of a number flag, or nil if there is no such flag.
    public func integer(_ name: String) -> Int? {
        if case .integer(let value)? = values[name] { value } else { nil }
    }

    /// The value of a flag for a length of time, in nanoseconds, or nil if there is no such flag.
    public func duration(_ name: String) -> Int64? {
        if case .duration(let value)? = values[name] { value } else { nil }
    }

    /// The values of a flag that may be repeated, those of its default first, or nil if there is no such flag.
    public func list(_ name: String) -> [String]? {
        if case .list(let value)? = values[name] { value } else { nil }
    }

    /// Takes a value from the command line.
    mutating func set(_ flag: Flag, _ text: String) throws(FlagError) {
        do {
            values[flag.name] = try FlagText.value(text, like: values[flag.name] ?? flag.defaultValue)
        } catch {
            throw .invalidValue(flag: flag.name, value: text, reason: error.description, isBoolean: flag.isBoolean)
        }
    }
}

/// Reading the values of flags; also for the environment variables that stand in for flags.
public enum FlagText {
    /// Why a text is not a value.
    public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// It cannot be read.
        case unreadable
        /// It is a number, but too large or too small.
        case outOfRange

        /// The wording of Go's flag package.
        public var description: String {
            switch self {
            case .unreadable: "parse error"
            case .outOfRange: "value out of range"
            }
        }
    }

    /// Reads a value of the same kind as another.
    static func value(_ text: String, like current: FlagValue) throws(Failure) -> FlagValue {
        switch current {
        case .string:
            return .string(text)
        case .boolean:
            guard let value = boolean(text) else { throw .unreadable }
            return .boolean(value)
        case .integer:
            return .integer(try integer(text))
        case .duration:
            guard let length = DurationText.nanoseconds(text) else { throw .unreadable }
            return .duration(length)
        case .list(let values):
            return .list(values + [text])
        }
    }

    /// Reads yes or no as Go's `strconv.ParseBool` does.
    /// - Parameter text: One of `1 t T TRUE true True 0 f F FALSE false False`.
    /// - Returns: The value, or nil for any other text.
    public static func boolean(_ text: String) -> Bool? {
        switch text {
        case "1", "t", "T", "TRUE", "true", "True": true
        case "0", "f", "F", "FALSE", "false", "False": false
        default: nil
        }
    }

    /// Reads a whole number: decimal, or with one of the prefixes `0x`, `0o`, `0` and `0b`.
    ///
    /// After a prefix, underscores may separate digits.
    /// - Parameter text: The number, perhaps with a sign.
    /// - Returns: The number.
    /// - Throws: When the text is no number, or does not fit 64 bits.
    public static func integer(_ text: String) throws(Failure) -> Int {
        var digits = Substring(text)
        let sign = digits.first == "-" ? "-" : ""
        if digits.first == "-" || digits.first == "+" { digits.removeFirst() }
        var radix = 10
        let prefixes: [(String, Int)] = [("0x", 16), ("0o", 8), ("0b", 2), ("0", 8)]
        if let (prefix, base) = prefixes.first(where: { digits.lowercased().hasPrefix($0.0) }), digits != "0" {
            radix = base
            digits = digits.dropFirst(prefix.count)
            // Each underscore has to stand before a digit, the first one after the prefix.
            let groups = digits.split(separator: "_", omittingEmptySubsequences: false)
            let isSeparated = groups.count > 1
            if isSeparated, groups.dropFirst().contains(where: \.isEmpty) { throw .unreadable }
            digits = Substring(groups.joined())
        }
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && ($0.hexDigitValue ?? radix) < radix }) else {
            throw .unreadable
        }
        guard let value = Int(sign + digits, radix: radix) else { throw .outOfRange }
        return value
    }
}
