/// The report for people.
struct TextReport: Report {
    private let options: RunOptions

    init(_ options: RunOptions) {
        self.options = options
    }

    /// Nothing.
    func opening(caseCount: Int) -> String { "" }

    /// A line for a case, and below it what a person needs to know when it is not as expected.
    func line(for testCase: TestCase, _ result: CaseResult, number: Int) -> String {
        let name = options.apis.count > 1 ? "\(testCase.name) (\(testCase.api))" : testCase.name
        switch result.status {
        case .notForAPI: return ""
        case .passed: return "passed   \(name)\n"
        case .skipped: return "skipped  \(name): \(result.reason)\n"
        case .failed: return "FAILED   \(name)\n" + details(testCase, result)
        case .note: return "note     \(name)\n" + details(testCase, result)
        }
    }

    private func details(_ testCase: TestCase, _ result: CaseResult) -> String {
        FailureText.lines(testCase, result, options).map { "    \($0)\n" }.joined()
    }

    /// The counts.
    func closing(_ cases: [TestCase], _ results: [CaseResult]) -> String {
        var text = "\n"
        let others = results.count(.notForAPI)
        if others > 0 { text += "\(others) not for the API under test\n" }
        let notes = results.count(.note)
        if notes > 0 { text += "\(notes) notes about what the specification only recommends or allows\n" }
        let counts = (results.count(.passed), results.count(.failed), results.count(.skipped))
        return text + "\(counts.0) passed, \(counts.1) failed, \(counts.2) skipped\n"
    }
}
