/// Finds what somebody may have meant.
public enum Suggestion {
    /// The word that is nearest to a misspelt one.
    ///
    /// - Parameters:
    ///   - word: What was written.
    ///   - words: What could have been; of several that are equally near, the first counts.
    /// - Returns: The nearest, or nil if none is near: at most a third of the letters may differ, and at least one.
    public static func nearest(to word: String, among words: some Sequence<String>) -> String? {
        let most = max(1, word.unicodeScalars.count / 3)
        var best: (word: String, distance: Int)?
        for candidate in words {
            let distance = distance(word, candidate)
            if distance <= most, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.word
    }

    /// How many letters have to be put in, left out, replaced or swapped with their neighbour, capitals being equal to
    /// small letters.
    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.lowercased().unicodeScalars), Array(right.lowercased().unicodeScalars))
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, scalar) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var value = min(last[column + 1] + 1, current[column] + 1, last[column] + (scalar == other ? 0 : 1))
                if row > 0, column > 0, scalar == right[column - 1], left[row - 1] == other {
                    value = min(value, beforeLast[column - 1] + 1)
                }
                current.append(value)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
