/// A calendar date without a time or an offset, as in `1979-05-27`.
public struct TOMLLocalDate: Hashable, Sendable {
    /// The year, 0 to 9999.
    public var year: UInt16
    /// The month, 1 to 12.
    public var month: UInt8
    /// The day of the month, 1 to 31.
    public var day: UInt8

    /// Makes a date from its parts, which are taken as they are.
    public init(year: UInt16, month: UInt8, day: UInt8) {
        self.year = year
        self.month = month
        self.day = day
    }
}

/// A time of day without an offset, as in `07:32:00.5`.
public struct TOMLLocalTime: Hashable, Sendable {
    /// The hour, 0 to 23.
    public var hour: UInt8
    /// The minute, 0 to 59.
    public var minute: UInt8
    /// The second, 0 to 60; 60 is a leap second.
    public var second: UInt8
    /// Nanoseconds within the second; digits past the ninth are cut off.
    public var nanosecond: UInt32

    /// Makes a time from its parts, which are taken as they are.
    public init(hour: UInt8, minute: UInt8, second: UInt8, nanosecond: UInt32 = 0) {
        self.hour = hour
        self.minute = minute
        self.second = second
        self.nanosecond = nanosecond
    }
}

/// A date and a time without an offset, as in `1979-05-27T07:32:00`.
public struct TOMLLocalDateTime: Hashable, Sendable {
    /// The calendar date.
    public var date: TOMLLocalDate
    /// The time of day.
    public var time: TOMLLocalTime

    /// Makes a date-time from a date and a time.
    public init(date: TOMLLocalDate, time: TOMLLocalTime) {
        self.date = date
        self.time = time
    }
}

/// A date and a time with an offset from UTC, as in `1979-05-27T00:32:00-07:00`.
public struct TOMLOffsetDateTime: Hashable, Sendable {
    /// Date and time as they are on a clock at this offset.
    public var local: TOMLLocalDateTime
    /// The offset from UTC in minutes, positive to the east.
    public var offsetMinutes: Int16

    /// Makes a date-time from what a local clock shows and that clock's offset from UTC in minutes.
    public init(local: TOMLLocalDateTime, offsetMinutes: Int16) {
        self.local = local
        self.offsetMinutes = offsetMinutes
    }
}

// MARK: - RFC 3339 text

extension TOMLLocalDate: CustomStringConvertible {
    /// The date as RFC 3339 writes it: `1979-05-27`.
    public var description: String {
        "\(padded(Int(year), to: 4))-\(padded(Int(month), to: 2))-\(padded(Int(day), to: 2))"
    }
}

extension TOMLLocalTime: CustomStringConvertible {
    /// The time as RFC 3339 writes it, with as many fractional digits as it needs: `07:32:00.5`.
    public var description: String {
        let clock = "\(padded(Int(hour), to: 2)):\(padded(Int(minute), to: 2)):\(padded(Int(second), to: 2))"
        guard nanosecond != 0 else { return clock }
        var fraction = nanosecond
        var digits = 9
        while fraction % 10 == 0 {
            fraction /= 10
            digits -= 1
        }
        return "\(clock).\(padded(Int(fraction), to: digits))"
    }
}

extension TOMLLocalDateTime: CustomStringConvertible {
    /// Date and time with a `T` between: `1979-05-27T07:32:00`.
    public var description: String { "\(date)T\(time)" }
}

extension TOMLOffsetDateTime: CustomStringConvertible {
    /// The date-time as RFC 3339 writes it, with `Z` for an offset of zero: `1979-05-27T00:32:00-07:00`.
    public var description: String {
        guard offsetMinutes != 0 else { return "\(local)Z" }
        let minutes = Int(offsetMinutes.magnitude)
        let sign = offsetMinutes < 0 ? "-" : "+"
        return "\(local)\(sign)\(padded(minutes / 60, to: 2)):\(padded(minutes % 60, to: 2))"
    }
}

private func padded(_ number: Int, to width: Int) -> String {
    let digits = "\(number)"
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
