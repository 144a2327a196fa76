/// Shows what comes of the cases, in one of the forms.
struct Report {
    private let options: RunOptions
    private let machine: Machine
    private let caseCount: Int

    init(_ options: RunOptions, machine: Machine, caseCount: Int) {
        (self.options, self.machine, self.caseCount) = (options, machine, caseCount)
    }

    /// What is shown before the first case.
    var opening: String {
        ""
    }

    /// What is shown for a case as soon as it has ended.
    func line(for testCase: TestCase, _ result: CaseResult, number: Int) -> String {
        TextReport(options).line(for: testCase, result)
    }

    /// What is shown in the end.
    func closing(_ cases: [TestCase], _ results: [CaseResult]) -> String {
        TextReport(options).closing(results)
    }
}
