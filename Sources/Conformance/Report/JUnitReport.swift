/// The report in the XML of JUnit, as build servers read it: a suite for each Platform API.
struct JUnitReport: Report {
    private let options: RunOptions

    init(_ options: RunOptions) {
        self.options = options
    }

    /// Nothing: the counts come first, and are known last.
    func opening(caseCount: Int) -> String { "" }

    /// Nothing.
    func line(for testCase: TestCase, _ result: CaseResult, number: Int) -> String { "" }

    /// The document.
    func closing(_ cases: [TestCase], _ results: [CaseResult]) -> String {
        let all = zip(cases, results).filter { $0.1.status != .notForAPI }
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        text += "<testsuites name=\"cnb-conformance\"\(Self.counts(all.map(\.1)))>\n"
        for api in options.apis {
            let suite = all.filter { $0.0.api == api }
            text += "  <testsuite name=\"Platform API \(api)\"\(Self.counts(suite.map(\.1)))>\n"
            for (testCase, result) in suite { text += element(testCase, result) }
            text += "  </testsuite>\n"
        }
        return text + "</testsuites>\n"
    }

    private static func counts(_ results: [CaseResult]) -> String {
        let milliseconds = results.reduce(0) { $0 + $1.milliseconds }
        return " tests=\"\(results.count)\" failures=\"\(results.count(.failed))\" errors=\"0\""
            + " skipped=\"\(results.count(.skipped))\" time=\"\(seconds(milliseconds))\""
    }

    private func element(_ testCase: TestCase, _ result: CaseResult) -> String {
        let folder = testCase.fixture.name.split(separator: "/").dropLast().joined(separator: ".")
        let attributes = "classname=\"\(Self.escaped(folder))\" name=\"\(Self.escaped(testCase.name))\""
        var text = "    <testcase \(attributes) time=\"\(Self.seconds(result.milliseconds))\""
        let details = FailureText.lines(testCase, result, options).joined(separator: "\n")
        switch result.status {
        case .passed, .notForAPI:
            return text + "/>\n"
        case .skipped:
            text += "><skipped message=\"\(Self.escaped(result.reason))\"/>"
        case .failed:
            text += "><failure message=\"\(Self.escaped(result.reason))\">\(Self.escaped(details))</failure>"
        case .note:
            text += "><system-out>\(Self.escaped("note\n\(details)"))</system-out>"
        }
        return text + "</testcase>\n"
    }

    private static func seconds(_ milliseconds: Int64) -> String {
        let rest = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }

    /// Text for elements and attributes; what XML cannot hold is replaced.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\n": escaped += "&#10;"
            case "\t": escaped += "&#9;"
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
