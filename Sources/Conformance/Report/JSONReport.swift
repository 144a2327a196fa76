import JSON

/// The report for programs: one JSON object.
struct JSONReport: Report {
    private let options: RunOptions

    init(_ options: RunOptions) {
        self.options = options
    }

    /// Nothing: the document is written in the end.
    func opening(caseCount: Int) -> String { "" }

    /// Nothing.
    func line(for testCase: TestCase, _ result: CaseResult, number: Int) -> String { "" }

    /// The document; cases that are not for the API under test are only counted.
    func closing(_ cases: [TestCase], _ results: [CaseResult]) -> String {
        let shown = zip(cases, results).filter { $0.1.status != .notForAPI }.map { element($0.0, $0.1) }
        let document: JSONValue = [
            "lifecycle": .string(options.lifecycle ?? ""),
            "apis": .array(options.apis.map { .string("\($0)") }),
            "passed": .integer(results.count(.passed)),
            "failed": .integer(results.count(.failed)),
            "notes": .integer(results.count(.note)),
            "skipped": .integer(results.count(.skipped)),
            "not-for-api": .integer(results.count(.notForAPI)),
            "cases": .array(shown),
        ]
        return JSONWriter.string(document, escapeHTML: false, pretty: " ") + "\n"
    }

    private func element(_ testCase: TestCase, _ result: CaseResult) -> JSONValue {
        let fixture = testCase.fixture
        var element: JSONObject = [
            "fixture": .string(fixture.name),
            "variant": .string(testCase.variant.name),
            "api": .string("\(testCase.api)"),
            "title": .string(fixture.title),
            "clause": .string(fixture.clause.id),
            "also": .array(fixture.clause.also.map(JSONValue.string)),
            "document": .string(fixture.clause.document),
            "section": .string(fixture.clause.section),
            "link": .string(fixture.clause.link),
            "keyword": .string(fixture.clause.keyword.rawValue),
            "status": .string(result.status.rawValue),
            "reason": .string(result.reason),
            "milliseconds": .integer(result.milliseconds),
        ]
        if let failure = result.failure {
            element["step"] = failure.step.map(JSONValue.integer) ?? .null
            element["command"] = .string(failure.command)
            element["differences"] = .array(failure.differences.map(JSONValue.string))
            element["output"] = .array(failure.outputTail.map(JSONValue.string))
        }
        return .object(element)
    }
}
