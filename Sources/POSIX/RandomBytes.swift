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

    /// Some bytes in hexadecimal digits, for names.
    /// - Parameter count: How many bytes; the text has two digits for each.
    /// - Returns: Digits and small letters.
    public static func hexadecimal(count: Int) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let text = bytes(count: count).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}
