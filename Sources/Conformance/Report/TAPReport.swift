import JSON

/// The report in the Test Anything Protocol, version 14.
struct TAPReport: Report {
    private let options: RunOptions

    init(_ options: RunOptions) {
        self.options = options
    }

    /// The version and the plan.
    func opening(caseCount: Int) -> String {
        "TAP version 14\n1..\(caseCount)\n"
    }

    /// A test point; for what is not as expected with a block of diagnostics.
    func line(for testCase: TestCase, _ result: CaseResult, number: Int) -> String {
        let name = Self.escaped("\(testCase.name) (\(testCase.api))")
        switch result.status {
        case .passed: return "ok \(number) - \(name)\n"
        case .skipped, .notForAPI: return "ok \(number) - \(name) # SKIP \(Self.escaped(result.reason))\n"
        case .failed: return "not ok \(number) - \(name)\n" + diagnostics(testCase, result)
        // A note is no failure of the run: TAP has that for tests of what is still to be done.
        case .note:
            let keyword = testCase.fixture.clause.keyword.rawValue
            return "not ok \(number) - \(name) # TODO \(keyword) only\n" + diagnostics(testCase, result)
        }
    }

    /// Nothing: the plan has said it all.
    func closing(_ cases: [TestCase], _ results: [CaseResult]) -> String { "" }

    /// A block of YAML, whose texts are written as JSON, which YAML includes.
    private func diagnostics(_ testCase: TestCase, _ result: CaseResult) -> String {
        let lines = FailureText.lines(testCase, result, options)
        var text = "  ---\n  message: \(Self.json(result.reason))\n  details:\n"
        for line in lines { text += "    - \(Self.json(line))\n" }
        return text + "  ...\n"
    }

    private static func json(_ text: String) -> String {
        JSONWriter.string(.string(text), escapeHTML: false)
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\\", "#": escaped += "\\\(character)"
            case _ where character.isNewline: escaped += " "
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
