/// A pattern over paths: in each element `*`, `?`, `[a-z]` and `\` as Go's `filepath.Match` has them, and `**` for any
/// number of elements.
struct PathPattern: Sendable {
    private enum Piece: Sendable {
        case scalar(Unicode.Scalar)
        case anyScalar
        case anyRun
        case oneOf([ClosedRange<UInt32>], isNegated: Bool)
    }

    private enum Element: Sendable {
        case pieces([Piece])
        case anyElements
    }

    private let elements: [Element]

    /// Reads a pattern; nil if it is malformed.
    ///
    /// - Parameter text: Elements with slashes between them.
    init?(_ text: String) {
        var elements: [Element] = []
        for part in text.split(separator: "/") where part != "." {
            if part == "**" {
                elements.append(.anyElements)
            } else {
                guard let pieces = Self.pieces(part) else { return nil }
                elements.append(.pieces(pieces))
            }
        }
        self.elements = elements
    }

    /// Whether a text has any of the scalars with a meaning in patterns.
    static func isPattern(_ text: String) -> Bool { text.contains { "*?[\\".contains($0) } }

    /// Whether a path matches as a whole.
    ///
    /// - Parameter path: Elements with slashes between them.
    /// - Returns: Whether all of it matches.
    func matches(_ path: String) -> Bool {
        Self.matches(elements[...], path.split(separator: "/")[...])
    }

    /// Whether a path, or a directory that leads to it, matches.
    func matchesAtOrAbove(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        return parts.indices.contains { Self.matches(elements[...], parts[...$0]) }
    }

    private static func matches(_ elements: ArraySlice<Element>, _ parts: ArraySlice<Substring>) -> Bool {
        guard let element = elements.first else { return parts.isEmpty }
        switch element {
        case .anyElements:
            return (0...parts.count).contains { matches(elements.dropFirst(), parts.dropFirst($0)) }
        case .pieces(let pieces):
            guard let part = parts.first, matches(pieces, Array(part.unicodeScalars)) else { return false }
            return matches(elements.dropFirst(), parts.dropFirst())
        }
    }

    private static func matches(_ pieces: [Piece], _ text: [Unicode.Scalar]) -> Bool {
        var piece = 0
        var position = 0
        var retry: (piece: Int, position: Int)?
        while position < text.count || piece < pieces.count {
            if piece < pieces.count {
                if case .anyRun = pieces[piece] {
                    piece += 1
                    retry = (piece, position)
                    continue
                }
                if position < text.count, matches(pieces[piece], text[position]) {
                    piece += 1
                    position += 1
                    continue
                }
            }
            guard let last = retry, last.position < text.count else { return false }
            retry = (last.piece, last.position + 1)
            (piece, position) = (last.piece, last.position + 1)
        }
        return true
    }

    private static func matches(_ piece: Piece, _ scalar: Unicode.Scalar) -> Bool {
        switch piece {
        case .scalar(let expected): expected == scalar
        case .anyScalar: true
        case .anyRun: false
        case .oneOf(let ranges, let isNegated): ranges.contains { $0.contains(scalar.value) } != isNegated
        }
    }

    // MARK: - Reading

    private static func pieces(_ text: Substring) -> [Piece]? {
        var pieces: [Piece] = []
        var rest = text.unicodeScalars[...]
        while let first = rest.popFirst() {
            switch first {
            case "*": pieces.append(.anyRun)
            case "?": pieces.append(.anyScalar)
            case "\\":
                guard let escaped = rest.popFirst() else { return nil }
                pieces.append(.scalar(escaped))
            case "[":
                guard let piece = scalarClass(&rest) else { return nil }
                pieces.append(piece)
            default: pieces.append(.scalar(first))
            }
        }
        return pieces
    }

    private static func scalarClass(_ rest: inout Substring.UnicodeScalarView) -> Piece? {
        let isNegated = rest.first == "^" || rest.first == "!"
        if isNegated { rest.removeFirst() }
        var ranges: [ClosedRange<UInt32>] = []
        while let first = rest.popFirst() {
            if first == "]", !ranges.isEmpty { return .oneOf(ranges, isNegated: isNegated) }
            guard let low = first == "\\" ? rest.popFirst() : first else { return nil }
            var high = low
            if rest.first == "-" {
                rest.removeFirst()
                guard let next = rest.popFirst(), let end = next == "\\" ? rest.popFirst() : next else { return nil }
                high = end
            }
            guard low <= high else { return nil }
            ranges.append(low.value...high.value)
        }
        return nil
    }
}
