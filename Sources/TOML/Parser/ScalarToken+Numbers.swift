extension ScalarToken {
    /// The token as an integer or a float.
    func number() throws(ScalarError) -> TOMLValue {
        if text.count > 1, text[0] == .zero {
            switch text[1] {
            case UInt8(ascii: "x"): return .integer(try prefixed(radix: 16))
            case UInt8(ascii: "o"): return .integer(try prefixed(radix: 8))
            case UInt8(ascii: "b"): return .integer(try prefixed(radix: 2))
            default: break
            }
        }
        let isFloat = text.contains { $0 == .dot || $0 | 0x20 == UInt8(ascii: "e") }
        return isFloat ? .float(try float()) : .integer(try decimal())
    }

    private func prefixed(radix: UInt64) throws(ScalarError) -> Int64 {
        var number: UInt64 = 0
        var last: UInt8 = .underscore
        for byte in text.dropFirst(2) {
            defer { last = byte }
            if byte == .underscore {
                guard last != .underscore else { throw .number("an underscore has to stand between digits") }
                continue
            }
            guard let digit = byte.digitValue, digit < radix else { throw .number("not a digit of base \(radix)") }
            let (high, low) = number.multipliedFullWidth(by: radix)
            guard high == 0, low + UInt64(digit) <= UInt64(Int64.max) else { throw .number("out of range") }
            number = low + UInt64(digit)
        }
        guard text.count > 2 else { throw .number("no digits") }
        guard last != .underscore else { throw .number("an underscore has to stand between digits") }
        return Int64(number)
    }

    private func decimal() throws(ScalarError) -> Int64 {
        var offset = 0
        let isNegative = text[0] == .minus
        if isNegative || text[0] == .plus { offset = 1 }
        try checkDigits(offset..<text.count, leadingZeros: false)
        var number: Int64 = 0
        while offset < text.count {
            let byte = text[offset]
            offset &+= 1
            guard byte != .underscore else { continue }
            let (product, tooLarge) = number.multipliedReportingOverflow(by: 10)
            let digit = Int64(byte &- .zero)
            // Negative numbers are built up downwards, since there is one more of them.
            let (sum, overflow) =
                isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            guard !tooLarge, !overflow else { throw .number("out of range for 64 bits") }
            number = sum
        }
        return number
    }

    private func float() throws(ScalarError) -> Double {
        let isNegative = text[0] == .minus
        let first = isNegative || text[0] == .plus ? 1 : 0
        let exponentMark = text.firstIndex { $0 | 0x20 == UInt8(ascii: "e") } ?? text.count
        let point = text[..<exponentMark].firstIndex(of: .dot) ?? exponentMark

        try checkDigits(first..<point, leadingZeros: false)
        if point < exponentMark { try checkDigits((point + 1)..<exponentMark, leadingZeros: true) }
        var exponent = 0
        if exponentMark < text.count {
            exponent = try self.exponent(from: exponentMark + 1)
        }

        var digits = DecimalDigits()
        for byte in text[first..<point] where byte != .underscore {
            digits.append(byte &- .zero)
        }
        if point < exponentMark {
            for byte in text[(point + 1)..<exponentMark] where byte != .underscore {
                digits.append(byte &- .zero)
                exponent -= 1
            }
        }
        let magnitude = digits.nearestDouble(exponent: exponent)
        guard magnitude.isFinite else { throw .number("out of range for a 64-bit float") }
        return isNegative ? -magnitude : magnitude
    }

    private func exponent(from start: Int) throws(ScalarError) -> Int {
        var offset = start
        let isNegative = offset < text.count && text[offset] == .minus
        if isNegative || offset < text.count && text[offset] == .plus { offset += 1 }
        try checkDigits(offset..<text.count, leadingZeros: true)
        var exponent = 0
        for byte in text[offset...] where byte != .underscore {
            // Far past every double, but small enough to add a digit count to it.
            exponent = min(exponent * 10 + Int(byte &- .zero), 1 << 40)
        }
        return isNegative ? -exponent : exponent
    }

    /// Checks that a part of the token is decimal digits with underscores only between them.
    private func checkDigits(_ range: Range<Int>, leadingZeros: Bool) throws(ScalarError) {
        guard let first = text[range].first else { throw .number("a digit is missing") }
        if !leadingZeros, first == .zero, range.count > 1 { throw .number("leading zeros are not allowed") }
        var last: UInt8 = .underscore
        for byte in text[range] {
            if byte == .underscore {
                guard last != .underscore else { throw .number("an underscore has to stand between digits") }
            } else if !byte.isDigit {
                throw .number("unexpected \"\(Character(Unicode.Scalar(byte)))\"")
            }
            last = byte
        }
        guard last != .underscore else { throw .number("an underscore has to stand between digits") }
    }
}
