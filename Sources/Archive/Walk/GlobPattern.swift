/// A pattern over paths with the rules of Go's `filepath.Match`: `*` and `?` stop at slashes, `[a-z]` and `[^a-z]`
/// are classes, `\` takes the next character as it is.
///
/// The C library's `fnmatch` has other rules, for classes and for malformed patterns.
struct GlobPattern {
    private enum Element {
        case character(Unicode.Scalar)
        case anyCharacter
        case anyRun
        case oneOf([ClosedRange<UInt32>], isNegated: Bool)
    }

    private let elements: [Element]

    /// Reads a pattern; nil if it is malformed.
    init?(_ pattern: String) {
        var elements: [Element] = []
        var rest = pattern.unicodeScalars[...]
        while let first = rest.popFirst() {
            switch first {
            case "*": elements.append(.anyRun)
            case "?": elements.append(.anyCharacter)
            case "\\":
                guard let escaped = rest.popFirst() else { return nil }
                elements.append(.character(escaped))
            case "[":
                guard let element = Self.characterClass(&rest) else { return nil }
                elements.append(element)
            default: elements.append(.character(first))
            }
        }
        self.elements = elements
    }

    private static func characterClass(_ rest: inout Substring.UnicodeScalarView) -> Element? {
        let isNegated = rest.first == "^"
        if isNegated { rest.removeFirst() }
        var ranges: [ClosedRange<UInt32>] = []
        while true {
            if rest.first == "]", !ranges.isEmpty {
                rest.removeFirst()
                return .oneOf(ranges, isNegated: isNegated)
            }
            guard let low = classCharacter(&rest) else { return nil }
            var high = low
            if rest.first == "-" {
                rest.removeFirst()
                guard let end = classCharacter(&rest) else { return nil }
                high = end
            }
            // A range that ends before it starts is no error, it just matches nothing.
            ranges.append(low <= high ? low...high : UInt32.max...UInt32.max)
        }
    }

    private static func classCharacter(_ rest: inout Substring.UnicodeScalarView) -> UInt32? {
        guard let first = rest.popFirst(), first != "-", first != "]" else { return nil }
        guard first == "\\" else { return rest.isEmpty ? nil : first.value }
        guard let escaped = rest.popFirst(), !rest.isEmpty else { return nil }
        return escaped.value
    }

    /// Whether the whole path matches.
    func matches(_ path: String) -> Bool {
        let text = Array(path.unicodeScalars)
        var element = 0
        var position = 0
        // Where to go on if the current try fails: after the last run, which then takes one character more.
        var retry: (element: Int, position: Int)?
        while position < text.count || element < elements.count {
            if element < elements.count {
                if case .anyRun = elements[element] {
                    element += 1
                    retry = (element, position)
                    continue
                }
                if position < text.count, matches(elements[element], text[position]) {
                    element += 1
                    position += 1
                    continue
                }
            }
            guard let last = retry, last.position < text.count, text[last.position] != "/" else { return false }
            retry = (last.element, last.position + 1)
            element = last.element
            position = last.position + 1
        }
        return true
    }

    private func matches(_ element: Element, _ scalar: Unicode.Scalar) -> Bool {
        switch element {
        case .character(let expected): scalar == expected
        case .anyCharacter: scalar != "/"
        case .oneOf(let ranges, let isNegated): ranges.contains { $0.contains(scalar.value) } != isNegated
        case .anyRun: false
        }
    }
}
