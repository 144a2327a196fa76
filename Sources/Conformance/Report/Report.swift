/// A form in which results are shown.
protocol Report: Sendable {
    /// What is shown before the first case.
    /// - Parameter caseCount: How many cases there are.
    /// - Returns: Whole lines, or nothing.
    func opening(caseCount: Int) -> String

    /// What is shown for a case as soon as it and all before it have ended.
    /// - Parameters:
    ///   - testCase: The case.
    ///   - result: What came of it.
    ///   - number: The case's number, from 1.
    /// - Returns: Whole lines, or nothing.
    func line(for testCase: TestCase, _ result: CaseResult, number: Int) -> String

    /// What is shown in the end.
    func closing(_ cases: [TestCase], _ results: [CaseResult]) -> String
}

extension RunOptions {
    /// The report that the command line asks for.
    var report: any Report {
        switch format {
        case .text: TextReport(self)
        case .tap: TAPReport(self)
        case .junit: JUnitReport(self)
        case .json: JSONReport(self)
        }
    }
}

extension [CaseResult] {
    /// How many results there are of a kind.
    func count(_ status: CaseResult.Status) -> Int {
        count { $0.status == status }
    }
}
