/// Reads the text of a pattern into globs, one for each file name of a path.
struct GlobReader {
    private var rest: ArraySlice<UInt8>

    /// A part of a pattern between slashes.
    enum Part: Hashable, Sendable {
        /// A name.
        case name(ByteGlob)
        /// `**`: any number of directories, and at the end whatever is below.
        case anyDirectories
    }

    init(_ pattern: ArraySlice<UInt8>) {
        rest = pattern
    }

    /// The parts; nil for a pattern that matches nothing, as one with a class that isn't closed.
    mutating func parts() -> [Part]? {
        var parts: [Part] = []
        var elements: [ByteGlob.Element] = []
        var isOnlyRuns = true
        var runs = 0
        func finish() {
            parts.append(isOnlyRuns && runs >= 2 ? .anyDirectories : .name(ByteGlob(elements: elements)))
        }
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "*") {
                runs += 1
                if elements.last != .run { elements.append(.run) }
                continue
            }
            guard let element = element(byte) else { return nil }
            guard element != .byte(UInt8(ascii: "/")) else {
                finish()
                (elements, isOnlyRuns, runs) = ([], true, 0)
                continue
            }
            isOnlyRuns = false
            elements.append(element)
        }
        finish()
        return parts
    }

    private mutating func element(_ byte: UInt8) -> ByteGlob.Element? {
        switch byte {
        case UInt8(ascii: "?"): return .any
        case UInt8(ascii: "\\"): return rest.popFirst().map { .byte($0) }
        case UInt8(ascii: "["): return characterClass().map { .set($0) }
        default: return .byte(byte)
        }
    }

    // MARK: - Classes

    /// Reads a class after its opening bracket.
    private mutating func characterClass() -> ByteSet? {
        var set = ByteSet()
        let isNegated = rest.first == UInt8(ascii: "!") || rest.first == UInt8(ascii: "^")
        if isNegated { rest.removeFirst() }
        // A closing bracket that comes first is one of the class.
        guard var byte = rest.popFirst() else { return nil }
        var previous: UInt8?
        repeat {
            guard let member = member(byte, after: previous, &set) else { return nil }
            previous = member.rangeStart
            guard let next = rest.popFirst() else { return nil }
            byte = next
        } while byte != UInt8(ascii: "]")
        if isNegated { set.negate() }
        set.remove(UInt8(ascii: "/"))
        return set
    }

    /// One place of a class, with the byte that a range may begin with, if any.
    private struct Member {
        var rangeStart: UInt8?
    }

    /// Adds what one place of a class stands for; nil where the class is malformed.
    private mutating func member(_ byte: UInt8, after previous: UInt8?, _ set: inout ByteSet) -> Member? {
        switch byte {
        case UInt8(ascii: "\\"):
            guard let escaped = rest.popFirst() else { return nil }
            set.insert(escaped)
            return Member(rangeStart: escaped)
        case UInt8(ascii: "-"):
            guard let low = previous, let next = rest.first, next != UInt8(ascii: "]") else { break }
            guard let high = rangeEnd() else { return nil }
            if low <= high { for member in low...high { set.insert(member) } }
            return Member()
        case UInt8(ascii: "[") where rest.first == UInt8(ascii: ":"):
            guard let name = className() else { break }
            return set.insert(class: name) ? Member() : nil
        default: break
        }
        set.insert(byte)
        return Member(rangeStart: byte)
    }

    private mutating func rangeEnd() -> UInt8? {
        guard let byte = rest.popFirst() else { return nil }
        return byte == UInt8(ascii: "\\") ? rest.popFirst() : byte
    }

    /// The name in `[:name:]`, whose first bracket is read; nil, and nothing read, where it isn't one.
    private mutating func className() -> ArraySlice<UInt8>? {
        let inside = rest.dropFirst()
        guard let close = inside.firstIndex(of: UInt8(ascii: "]")), close > inside.startIndex,
            inside[close - 1] == UInt8(ascii: ":")
        else { return nil }
        rest = inside[(close + 1)...]
        return inside[..<(close - 1)]
    }
}
