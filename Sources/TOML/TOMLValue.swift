/// One TOML value of any type.
public enum TOMLValue: Equatable, Sendable {
    /// Text of any of the four string forms.
    case string(String)
    /// A whole number of 64 bits.
    case integer(Int64)
    /// A floating-point number, which may be infinite or not a number.
    case float(Double)
    /// `true` or `false`.
    case boolean(Bool)
    /// A moment in time: a date and a time with an offset from UTC.
    case offsetDateTime(TOMLOffsetDateTime)
    /// A date and a time that belong to no time zone.
    case localDateTime(TOMLLocalDateTime)
    /// A calendar date.
    case localDate(TOMLLocalDate)
    /// A time of day.
    case localTime(TOMLLocalTime)
    /// An ordered list of values, which may be of different types; also an array of tables.
    case array(TOMLArray)
    /// A table of any form: under a header, inline, or implied by a dotted key.
    case table(TOMLTable)

    /// The value's type with its article, for messages: `a string`, `an integer`.
    public var typeName: String {
        switch self {
        case .string: "a string"
        case .integer: "an integer"
        case .float: "a float"
        case .boolean: "a boolean"
        case .offsetDateTime: "an offset date-time"
        case .localDateTime: "a local date-time"
        case .localDate: "a local date"
        case .localTime: "a local time"
        case .array: "an array"
        case .table: "a table"
        }
    }
}

// MARK: - The value as one type, or nil

extension TOMLValue {
    /// The text when this is a string.
    public var stringValue: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The number when this is an integer.
    public var integerValue: Int64? {
        guard case .integer(let number) = self else { return nil }
        return number
    }

    /// The truth value when this is a boolean.
    public var booleanValue: Bool? {
        guard case .boolean(let flag) = self else { return nil }
        return flag
    }

    /// The array when this is one.
    public var arrayValue: TOMLArray? {
        guard case .array(let array) = self else { return nil }
        return array
    }

    /// The table when this is one.
    public var tableValue: TOMLTable? {
        guard case .table(let table) = self else { return nil }
        return table
    }
}

// MARK: - Literals

extension TOMLValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByFloatLiteral, ExpressibleByArrayLiteral
{
    /// Makes a string.
    public init(stringLiteral value: String) { self = .string(value) }

    /// Makes an integer.
    public init(integerLiteral value: Int64) { self = .integer(value) }

    /// Makes a boolean.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }

    /// Makes a float.
    public init(floatLiteral value: Double) { self = .float(value) }

    /// Makes an array.
    public init(arrayLiteral elements: TOMLValue...) { self = .array(TOMLArray(elements)) }
}
