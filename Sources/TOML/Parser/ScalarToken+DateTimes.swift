extension ScalarToken {
    /// The token as a time of day: `07:32`, `07:32:00`, `07:32:00.999`.
    func localTime() throws(ScalarError) -> TOMLLocalTime {
        var reader = DateTimeReader(text: text)
        let time = try reader.time()
        guard reader.isAtEnd else { throw .dateTime("unexpected text after the time") }
        return time
    }

    /// The token as a date, or as a date and a time with or without an offset.
    func dateTime() throws(ScalarError) -> TOMLValue {
        var reader = DateTimeReader(text: text)
        let date = try reader.date()
        guard !reader.isAtEnd else { return .localDate(date) }
        guard let separator = reader.next(), separator | 0x20 == UInt8(ascii: "t") || separator == .space else {
            throw .dateTime("expected a \"T\" or a space after the date")
        }
        let local = TOMLLocalDateTime(date: date, time: try reader.time())
        guard !reader.isAtEnd else { return .localDateTime(local) }
        let offsetMinutes = try reader.offsetMinutes()
        guard reader.isAtEnd else { throw .dateTime("unexpected text after the offset") }
        return .offsetDateTime(TOMLOffsetDateTime(local: local, offsetMinutes: offsetMinutes))
    }
}

/// Reads the parts of RFC 3339 dates and times one after another.
private struct DateTimeReader {
    let text: UnsafeBufferPointer<UInt8>
    var offset = 0

    var isAtEnd: Bool { offset == text.count }

    init(text: UnsafeBufferPointer<UInt8>) {
        self.text = text
    }

    mutating func next() -> UInt8? {
        guard offset < text.count else { return nil }
        defer { offset += 1 }
        return text[offset]
    }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard offset < text.count, text[offset] == byte else { return false }
        offset += 1
        return true
    }

    mutating func date() throws(ScalarError) -> TOMLLocalDate {
        let year = try digits(4, in: 0...9999, "the year")
        try require(.minus, "a \"-\" after the year")
        let month = try digits(2, in: 1...12, "the month")
        try require(.minus, "a \"-\" after the month")
        let day = try digits(2, in: 1...days(inMonth: month, year), "the day")
        return TOMLLocalDate(year: UInt16(year), month: UInt8(month), day: UInt8(day))
    }

    mutating func time() throws(ScalarError) -> TOMLLocalTime {
        let hour = try digits(2, in: 0...23, "the hour")
        try require(.colon, "a \":\" after the hour")
        let minute = try digits(2, in: 0...59, "the minute")
        var time = TOMLLocalTime(hour: UInt8(hour), minute: UInt8(minute), second: 0)
        guard skip(.colon) else { return time }
        time.second = UInt8(try digits(2, in: 0...60, "the second"))
        if skip(.dot) { time.nanosecond = try nanosecond() }
        return time
    }

    mutating func offsetMinutes() throws(ScalarError) -> Int16 {
        let sign = next()
        if let sign, sign | 0x20 == UInt8(ascii: "z") { return 0 }
        guard sign == .plus || sign == .minus else { throw .dateTime("expected an offset after the time") }
        let hours = try digits(2, in: 0...23, "the offset's hour")
        try require(.colon, "a \":\" in the offset")
        let minutes = Int16(hours * 60 + (try digits(2, in: 0...59, "the offset's minute")))
        return sign == .minus ? -minutes : minutes
    }

    private mutating func nanosecond() throws(ScalarError) -> UInt32 {
        var nanosecond: UInt32 = 0
        var count = 0
        while offset < text.count, text[offset].isDigit {
            if count < 9 { nanosecond = nanosecond * 10 + UInt32(text[offset] &- .zero) }
            offset += 1
            count += 1
        }
        guard count > 0 else { throw .dateTime("expected digits after the decimal point") }
        while count < 9 {
            nanosecond *= 10
            count += 1
        }
        return nanosecond
    }

    private mutating func digits(_ count: Int, in range: ClosedRange<Int>, _ what: String) throws(ScalarError) -> Int {
        var number = 0
        for _ in 0..<count {
            guard let byte = next(), byte.isDigit else { throw .dateTime("\(what) has to have \(count) digits") }
            number = number * 10 + Int(byte &- .zero)
        }
        guard range.contains(number) else { throw .dateTime("\(what) is out of range") }
        return number
    }

    private mutating func require(_ byte: UInt8, _ what: String) throws(ScalarError) {
        guard skip(byte) else { throw .dateTime("expected \(what)") }
    }

    private func days(inMonth month: Int, _ year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }
}
