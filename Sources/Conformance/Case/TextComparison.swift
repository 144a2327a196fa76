/// Compares a text line by line with an expectation.
struct TextComparison {
    private let expectation: TextExpectation
    private let bindings: Bindings

    init(_ expectation: TextExpectation, _ bindings: Bindings) {
        (self.expectation, self.bindings) = (expectation, bindings)
    }

    /// What is different from what is expected.
    /// - Parameters:
    ///   - text: The text.
    ///   - name: What the text is.
    /// - Returns: Lines for a person; none if all is as expected.
    /// - Throws: When a pattern has a name that means nothing.
    func differences(in text: String, called name: String) throws(CaseError) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        var differences: [String] = []
        for pattern in expectation.has {
            let pattern = try bindings.expected(pattern)
            if !lines.contains(where: pattern.isFound) {
                differences.append("\(name): expected a line with \"\(pattern.source)\", found none")
            }
        }
        for pattern in expectation.lacks {
            let pattern = try bindings.expected(pattern)
            for (number, line) in lines.enumerated() where pattern.isFound(in: line) {
                differences.append(
                    "\(name): expected no line with \"\(pattern.source)\", found line \(number + 1): \(line)"
                )
            }
        }
        var rest = lines[...]
        for pattern in expectation.inOrder {
            let pattern = try bindings.expected(pattern)
            guard let place = rest.firstIndex(where: pattern.isFound) else {
                let order = rest.startIndex == 0 ? "" : " after line \(rest.startIndex)"
                differences.append("\(name): expected a line with \"\(pattern.source)\"\(order), found none")
                break
            }
            rest = rest[(place + 1)...]
        }
        if let whole = expectation.equals {
            let pattern = try bindings.expected(whole)
            if !pattern.matches(text) {
                differences.append("\(name): expected \(quoted(pattern.source)), found \(quoted(text))")
            }
        }
        return differences
    }
}

/// A text in quotes, not too long.
func quoted(_ text: String) -> String {
    Value.string(text).display
}
