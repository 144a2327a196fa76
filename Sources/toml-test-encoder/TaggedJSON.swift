import JSON
import TOML

/// Why tagged JSON can't be made into TOML.
struct TaggedJSONError: Error, CustomStringConvertible {
    var message: String

    var description: String { message }
}

/// The TOML value for tagged JSON: an object with `type` and `value` is a plain value, other objects are tables.
func value(ofTagged json: JSONValue) throws -> TOMLValue {
    switch json {
    case .array(let elements):
        return .array(TOMLArray(try elements.map(value(ofTagged:))))
    case .object(let object):
        if object.count == 2, let type = object["type"]?.stringValue, let text = object["value"]?.stringValue {
            return try plainValue(type, text)
        }
        var table = TOMLTable()
        for (key, member) in object {
            table.set(key, try value(ofTagged: member))
        }
        return .table(table)
    default:
        throw TaggedJSONError(message: "\(json.typeName) without a type")
    }
}

private func plainValue(_ type: String, _ text: String) throws -> TOMLValue {
    guard type != "string" else { return .string(text) }
    // The tagged text of all other types is also their TOML text.
    guard let value = try TOMLDocument.parse("value = \(text)")["value"] else {
        throw TaggedJSONError(message: "\"\(text)\" is not one value")
    }
    switch (type, value) {
    case ("integer", .integer), ("float", .float), ("bool", .boolean), ("datetime", .offsetDateTime),
        ("datetime-local", .localDateTime), ("date-local", .localDate), ("time-local", .localTime):
        return value
    case ("float", .integer(let number)):
        return .float(Double(number))
    default:
        throw TaggedJSONError(message: "\"\(text)\" is \(value.typeName), not of type \(type)")
    }
}
