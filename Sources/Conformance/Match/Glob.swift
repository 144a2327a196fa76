/// A pattern in which `*` stands for any text, slashes included.
struct Glob {
    private let pattern: TextPattern

    init(_ text: String) {
        let parts = text.split(separator: "*", omittingEmptySubsequences: false)
        let literals = parts.map { TextPattern.Piece.literal(Array($0.utf8)) }
        pattern = TextPattern(source: text, pieces: Array(literals.map { [$0] }.joined(separator: [.wildcard(.any)])))
    }

    func matches(_ text: String) -> Bool {
        pattern.matches(text)
    }
}
