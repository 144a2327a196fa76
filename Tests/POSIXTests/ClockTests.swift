import POSIX
import Testing

@Suite("Clock")
struct ClockTests {
    @Test(
        "times are written as RFC 3339 has them",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (1, "1970-01-01T00:00:01Z"), (-1, "1969-12-31T23:59:59Z"),
            (315_532_801, "1980-01-01T00:00:01Z"), (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_799, "2000-02-29T23:59:59Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
            (1_714_566_605, "2024-05-01T12:30:05Z"), (-62_135_596_800, "0001-01-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] as [(Int64, String)]
    )
    func rfc3339(seconds: Int64, expected: String) {
        #expect(FileTime(seconds: seconds).rfc3339() == expected)
    }

    @Test("no moment is too far away", arguments: [Int64.min, Int64.max])
    func extremes(seconds: Int64) {
        #expect(FileTime(seconds: seconds).rfc3339().hasSuffix("Z"))
    }

    @Test("fractions have no zeros at their end")
    func fractions() {
        #expect(FileTime(seconds: 0, nanoseconds: 120_000_000).rfc3339(fraction: true) == "1970-01-01T00:00:00.12Z")
        #expect(FileTime(seconds: 0, nanoseconds: 1).rfc3339(fraction: true) == "1970-01-01T00:00:00.000000001Z")
        #expect(FileTime(seconds: 0).rfc3339(fraction: true) == "1970-01-01T00:00:00Z")
    }

    @Test("sleeping takes at least as long as asked")
    func sleep() {
        let start = Clock.monotonicNanoseconds
        Clock.sleep(milliseconds: 20)
        #expect(Clock.monotonicNanoseconds - start >= 20_000_000)
    }
}
