/// A point in time as image configs write it.
///
/// The calendar is worked out here, since only Foundation and the C library have one.
public struct Timestamp: Hashable, Sendable, CustomStringConvertible {
    /// What the field writes for a time that is not known.
    static let zero = "0001-01-01T00:00:00Z"

    /// The time that reproducible images carry: one second after the beginning of 1980, the first one that all
    /// archive formats can hold in all time zones.
    public static let normalized = Timestamp(unchecked: 315_532_801)

    /// Seconds since 1970-01-01T00:00:00Z.
    public let seconds: Int64

    /// Makes a time, unless the year is beyond what RFC 3339 can write (0 to 9999).
    ///
    /// - Parameter seconds: Seconds since 1970-01-01T00:00:00Z; may be negative.
    public init?(seconds: Int64) {
        guard (-62_167_219_200..<253_402_300_800).contains(seconds) else { return nil }
        self.seconds = seconds
    }

    private init(unchecked seconds: Int64) { self.seconds = seconds }

    /// The time in RFC 3339, UTC: `1980-01-01T00:00:01Z`.
    public var description: String {
        let secondsPerDay: Int64 = 86_400
        let days = seconds >= 0 ? seconds / secondsPerDay : (seconds - secondsPerDay + 1) / secondsPerDay
        let second = seconds - days * secondsPerDay
        let (year, month, day) = Self.date(days: days)
        return "\(Self.digits(year, 4))-\(Self.digits(month, 2))-\(Self.digits(day, 2))"
            + "T\(Self.digits(second / 3600, 2)):\(Self.digits(second / 60 % 60, 2)):\(Self.digits(second % 60, 2))Z"
    }

    /// The Gregorian date of a day, counted in eras of 400 years that begin on the first of March.
    private static func date(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let daysPerEra: Int64 = 146_097
        let shifted = days + 719_468  // from 0000-03-01
        let era = (shifted >= 0 ? shifted : shifted - daysPerEra + 1) / daysPerEra
        let dayOfEra = shifted - era * daysPerEra
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func digits(_ number: Int64, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
}
