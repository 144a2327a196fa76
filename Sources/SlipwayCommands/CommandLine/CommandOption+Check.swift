import Console

extension CommandOption {
    /// Asserts that a value suits the option.
    /// - Parameters:
    ///   - value: The value; for a toggle `true` or `false`.
    ///   - place: Where it stands, for the error, such as `option '--pull'`.
    /// - Throws: When it does not, with the nearest that would.
    func check(_ value: String, at place: String) throws(CommandError) {
        if takesValue { try content.check(value, placeholder: placeholder, at: place) }
    }
}

extension CommandOption.Content {
    /// Asserts that a value is one of these.
    /// - Parameters:
    ///   - value: The value.
    ///   - placeholder: What such values are called.
    ///   - place: Where it stands, for the error.
    /// - Throws: When it is none, with the nearest that would be.
    func check(_ value: String, placeholder: String, at place: String) throws(CommandError) {
        switch self {
        case .choice(let words) where !words.contains(value):
            let nearest = Suggestion.nearest(to: value, among: words)
            throw .badValue(place: place, value: value, expected: Self.list(words), nearest: nearest)
        case .identifier where UInt32(value) == nil || value.hasPrefix("+"):
            throw .badValue(place: place, value: value, expected: "a number from 0 on", nearest: nil)
        case .assignment where !value.dropFirst().contains("=") || value.hasPrefix("="),
            .variable where value.isEmpty || value.hasPrefix("="),
            .text where value.isEmpty, .file where value.isEmpty, .directory where value.isEmpty:
            throw .badValue(place: place, value: value, expected: placeholder, nearest: nil)
        default:
            break
        }
    }

    /// Words as a sentence has them, such as `a, b or c`.
    static func list(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}
