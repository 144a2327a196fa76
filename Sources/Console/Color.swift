/// Colours for terminals, as escape sequences.
enum Color: String {
    case boldRed = "31;1"
    case boldYellow = "33;1"
    case cyan = "36"

    private static let escape: UInt8 = 0x1b

    /// Puts a colour around bytes.
    func paint(_ bytes: [UInt8], enabled: Bool) -> [UInt8] {
        guard enabled else { return bytes }
        return Array("\u{1b}[\(rawValue)m".utf8) + bytes + Array("\u{1b}[0m".utf8)
    }

    /// Takes all escape sequences out, as children may write them.
    static func removed(from bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(escape) else { return bytes }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            guard byte == escape else {
                result.append(byte)
                continue
            }
            guard rest.popFirst() == UInt8(ascii: "[") else { continue }
            // The sequence ends with its first letter.
            while let next = rest.popFirst(), !isFinal(next) {}
        }
        return result
    }

    private static func isFinal(_ byte: UInt8) -> Bool {
        switch byte | 0x20 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): true
        default: byte == UInt8(ascii: "@")
        }
    }
}
