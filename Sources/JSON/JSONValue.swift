/// One JSON value of any type.
public enum JSONValue: Equatable, Sendable {
    /// The literal `null`.
    case null
    /// `true` or `false`.
    case boolean(Bool)
    /// A number, as exact as its text.
    case number(JSONNumber)
    /// Text.
    case string(String)
    /// An ordered list of values.
    case array([JSONValue])
    /// Keys and values in the order of the document.
    case object(JSONObject)

    /// The value's type with its article, for messages: `a string`, `an object`.
    public var typeName: String {
        switch self {
        case .null: "null"
        case .boolean: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// A number from an integer.
    public static func integer(_ number: some BinaryInteger) -> JSONValue {
        .number(JSONNumber(number))
    }
}

// MARK: - The value as one type, or nil

extension JSONValue {
    /// The value of an object's key; nil when this is not an object or the key is absent.
    public subscript(_ key: String) -> JSONValue? { objectValue?[key] }

    /// The element at a place; nil when this is not an array or has no such element.
    public subscript(_ position: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(position) else { return nil }
        return elements[position]
    }

    /// Tells whether this is `null`.
    public var isNull: Bool { self == .null }

    /// The truth value when this is a boolean.
    public var booleanValue: Bool? {
        guard case .boolean(let flag) = self else { return nil }
        return flag
    }

    /// The number when this is one.
    public var numberValue: JSONNumber? {
        guard case .number(let number) = self else { return nil }
        return number
    }

    /// The number as a 64-bit integer, when this is a number that is exactly one.
    public var integerValue: Int64? { numberValue?.integerValue }

    /// The text when this is a string.
    public var stringValue: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The elements when this is an array.
    public var arrayValue: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The object when this is one.
    public var objectValue: JSONObject? {
        guard case .object(let object) = self else { return nil }
        return object
    }
}

// MARK: - Literals

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    /// Makes a string.
    public init(stringLiteral value: String) { self = .string(value) }

    /// Makes a number.
    public init(integerLiteral value: Int64) { self = .integer(value) }

    /// Makes a boolean.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }

    /// Makes an array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

    /// Makes an object of the given members in their order; a key given twice keeps its last value.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        var object = JSONObject()
        for (key, value) in elements {
            object[key] = value
        }
        self = .object(object)
    }

    /// Makes `null`.
    public init(nilLiteral: ()) { self = .null }
}
