/// What is mounted where, as this process sees it.
public struct MountTable: Hashable, Sendable {
    /// The mount points other than the root: absolute paths.
    public var points: Set<String>

    /// Reads `/proc/self/mountinfo`.
    /// - Throws: When `/proc` is not mounted.
    public init() throws(POSIXError) {
        self.init(parsing: try FileSystem.readFile("/proc/self/mountinfo"))
    }

    /// Reads the text of a `mountinfo` file.
    /// - Parameter bytes: The file; lines that are no entries are left out.
    public init(parsing bytes: [UInt8]) {
        points = []
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
            guard fields.count > 5 else { continue }
            let point = Self.unescaped(fields[4])
            if point != "/" { points.insert(point) }
        }
    }

    /// Blanks, tabs, newlines and backslashes stand there as a backslash and three octal digits.
    private static func unescaped(_ field: ArraySlice<UInt8>) -> String {
        var bytes: [UInt8] = []
        var rest = field
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            {
                bytes.append(value)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
