/// A JSON number, kept as the text that stands in the document, so that nothing is lost on the way through.
public struct JSONNumber: Hashable, Sendable {
    /// The number as RFC 8259 writes it.
    public let text: String

    /// Makes a number of an integer.
    public init(_ number: some BinaryInteger) {
        text = String(number)
    }

    /// Makes a number of a float, in the form that Go's encoding/json gives it; nil when it is not finite.
    public init?(_ number: Double) {
        guard number.isFinite else { return nil }
        text = goDescription(of: number)
    }

    /// Takes over the text of a number, which must be one by RFC 8259's grammar.
    init(validated text: String) {
        self.text = text
    }

    /// The value as a 64-bit integer; nil when it has a fraction or an exponent, or does not fit.
    public var integerValue: Int64? { Int64(text) }

    /// The nearest floating-point number; infinite when the value is out of range.
    public var doubleValue: Double { Double(text) ?? .nan }
}

/// A float with the fewest digits that identify it: with an exponent below 1e-6 and from 1e21 on, else without.
private func goDescription(of number: Double) -> String {
    let sign = number.sign == .minus ? "-" : ""
    guard number != 0 else { return "\(sign)0" }
    let (digits, exponent) = shortestDigits(of: number.magnitude)
    if exponent < -6 || exponent >= 21 {
        let fraction = digits.count > 1 ? ".\(digits.dropFirst())" : ""
        return "\(sign)\(digits.prefix(1))\(fraction)e\(exponent < 0 ? "-" : "+")\(exponent.magnitude)"
    }
    if exponent < 0 {
        return "\(sign)0.\(String(repeating: "0", count: -exponent - 1))\(digits)"
    }
    let whole = exponent + 1
    guard digits.count > whole else {
        return "\(sign)\(digits)\(String(repeating: "0", count: whole - digits.count))"
    }
    return "\(sign)\(digits.prefix(whole)).\(digits.dropFirst(whole))"
}

/// The fewest digits that identify a finite positive number, without zeros at either end, and the first one's exponent
/// of ten.
private func shortestDigits(of number: Double) -> (digits: String, exponent: Int) {
    // Swift's own description has these digits; only the place of its point and its exponent differ from Go's.
    let parts = number.description.split(separator: "e")
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    var exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + mantissa[0].count - 1
    var digits = mantissa.joined()[...]
    while digits.first == "0" {
        digits.removeFirst()
        exponent -= 1
    }
    while digits.last == "0" { digits.removeLast() }
    return (String(digits), exponent)
}
