/// A text with places that match more than one text.
struct TextPattern {
    /// A part of a pattern.
    enum Piece: Equatable {
        case literal([UInt8])
        case wildcard(Wildcard)
    }

    /// A name in `@{…}` that matches many texts.
    enum Wildcard: String, CaseIterable {
        case any, text, digest, hex, number, time, path, bool, version
    }

    /// The pattern as it is written, values put in.
    let source: String
    private let pieces: [Piece]

    init(source: String, pieces: [Piece]) {
        (self.source, self.pieces) = (source, pieces)
    }

    /// Whether only one text matches.
    var isLiteral: Bool {
        pieces.allSatisfy { if case .literal = $0 { true } else { false } }
    }

    /// Whether the whole text matches.
    func matches(_ text: String) -> Bool {
        matches(Array(text.utf8), pieces)
    }

    /// Whether some part of the text matches.
    func isFound(in text: String) -> Bool {
        matches(Array(text.utf8), [.wildcard(.any)] + pieces + [.wildcard(.any)])
    }

    /// Goes through the pieces with the set of all places that the text may have been matched up to.
    private func matches(_ text: [UInt8], _ pieces: [Piece]) -> Bool {
        var reached = [Bool](repeating: false, count: text.count + 1)
        reached[0] = true
        for piece in pieces {
            var next = [Bool](repeating: false, count: text.count + 1)
            var isPossible = false
            for start in reached.indices where reached[start] {
                if piece == .wildcard(.any) || piece == .wildcard(.text) {
                    // From the first start on all places are reached, so that further starts add nothing.
                    let first = piece == .wildcard(.any) ? start : start + 1
                    for end in next.indices[min(first, next.count)...] { next[end] = true }
                    isPossible = first < next.count
                    break
                }
                for end in ends(of: piece, in: text, from: start) {
                    next[end] = true
                    isPossible = true
                }
            }
            guard isPossible else { return false }
            reached = next
        }
        return reached[text.count]
    }

    private func ends(of piece: Piece, in text: [UInt8], from start: Int) -> [Int] {
        switch piece {
        case .literal(let bytes):
            return text[start...].starts(with: bytes) ? [start + bytes.count] : []
        case .wildcard(let wildcard):
            return wildcard.ends(in: text[start...])
        }
    }
}

extension TextPattern.Wildcard {
    /// Where a text that matches may end.
    fileprivate func ends(in text: ArraySlice<UInt8>) -> [Int] {
        switch self {
        case .any:
            return Array(text.startIndex...text.endIndex)
        case .text:
            return Array((text.startIndex...text.endIndex).dropFirst())
        case .hex:
            return run(text) { isHex($0) }
        case .number:
            return run(text) { isDigit($0) }
        case .path:
            guard text.first == UInt8(ascii: "/") else { return [] }
            return run(text) { $0 > 0x20 && $0 != 0x7F }
        case .bool:
            return ["true", "false"].filter { text.starts(with: $0.utf8) }.map { text.startIndex + $0.utf8.count }
        case .digest:
            let end = text.startIndex + 71
            guard text.starts(with: "sha256:".utf8), end <= text.endIndex else { return [] }
            return text[(text.startIndex + 7)..<end].allSatisfy(isHex) ? [end] : []
        case .time:
            return time(text)
        case .version:
            return version(text)
        }
    }

    private func run(_ text: ArraySlice<UInt8>, while isPart: (UInt8) -> Bool) -> [Int] {
        let end = text.firstIndex { !isPart($0) } ?? text.endIndex
        return Array((text.startIndex...end).dropFirst())
    }

    /// RFC 3339: `2024-05-01T12:30:05.25Z` or with an offset.
    private func time(_ text: ArraySlice<UInt8>) -> [Int] {
        guard var end = shape("0000-00-00T00:00:00", text) else { return [] }
        if text.endIndex > end, text[end] == UInt8(ascii: ".") {
            guard let fraction = run(text[(end + 1)...], while: isDigit).last else { return [] }
            end = fraction
        }
        if text.endIndex > end, text[end] == UInt8(ascii: "Z") { return [end + 1] }
        return (shape("+00:00", text[end...]) ?? shape("-00:00", text[end...])).map { [$0] } ?? []
    }

    /// Digits with dots between them, and what semantic versions may have after them.
    private func version(_ text: ArraySlice<UInt8>) -> [Int] {
        let all = run(text) { isDigit($0) || isLetter($0) || "+-.".utf8.contains($0) }
        guard let first = text.first, isDigit(first) else { return [] }
        return all.filter { isDigit(text[$0 - 1]) || isLetter(text[$0 - 1]) }
    }

    /// Where a text ends that has digits where the shape has zeros, and is like it elsewhere.
    private func shape(_ shape: String, _ text: ArraySlice<UInt8>) -> Int? {
        let shape = Array(shape.utf8)
        guard text.count >= shape.count else { return nil }
        let fits = zip(shape, text).allSatisfy { $0 == UInt8(ascii: "0") ? isDigit($1) : $0 == $1 }
        return fits ? text.startIndex + shape.count : nil
    }

    private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    private func isHex(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
    private func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
}
