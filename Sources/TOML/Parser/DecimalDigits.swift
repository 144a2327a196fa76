/// The digits of a decimal number, from which the nearest `Double` is worked out.
///
/// Most numbers have so few digits that one exact multiplication or division gives the answer. The others go through
/// whole numbers of any size, which is slow but easily seen to be right.
struct DecimalDigits {
    /// The significant digits as a number, as long as they fit.
    private var head: UInt64 = 0
    /// All significant digits kept so far, once there are more than fit in `head`.
    private var all: [UInt8] = []
    private var count = 0
    /// How many digits were dropped because they can only matter as "and a bit more".
    private var dropped = 0
    private var hasMore = false

    /// No double, and no number halfway between two of them, has more significant digits than 768.
    private static let limit = 800

    /// Adds the next digit, 0 to 9.
    mutating func append(_ digit: UInt8) {
        if count == 0, digit == 0 { return }
        guard count < Self.limit else {
            dropped += 1
            hasMore = hasMore || digit != 0
            return
        }
        if count < 19 {
            head = head * 10 + UInt64(digit)
        } else {
            if all.isEmpty { all = Self.digits(of: head) }
            all.append(digit)
        }
        count += 1
    }

    /// The double nearest to the digits, taken as a whole number, times ten to a power; ties go to the even one.
    ///
    /// Infinite when the number is too large.
    func nearestDouble(exponent: Int) -> Double {
        guard count > 0 else { return 0 }
        if count <= 15, let exact = exactPower(abs(exponent)) {
            return exponent < 0 ? Double(head) / exact : Double(head) * exact
        }
        let exponent = exponent + dropped
        let magnitude = count + exponent
        if magnitude > 310 { return .infinity }
        if magnitude < -330 { return 0 }

        var digits = all.isEmpty ? Self.digits(of: head) : all
        var scale = exponent
        if hasMore {
            digits.append(1)
            scale -= 1
        }
        var numerator = WholeNumber(digits)
        var denominator = WholeNumber([1])
        for _ in 0..<abs(scale) {
            if scale < 0 { denominator.multiply(by: 10) } else { numerator.multiply(by: 10) }
        }
        return nearestQuotient(&numerator, &denominator)
    }

    /// Ten to a power, where a double can hold it exactly.
    private func exactPower(_ exponent: Int) -> Double? {
        guard exponent <= 22 else { return nil }
        var power = 1.0
        for _ in 0..<exponent { power *= 10 }
        return power
    }

    private static func digits(of number: UInt64) -> [UInt8] {
        var rest = number
        var digits: [UInt8] = []
        while rest > 0 {
            digits.append(UInt8(rest % 10))
            rest /= 10
        }
        return digits.reversed()
    }
}

/// Divides bit by bit, as many bits as the result can have, and rounds by what is left.
private func nearestQuotient(_ numerator: inout WholeNumber, _ denominator: inout WholeNumber) -> Double {
    // Scale so that the quotient is at least one and less than two.
    var exponent = numerator.bitWidth - denominator.bitWidth
    if exponent > 0 { denominator.shiftLeft(by: exponent) } else { numerator.shiftLeft(by: -exponent) }
    if numerator < denominator {
        numerator.shiftLeft(by: 1)
        exponent -= 1
    }
    let leastExponent = -1022
    let bits = exponent >= leastExponent ? 53 : 53 - (leastExponent - exponent)
    guard bits >= 0 else { return 0 }

    var significand: UInt64 = 0
    for _ in 0..<bits {
        significand <<= 1
        if !(numerator < denominator) {
            numerator.subtract(denominator)
            significand |= 1
        }
        numerator.shiftLeft(by: 1)
    }
    let isAboveHalf = denominator < numerator
    let isHalf = !isAboveHalf && !(numerator < denominator)
    if isAboveHalf || isHalf && significand & 1 == 1 { significand += 1 }
    return Double(sign: .plus, exponent: exponent - bits + 1, significand: Double(significand))
}

/// A whole number of any size with the few operations that the conversion needs.
private struct WholeNumber {
    /// 32 bits each, the least significant first, the last one not zero.
    private var limbs: [UInt32] = []

    init(_ digits: [UInt8]) {
        for digit in digits {
            multiply(by: 10, adding: UInt32(digit))
        }
    }

    var bitWidth: Int {
        guard let last = limbs.last else { return 0 }
        return limbs.count * 32 - last.leadingZeroBitCount
    }

    mutating func multiply(by factor: UInt32, adding addend: UInt32 = 0) {
        var carry = UInt64(addend)
        for place in limbs.indices {
            carry += UInt64(limbs[place]) * UInt64(factor)
            limbs[place] = UInt32(truncatingIfNeeded: carry)
            carry >>= 32
        }
        if carry > 0 { limbs.append(UInt32(carry)) }
    }

    mutating func shiftLeft(by count: Int) {
        guard count > 0, !limbs.isEmpty else { return }
        let bits = UInt32(count % 32)
        if bits > 0 { multiply(by: 1 << bits) }
        if count >= 32 { limbs.insert(contentsOf: [UInt32](repeating: 0, count: count / 32), at: 0) }
    }

    /// Subtracts a number that is not larger.
    mutating func subtract(_ other: WholeNumber) {
        var borrow: Int64 = 0
        for place in limbs.indices {
            let subtrahend = place < other.limbs.count ? Int64(other.limbs[place]) : 0
            let difference = Int64(limbs[place]) - subtrahend + borrow
            limbs[place] = UInt32(truncatingIfNeeded: difference)
            borrow = difference < 0 ? -1 : 0
        }
        while limbs.last == 0 { limbs.removeLast() }
    }

    static func < (left: WholeNumber, right: WholeNumber) -> Bool {
        guard left.limbs.count == right.limbs.count else { return left.limbs.count < right.limbs.count }
        for place in left.limbs.indices.reversed() where left.limbs[place] != right.limbs[place] {
            return left.limbs[place] < right.limbs[place]
        }
        return false
    }
}
