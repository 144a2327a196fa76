/// What a person needs to know about a case that is not as expected.
enum FailureText {
    /// The statement, how to see it again, the differences, and the end of the output.
    static func lines(_ testCase: TestCase, _ result: CaseResult, _ options: RunOptions) -> [String] {
        let clause = testCase.fixture.clause
        var lines = [
            testCase.fixture.title,
            "\(clause.keyword.rawValue) in \(clause.document), \(clause.section) (\(clause.id))",
            clause.link,
        ]
        guard let failure = result.failure else { return lines }
        if let step = failure.step {
            lines.append("step \(step)" + (failure.stepTitle.map { ": \($0)" } ?? ""))
            lines.append("  \(failure.command)")
        }
        lines += failure.differences.prefix(40).map { "- \($0)" }
        if failure.differences.count > 40 { lines.append("- and \(failure.differences.count - 40) more") }
        if !failure.outputTail.isEmpty {
            lines.append("the end of its output:")
            lines += failure.outputTail.map { "  | \($0)" }
        }
        if let path = failure.keptPath { lines.append("its tree: \(path)") }
        lines.append("again: \(again(testCase, options))")
        return lines
    }

    /// The command that runs only this case and leaves its tree.
    private static func again(_ testCase: TestCase, _ options: RunOptions) -> String {
        var words = ["cnb-conformance", "--lifecycle", options.lifecycle ?? ""]
        if let launcher = options.launcher { words += ["--launcher", launcher] }
        if let registry = options.registry { words += ["--registry", registry] }
        words += ["--api", "\(testCase.api)", "--run", testCase.name, "--keep", options.fixtures]
        return words.map(ShellText.quoted).joined(separator: " ")
    }
}
