/// The text of a JSON object in which single members are replaced, and all others keep their bytes.
///
/// Documents of other programs have spaces, orders and spellings that reading and writing would lose.
public struct JSONObjectText: Sendable {
    /// The text.
    public private(set) var text: String

    /// Takes a text.
    ///
    /// - Parameters:
    ///   - text: The text of an object, perhaps with white space around it.
    ///   - source: Where the text comes from, for errors.
    /// - Throws: `JSONError` when the text is no JSON.
    public init(_ text: String, source: String) throws(JSONError) {
        // What follows relies on a text that is well formed.
        _ = try JSONParser.parse(text, source: source, duplicateKeys: .lastWins)
        self.text = text
    }

    /// The text of a member's value; `nil` when there is no such member, or the text is no object.
    public func member(_ key: String) -> String? {
        let bytes = Array(text.utf8)
        return members(of: bytes).last { $0.key == key }.map { String(decoding: bytes[$0.value], as: UTF8.self) }
    }

    /// Replaces a member's value, or adds the member at the end.
    ///
    /// - Parameters:
    ///   - key: The member's name.
    ///   - value: The text of its value.
    public mutating func set(_ key: String, to value: String) {
        var bytes = Array(text.utf8)
        let members = members(of: bytes)
        if let member = members.last(where: { $0.key == key }) {
            bytes.replaceSubrange(member.value, with: value.utf8)
        } else if let end = bytes.lastIndex(of: UInt8(ascii: "}")) {
            let name = JSONWriter.string(.string(key))
            bytes.insert(contentsOf: "\(members.isEmpty ? "" : ",")\(name):\(value)".utf8, at: end)
        }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// Removes a member, if it is there.
    ///
    /// - Parameter key: The member's name.
    public mutating func remove(_ key: String) {
        var bytes = Array(text.utf8)
        while true {
            let members = members(of: bytes)
            guard let index = members.firstIndex(where: { $0.key == key }) else { break }
            // With the comma before it, or else the one after it.
            let start = index > 0 ? members[index - 1].value.upperBound : members[index].start
            let next = index == 0 && members.count > 1 ? members[1].start : members[index].value.upperBound
            bytes.removeSubrange(start..<next)
        }
        text = String(decoding: bytes, as: UTF8.self)
    }

    private struct Member {
        var key: String
        /// Where the name begins.
        var start: Int
        var value: Range<Int>
    }

    /// The members of the outermost object.
    private func members(of bytes: [UInt8]) -> [Member] {
        var members: [Member] = []
        var depth = 0
        var position = 0
        var name: (text: String, start: Int)?
        var valueStart: Int?
        func finish(at end: Int) {
            guard let key = name, let start = valueStart else { return }
            var end = end
            while end > start, Self.isSpace(bytes[end - 1]) { end -= 1 }
            members.append(Member(key: key.text, start: key.start, value: start..<end))
            (name, valueStart) = (nil, nil)
        }
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                let start = position
                position += 1
                while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
                    position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
                }
                if depth == 1, name == nil {
                    let literal = String(decoding: bytes[start...min(position, bytes.count - 1)], as: UTF8.self)
                    let parsed = try? JSONParser.parse(literal, source: "", duplicateKeys: .lastWins)
                    name = (parsed?.stringValue ?? "", start)
                } else if depth == 1, valueStart == nil {
                    valueStart = start
                }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if depth == 0, byte == UInt8(ascii: "[") { return [] }
                if depth == 1, name != nil, valueStart == nil { valueStart = position }
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 1 { finish(at: position) }
                depth -= 1
            case UInt8(ascii: ",") where depth == 1: finish(at: position)
            case UInt8(ascii: ":"): break
            default:
                if depth == 1, name != nil, valueStart == nil, !Self.isSpace(byte) { valueStart = position }
            }
            position += 1
        }
        return members
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0a, 0x0d].contains(byte) }
}
