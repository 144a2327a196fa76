import JSON
import TOML

/// Free-form metadata on its way between TOML files and JSON labels, the way Go's encoders take it.
///
/// The detour is not without loss, and platforms know what comes out: keys are sorted, every number that comes from
/// JSON is a float in TOML, dates and times become strings in JSON, and nulls vanish in TOML.
enum MetadataConversion {
    /// The JSON form of a TOML value; `nil` becomes `null`.
    ///
    /// - Throws: When the value has no JSON form: an infinite float or one that is not a number.
    static func json(_ value: TOMLValue?) throws(PlatformModelError) -> JSONValue {
        guard let value else { return .null }
        switch value {
        case .string(let text): return .string(text)
        case .integer(let number): return .integer(number)
        case .float(let number): return .number(try jsonNumber(number))
        case .boolean(let flag): return .boolean(flag)
        case .offsetDateTime(let moment): return .string(moment.description)
        case .localDateTime(let moment): return .string("\(moment)Z")
        case .localDate(let date): return .string("\(date)T00:00:00Z")
        case .localTime(let time): return .string("0000-01-01T\(time)Z")
        case .array(let array):
            var elements: [JSONValue] = []
            for element in array { elements.append(try json(element)) }
            return .array(elements)
        case .table(let table): return .object(try json(table))
        }
    }

    /// The JSON form of a TOML table, with its keys in bytewise order.
    static func json(_ table: TOMLTable) throws(PlatformModelError) -> JSONObject {
        var object = JSONObject()
        for (key, value) in table.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            object[key] = try json(value)
        }
        return object
    }

    /// The TOML form of a JSON value; `nil` for `null`, which TOML doesn't have.
    static func toml(_ value: JSONValue) -> TOMLValue? {
        switch value {
        case .null: nil
        case .boolean(let flag): .boolean(flag)
        case .number(let number): .float(number.doubleValue)
        case .string(let text): .string(text)
        case .array(let elements): .array(TOMLArray(elements.compactMap { toml($0) }))
        case .object(let object): .table(toml(object))
        }
    }

    /// The TOML form of a JSON object, with its keys in bytewise order.
    static func toml(_ object: JSONObject) -> TOMLTable {
        var table = TOMLTable()
        for (key, value) in object.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            guard let converted = toml(value) else { continue }
            table.set(key, converted)
        }
        return table
    }

    /// A floating-point number as Go's JSON encoder writes it: the shortest digits that give the number again, with an
    /// exponent only below 1e-6 and from 1e21 on.
    private static func jsonNumber(_ number: Double) throws(PlatformModelError) -> JSONNumber {
        guard number.isFinite else {
            throw PlatformModelError.unrepresentable("\(number) in metadata has no form in JSON")
        }
        guard let parsed = try? JSONParser.parse(goText(number)), case .number(let result) = parsed else {
            throw PlatformModelError.unrepresentable("\(number) in metadata has no form in JSON")
        }
        return result
    }

    static func goText(_ number: Double) -> String {
        // Swift prints the shortest digits, too, but chooses the notation by other rules.
        let text = number.magnitude.description
        let parts = text.split(separator: "e")
        let mantissa = parts.first.map(String.init) ?? text
        var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let halves = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        let whole = halves.first.map(String.init) ?? "0"
        let fraction = halves.count > 1 ? String(halves[1]) : ""
        var digits = Substring(whole + (fraction == "0" ? "" : fraction))
        exponent += whole.utf8.count
        while digits.hasPrefix("0") && digits.utf8.count > 1 {
            digits = digits.dropFirst()
            exponent -= 1
        }
        while digits.hasSuffix("0") && digits.utf8.count > 1 { digits = digits.dropLast() }
        let sign = number.sign == .minus ? "-" : ""
        guard digits != "0" else { return "\(sign)0" }

        // The number is now 0.digits times ten to the exponent.
        let count = digits.utf8.count
        if number.magnitude < 1e-6 || number.magnitude >= 1e21 {
            let tail = digits.dropFirst()
            let power = exponent - 1
            let mantissaText = digits.prefix(1) + (tail.isEmpty ? "" : ".\(tail)")
            return "\(sign)\(mantissaText)e\(power < 0 ? "-" : "+")\(power.magnitude)"
        }
        if exponent <= 0 { return "\(sign)0.\(String(repeating: "0", count: -exponent))\(digits)" }
        if exponent >= count { return "\(sign)\(digits)\(String(repeating: "0", count: exponent - count))" }
        return "\(sign)\(digits.prefix(exponent)).\(digits.dropFirst(exponent))"
    }
}
