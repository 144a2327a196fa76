import CPOSIX

/// Unpredictable bytes from the kernel.
public enum RandomBytes {
    /// Some bytes.
    /// - Parameter count: How many.
    /// - Returns: The bytes.
    public static func bytes(count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            // Not arc4random_buf, of which a static program may have a weaker version of its own. The kernel gives at
            // most 256 bytes for sure.
            while filled < count {
                let rest = UnsafeMutableBufferPointer(rebasing: buffer[filled...])
                let received = getrandom(rest.baseAddress, min(rest.count, 256), 0)
                if received > 0 { filled += received }
            }
        }
    }

    /// A random UUID (version 4), as RFC 9562 writes it.
    public static var uuid: String {
        var bytes = bytes(count: 16)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array(hexadecimal(bytes))
        let lengths = [8, 4, 4, 4, 12]
        var start = 0
        let groups = lengths.map { length in
            defer { start += length }
            return String(digits[start..<start + length])
        }
        return groups.joined(separator: "-")
    }

    /// Some bytes in hexadecimal digits, for names.
    /// - Parameter count: How many bytes; the text has two digits for each.
    /// - Returns: Digits and small letters.
    public static func hexadecimal(count: Int) -> String { hexadecimal(bytes(count: count)) }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}
