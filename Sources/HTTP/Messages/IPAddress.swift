/// An IPv4 or IPv6 address written as a literal.
///
/// Parsed here, since this module uses nothing of the C library, and the rules are short.
public struct IPAddress: Hashable, Sendable {
    /// Four bytes or sixteen.
    public let bytes: [UInt8]

    /// Reads an address; IPv6 without brackets and without a zone, and IPv4 in the form of four decimal numbers only.
    ///
    /// A zone (`fe80::1%eth0`) is no part of what a certificate can be for, and OpenSSL takes no address that has one.
    public init?(_ text: String) {
        guard let bytes = text.contains(":") ? Self.version6(text) : Self.version4(text) else { return nil }
        // An IPv4-mapped IPv6 address counts as the IPv4 address.
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        self.bytes = bytes.count == 16 && Array(bytes.prefix(12)) == mapped ? Array(bytes.suffix(4)) : bytes
    }

    /// The length of the address in bits.
    public var bitCount: Int { bytes.count * 8 }

    /// Whether the address is the machine's own: 127.0.0.0/8 or ::1.
    public var isLoopback: Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }

    /// Whether the address belongs to a network that is not part of the Internet: RFC 1918, or fc00::/7.
    public var isPrivate: Bool {
        guard bytes.count == 4 else { return bytes[0] & 0xFE == 0xFC }
        return bytes[0] == 10 || (bytes[0] == 172 && bytes[1] & 0xF0 == 16) || (bytes[0] == 192 && bytes[1] == 168)
    }

    /// Whether the address is only valid on one link: 169.254.0.0/16 or fe80::/10.
    public var isLinkLocal: Bool {
        bytes.count == 4 ? bytes[0] == 169 && bytes[1] == 254 : bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
    }

    /// Whether the first `prefixLength` bits are those of `block`; addresses of different versions never match.
    public func isIn(_ block: IPAddress, prefixLength: Int) -> Bool {
        guard bytes.count == block.bytes.count else { return false }
        for index in bytes.indices {
            let bits = min(max(prefixLength - index * 8, 0), 8)
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
            if bytes[index] & mask != block.bytes[index] & mask { return false }
        }
        return true
    }

    private static func version4(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            // A leading zero means octal to some and decimal to others.
            guard let number = ASCII.decimal(part), let byte = UInt8(exactly: number),
                part.utf8.count == 1 || part.first != "0"
            else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func version6(_ text: String) -> [UInt8]? {
        var halves: [[UInt8]] = []
        // Two colons, at most once, stand for as many zeros as are missing.
        var rest = text[...]
        while true {
            guard let gap = range(ofDoubleColonIn: rest) else {
                guard let bytes = groups(rest) else { return nil }
                halves.append(bytes)
                break
            }
            guard let bytes = groups(rest[..<gap]) else { return nil }
            halves.append(bytes)
            rest = rest[rest.index(gap, offsetBy: 2)...]
        }
        switch halves.count {
        case 1: return halves[0].count == 16 ? halves[0] : nil
        case 2:
            let missing = 16 - halves[0].count - halves[1].count
            return missing >= 2 ? halves[0] + [UInt8](repeating: 0, count: missing) + halves[1] : nil
        default: return nil
        }
    }

    private static func range(ofDoubleColonIn text: Substring) -> Substring.Index? {
        var index = text.startIndex
        while index < text.endIndex {
            let next = text.index(after: index)
            if text[index] == ":", next < text.endIndex, text[next] == ":" { return index }
            index = next
        }
        return nil
    }

    private static func groups(_ text: Substring) -> [UInt8]? {
        if text.isEmpty { return [] }
        var bytes: [UInt8] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if part.contains("."), index == parts.count - 1 {
                guard let tail = version4(part) else { return nil }
                bytes += tail
            } else {
                guard (1...4).contains(part.utf8.count), let value = UInt16(part, radix: 16),
                    part.utf8.allSatisfy({ ASCII.hexValue($0) != nil })
                else { return nil }
                bytes += [UInt8(value >> 8), UInt8(value & 0xFF)]
            }
        }
        return bytes.count <= 16 ? bytes : nil
    }
}
