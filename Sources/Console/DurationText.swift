/// Lengths of time as Go writes and reads them, such as `1h30m0s` and `12.5ms`.
public enum DurationText {
    /// Writes a length of time.
    /// - Parameter nanoseconds: The length, in nanoseconds.
    /// - Returns: For instance `0s`, `250µs` or `2m3.5s`.
    public static func string(nanoseconds: Int64) -> String {
        let sign = nanoseconds < 0 ? "-" : ""
        let length = nanoseconds.magnitude
        switch length {
        case 0: return "0s"
        case ..<1000: return "\(sign)\(length)ns"
        case ..<1_000_000: return "\(sign)\(decimal(length, unit: 1000))µs"
        case ..<1_000_000_000: return "\(sign)\(decimal(length, unit: 1_000_000))ms"
        default: break
        }
        let minutes = length / 60_000_000_000
        var text = sign
        if minutes >= 60 { text += "\(minutes / 60)h" }
        if minutes > 0 { text += "\(minutes % 60)m" }
        return text + decimal(length % 60_000_000_000, unit: 1_000_000_000) + "s"
    }

    /// Reads a length of time: numbers with units, one after the other, and `0`.
    /// - Parameter text: For instance `1.5h` or `-2m30s`.
    /// - Returns: The length in nanoseconds, or nil if the text is none or too long a time.
    public static func nanoseconds(_ text: String) -> Int64? {
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest.removeFirst() }
        if rest == "0" { return 0 }
        guard !rest.isEmpty else { return nil }
        var total: UInt64 = 0
        while !rest.isEmpty {
            guard let part = nextPart(&rest) else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !overflow, sum <= UInt64(Int64.max) + 1 else { return nil }
            total = sum
        }
        if isNegative { return Int64(truncatingIfNeeded: 0 &- total) }
        return Int64(exactly: total)
    }

    /// A number in units, without zeros at the end.
    private static func decimal(_ length: UInt64, unit: UInt64) -> String {
        guard length % unit != 0 else { return String(length / unit) }
        let width = String(unit).utf8.count - 1
        let digits = String(length % unit)
        var fraction = Substring(String(repeating: "0", count: width - digits.utf8.count) + digits)
        while fraction.last == "0" { fraction.removeLast() }
        return "\(length / unit).\(fraction)"
    }

    /// Reads one number with its unit, in nanoseconds.
    private static func nextPart(_ rest: inout Substring) -> UInt64? {
        let whole = rest.prefix { isDigit($0) }
        rest = rest.dropFirst(whole.count)
        var fraction = Substring()
        if rest.first == "." {
            rest.removeFirst()
            fraction = rest.prefix { isDigit($0) }
            rest = rest.dropFirst(fraction.count)
        }
        guard !(whole.isEmpty && fraction.isEmpty) else { return nil }
        let unitName = rest.prefix { !isDigit($0) && $0 != "." }
        rest = rest.dropFirst(unitName.count)
        guard let unit = units[String(unitName)] else { return nil }
        guard let count = whole.isEmpty ? 0 : UInt64(whole) else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: unit)
        guard !overflow else { return nil }
        let (value, scale) = Self.fraction(fraction)
        let (sum, tooLarge) = product.addingReportingOverflow(UInt64(Double(value) * (Double(unit) / scale)))
        return tooLarge ? nil : sum
    }

    /// The digits after a point as a number, and what to divide it by; digits beyond 64 bits do not count.
    private static func fraction(_ digits: Substring) -> (value: UInt64, scale: Double) {
        var value: UInt64 = 0
        var scale = 1.0
        for digit in digits {
            let (next, overflow) = value.multipliedReportingOverflow(by: 10)
            let sum = next &+ UInt64(digit.wholeNumberValue ?? 0)
            guard !overflow, sum >= next, sum <= UInt64(Int64.max) else { break }
            value = sum
            scale *= 10
        }
        return (value, scale)
    }

    private static func isDigit(_ character: Character) -> Bool {
        character.isASCII && character.isNumber
    }

    private static let units: [String: UInt64] = [
        "ns": 1, "us": 1000, "µs": 1000, "μs": 1000, "ms": 1_000_000,
        "s": 1_000_000_000, "m": 60_000_000_000, "h": 3_600_000_000_000,
    ]
}
