import Glibc

/// The time of day, and time that only moves forward.
public enum Clock {
    /// The current moment by the wall clock.
    public static var now: FileTime { read(CLOCK_REALTIME) }

    /// The moment by the clock that file systems stamp changes with, which moves on in ticks of some milliseconds.
    public static var fileStamp: FileTime { read(CLOCK_REALTIME_COARSE) }

    /// Nanoseconds since some moment in the past; never goes back.
    public static var monotonicNanoseconds: Int64 {
        let time = read(CLOCK_MONOTONIC)
        return time.seconds &* 1_000_000_000 &+ time.nanoseconds
    }

    /// Waits.
    /// - Parameter milliseconds: How long.
    public static func sleep(milliseconds: Int) {
        let end = monotonicNanoseconds &+ Int64(milliseconds) &* 1_000_000
        while true {
            let rest = end &- monotonicNanoseconds
            guard rest > 0 else { return }
            // A signal ends the sleep early; the loop sleeps for the rest then.
            var time = timespec(tv_sec: Int(rest / 1_000_000_000), tv_nsec: Int(rest % 1_000_000_000))
            nanosleep(&time, nil)
        }
    }

    private static func read(_ clock: clockid_t) -> FileTime {
        var time = timespec()
        clock_gettime(clock, &time)
        return FileTime(time)
    }
}

extension FileTime {
    /// The moment in UTC as RFC 3339 has it, for instance `2024-05-01T12:30:05Z`.
    /// - Parameter fraction: Whether nanoseconds are shown, without final zeros.
    /// - Returns: The text.
    public func rfc3339(fraction: Bool = false) -> String {
        // Rounded down, also before 1970.
        let (days, rest) = seconds.quotientAndRemainder(dividingBy: 86400)
        let day = CivilDate(daysSince1970: rest < 0 ? days - 1 : days)
        let second = Int(rest < 0 ? rest + 86400 : rest)
        let time = [second / 3600, second / 60 % 60, second % 60].map { padded($0, 2) }.joined(separator: ":")
        var text = "\(padded(day.year, 4))-\(padded(day.month, 2))-\(padded(day.day, 2))T\(time)"
        if fraction, nanoseconds != 0 {
            var digits = Substring(padded(Int(nanoseconds), 9))
            while digits.hasSuffix("0") { digits.removeLast() }
            text += ".\(digits)"
        }
        return text + "Z"
    }
}

/// A day of the Gregorian calendar.
private struct CivilDate {
    var year: Int
    var month: Int
    var day: Int

    /// Counts in eras of 400 years, which have the same number of days each.
    ///
    /// The years start in March, so that a leap day comes last.
    init(daysSince1970: Int64) {
        let shifted = Int(daysSince1970) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}

private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
