/// A float as Go's `strconv.FormatFloat` writes it with format `g` and the fewest digits that identify it.
///
/// Where Go leaves out the decimal point, `.0` is added, since in TOML the number would be an integer without it.
func goDescription(of number: Double) -> String {
    let sign = number.sign == .minus ? "-" : ""
    guard !number.isNaN else { return "\(sign)nan" }
    guard number.isFinite else { return "\(sign)inf" }
    guard number != 0 else { return "\(sign)0.0" }

    let (digits, exponent) = shortestDigits(of: number.magnitude)
    if exponent < -4 || exponent >= 6 {
        let fraction = digits.count > 1 ? "." + text(digits[1...]) : ""
        let size = exponent.magnitude
        return "\(sign)\(text(digits[..<1]))\(fraction)e\(exponent < 0 ? "-" : "+")\(size < 10 ? "0" : "")\(size)"
    }
    if exponent < 0 {
        return "\(sign)0.\(String(repeating: "0", count: -exponent - 1))\(text(digits[...]))"
    }
    let whole = exponent + 1
    guard digits.count > whole else {
        return "\(sign)\(text(digits[...]))\(String(repeating: "0", count: whole - digits.count)).0"
    }
    return "\(sign)\(text(digits[..<whole])).\(text(digits[whole...]))"
}

/// The fewest ASCII digits that identify a finite positive number, without zeros at either end, and the exponent of ten
/// of the first of them.
private func shortestDigits(of number: Double) -> (digits: [UInt8], exponent: Int) {
    // Swift's own description has these digits; only the place of its point and its exponent differ from Go's.
    var digits: [UInt8] = []
    var digitsBeforePoint: Int?
    var exponent = 0
    let description = Array(number.description.utf8)
    for (place, byte) in description.enumerated() {
        if byte == .dot {
            digitsBeforePoint = digits.count
        } else if byte == UInt8(ascii: "e") {
            exponent = Int(String(decoding: description[(place + 1)...], as: UTF8.self)) ?? 0
            break
        } else {
            digits.append(byte)
        }
    }
    exponent += (digitsBeforePoint ?? digits.count) - 1
    let leadingZeros = digits.prefix { $0 == .zero }.count
    digits.removeFirst(leadingZeros)
    while digits.last == .zero { digits.removeLast() }
    return (digits, exponent - leadingZeros)
}

private func text(_ digits: ArraySlice<UInt8>) -> String {
    String(decoding: digits, as: UTF8.self)
}
