import JSON
import TOML

/// What TOML and JSON documents have in common, so that one expectation serves both.
enum Value: Equatable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case float(Double)
    case string(String)
    case array([Value])
    case table([Member])

    /// A key and its value.
    struct Member: Equatable, Sendable {
        var key: String
        var value: Value
    }

    init(_ value: TOMLValue) {
        switch value {
        case .string(let text): self = .string(text)
        case .integer(let number): self = .integer(number)
        case .float(let number): self = .float(number)
        case .boolean(let flag): self = .boolean(flag)
        case .offsetDateTime(let time): self = .string(time.description)
        case .localDateTime(let time): self = .string(time.description)
        case .localDate(let date): self = .string(date.description)
        case .localTime(let time): self = .string(time.description)
        case .array(let array): self = .array(array.map(Value.init))
        case .table(let table): self = Value(table)
        }
    }

    init(_ table: TOMLTable) {
        self = .table(table.map { Member(key: $0.key, value: Value($0.value)) })
    }

    init(_ value: JSONValue) {
        switch value {
        case .null: self = .null
        case .boolean(let flag): self = .boolean(flag)
        case .number(let number): self = number.integerValue.map(Value.integer) ?? .float(number.doubleValue)
        case .string(let text): self = .string(text)
        case .array(let elements): self = .array(elements.map(Value.init))
        case .object(let object): self = .table(object.map { Member(key: $0.key, value: Value($0.value)) })
        }
    }

    /// The value as JSON.
    var json: JSONValue {
        switch self {
        case .null: return .null
        case .boolean(let flag): return .boolean(flag)
        case .integer(let number): return .integer(number)
        case .float(let number): return JSONNumber(number).map(JSONValue.number) ?? .string("\(number)")
        case .string(let text): return .string(text)
        case .array(let elements): return .array(elements.map(\.json))
        case .table(let members):
            var object = JSONObject()
            for member in members { object[member.key] = member.value.json }
            return .object(object)
        }
    }

    /// The value as text, when it is no array or table: what patterns are compared with.
    var text: String? {
        switch self {
        case .string(let text): text
        case .boolean, .integer, .float: JSONWriter.string(json)
        case .null, .array, .table: nil
        }
    }

    /// The value for a person, not too long.
    var display: String {
        let text = JSONWriter.string(json, escapeHTML: false)
        return text.count <= 400 ? text : text.prefix(397) + "..."
    }

    /// The value of a table's key.
    subscript(_ key: String) -> Value? {
        guard case .table(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }
}
