/// The keys of PAX records that stand for header fields.
enum PAXKey {
    static let path = "path"
    static let linkPath = "linkpath"
    static let size = "size"
    static let uid = "uid"
    static let gid = "gid"
    static let userName = "uname"
    static let groupName = "gname"
    static let modificationTime = "mtime"
    static let accessTime = "atime"
    static let changeTime = "ctime"

    /// All of them: a record with one of these keys is only written if its field needs it.
    static let fields: Set<String> = [
        path, linkPath, size, uid, gid, userName, groupName, modificationTime, accessTime, changeTime,
    ]
    /// Fields whose value may not hold NUL.
    static let texts: Set<String> = [path, linkPath, userName, groupName]

    static let sparsePrefix = "GNU.sparse."
    static let sparseMajor = "GNU.sparse.major"
    static let sparseMinor = "GNU.sparse.minor"
    static let sparseName = "GNU.sparse.name"
    static let sparseRealSize = "GNU.sparse.realsize"
    static let sparseSize = "GNU.sparse.size"
    static let sparseMap = "GNU.sparse.map"
    static let sparseOffset = "GNU.sparse.offset"
    static let sparseLength = "GNU.sparse.numbytes"
}

/// The text form of PAX extended headers: `<length> <key>=<value>\n`, where the length counts itself.
enum PAXRecords {
    /// The longest extended header or long name that is read or written, in bytes.
    static let longest: Int64 = 1 << 20

    /// One record as bytes.
    static func format(key: String, value: [UInt8]) -> [UInt8] {
        let rest = key.utf8.count + value.count + 3
        var total = rest + String(rest).utf8.count
        // Counting its own digits may add one more digit.
        total = rest + String(total).utf8.count
        return Array("\(total) \(key)=".utf8) + value + [UInt8(ascii: "\n")]
    }

    static func isValid(key: String, value: [UInt8]) -> Bool {
        guard !key.isEmpty, !key.utf8.contains(UInt8(ascii: "=")) else { return false }
        return PAXKey.texts.contains(key) ? !value.contains(0) : !key.utf8.contains(0)
    }

    /// Reads the records of an extended header.
    ///
    /// The repeated offset and length records of sparse format 0.0 are gathered into one map, as format 0.1 has it.
    ///
    /// - Parameter bytes: the content of an extended header.
    /// - Returns: the last value of each key, or nil if a record is malformed.
    static func parse(_ bytes: [UInt8]) -> [String: [UInt8]]? {
        var records: [String: [UInt8]] = [:]
        var sparseMap: [UInt8] = []
        var position = 0
        while position < bytes.count {
            guard let blank = bytes[position...].prefix(20).firstIndex(of: UInt8(ascii: " ")),
                let length = decimal(bytes[position..<blank]), length >= 5, length <= bytes.count - position
            else { return nil }
            let end = position + Int(length)
            guard end - 1 > blank, bytes[end - 1] == UInt8(ascii: "\n"),
                let equals = bytes[(blank + 1)..<(end - 1)].firstIndex(of: UInt8(ascii: "="))
            else { return nil }
            let key = String(decoding: bytes[(blank + 1)..<equals], as: UTF8.self)
            let value = Array(bytes[(equals + 1)..<(end - 1)])
            guard isValid(key: key, value: value) else { return nil }
            if key == PAXKey.sparseOffset || key == PAXKey.sparseLength {
                sparseMap += sparseMap.isEmpty ? value : [UInt8(ascii: ",")] + value
            } else {
                records[key] = value
            }
            position = end
        }
        if !sparseMap.isEmpty { records[PAXKey.sparseMap] = sparseMap }
        return records
    }

    /// Reads an unsigned decimal number; nil for anything else, and for numbers beyond 63 bits.
    static func decimal(_ digits: some Collection<UInt8>) -> Int64? {
        guard !digits.isEmpty else { return nil }
        var value: Int64 = 0
        for digit in digits {
            guard case UInt8(ascii: "0")...UInt8(ascii: "9") = digit else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
            guard !overflow, !carry else { return nil }
            value = sum
        }
        return value
    }

    /// Reads a number that may have a sign.
    static func signedDecimal(_ text: some Collection<UInt8>) -> Int64? {
        guard text.first == UInt8(ascii: "-") else { return decimal(text) }
        return decimal(text.dropFirst()).map { -$0 }
    }

    /// Reads seconds with an optional fraction.
    static func time(_ text: [UInt8]) -> TarTime? {
        let parts = text.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let seconds = signedDecimal(first) else { return nil }
        guard parts.count == 2, !parts[1].isEmpty else { return TarTime(seconds: seconds) }
        guard decimalDigits(parts[1]) else { return nil }
        let digits = Array(parts[1].prefix(9)) + Array(repeating: UInt8(ascii: "0"), count: max(0, 9 - parts[1].count))
        guard let fraction = decimal(digits) else { return nil }
        guard first.first == UInt8(ascii: "-"), fraction > 0 else {
            return TarTime(seconds: seconds, nanoseconds: fraction)
        }
        return TarTime(seconds: seconds &- 1, nanoseconds: 1_000_000_000 - fraction)
    }

    /// Writes seconds with as many digits of a fraction as are needed.
    static func format(_ time: TarTime) -> [UInt8] {
        guard time.nanoseconds != 0 else { return Array(String(time.seconds).utf8) }
        var sign = ""
        var seconds = time.seconds
        var fraction = time.nanoseconds
        if seconds < 0 {
            sign = "-"
            seconds = -(seconds + 1)
            fraction = 1_000_000_000 - fraction
        }
        let digits = String(fraction + 1_000_000_000).utf8.dropFirst()
        let lastDigit = digits.lastIndex { $0 != UInt8(ascii: "0") } ?? digits.startIndex
        return Array("\(sign)\(seconds).".utf8) + Array(digits[...lastDigit])
    }

    private static func decimalDigits(_ text: some Collection<UInt8>) -> Bool {
        text.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
