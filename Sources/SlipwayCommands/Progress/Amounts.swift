/// Times and sizes as people read them.
enum Amounts {
    /// A length of time, such as `0.4s`, `12.3s`, `2m 03s` or `1h 05m`.
    /// - Parameter nanoseconds: The length.
    /// - Returns: The text.
    static func time(nanoseconds: Int64) -> String {
        let tenths = max(0, nanoseconds) / 100_000_000
        let seconds = tenths / 10
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return switch seconds {
        case ..<60: "\(seconds).\(tenths % 10)s"
        case ..<3600: "\(seconds / 60)m \(two(seconds % 60))s"
        default: "\(seconds / 3600)h \(two(seconds / 60 % 60))m"
        }
    }

    /// A number of bytes in decimal units, such as `512 B`, `1.5 kB` or `230 MB`.
    /// - Parameter bytes: The number, from 0 on.
    /// - Returns: The text, with three digits or fewer.
    static func size(_ bytes: Int64) -> String {
        guard bytes >= 1000 else { return "\(bytes) B" }
        var value = bytes
        var divisor: Int64 = 1
        var unit = ""
        for next in ["kB", "MB", "GB", "TB", "PB", "EB"] where value >= 1000 {
            value /= 1000
            divisor *= 1000
            unit = next
        }
        if value >= 100 { return "\(value) \(unit)" }
        return "\(value).\(bytes % divisor / (divisor / 10)) \(unit)"
    }

    /// A number with its noun, such as `1 layer` or `3 layers`.
    static func count(_ number: Int, _ noun: String) -> String {
        number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
    }
}
