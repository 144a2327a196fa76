import JSON
import TOML

/// A value as toml-test writes it: tables and arrays as they are, all others as `{"type": …, "value": …}`.
func taggedJSON(_ value: TOMLValue) -> JSONValue {
    switch value {
    case .table(let table):
        var object = JSONObject()
        for (key, value) in table {
            object[key] = taggedJSON(value)
        }
        return .object(object)
    case .array(let array): return .array(array.map(taggedJSON))
    case .string(let text): return tagged("string", text)
    case .integer(let number): return tagged("integer", "\(number)")
    case .float(let number): return tagged("float", number.isNaN ? "nan" : "\(number)")
    case .boolean(let flag): return tagged("bool", "\(flag)")
    case .offsetDateTime(let dateTime): return tagged("datetime", "\(dateTime)")
    case .localDateTime(let dateTime): return tagged("datetime-local", "\(dateTime)")
    case .localDate(let date): return tagged("date-local", "\(date)")
    case .localTime(let time): return tagged("time-local", "\(time)")
    }
}

private func tagged(_ type: String, _ value: String) -> JSONValue {
    ["type": .string(type), "value": .string(value)]
}
