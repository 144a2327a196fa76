import JSON
import Testing

@testable import SlipwayCommands

@Suite("What detection has found out")
struct DetectReportTests {
    private static let passed = """
        Timer: Detector started at 2026-11-29T12:00:00Z
        ======== Output: a/node@1.0 ========
        no package.json here
        ======== Results ========
        fail: a/node@1.0
        pass: a/web@2
        ======== Output: a/python@3 ========
        \u{1b}[32mfound\u{1b}[0m requirements.txt
        ======== Output: a/proc@1 ========
        no Procfile
        ======== Results ========
        pass: a/python@3
        skip: a/proc@1
        pass: a/extra@1
        Resolving plan... (try #1)
        skip: a/extra@1 provides unused extra
        1 of 3 buildpacks participating
        a/python 3
        """
    private static let failed = """
        ======== Output: a/node@1.0 ========
        boom
        ======== Results ========
        err:  a/node@1.0 (77)
        ======== Results ========
        pass: a/python@3
        Resolving plan... (try #1)
        fail: a/python@3 requires cpython
        ERROR: No buildpack groups passed detection.
        """

    private func report(_ text: String) -> DetectReport {
        DetectReport(lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    }

    @Test("the group that passes, and why others don't")
    func passes() throws {
        let report = report(Self.passed)
        #expect(report.chosen == ["a/python@3"])
        #expect(
            report.text == """
                group 1: does not pass
                  a/node@1.0  does not take part, and is required
                      no package.json here
                  a/web@2     takes part

                group 2: would build
                  a/python@3  takes part
                  a/proc@1    does not take part
                      no Procfile
                  a/extra@1   does not take part
                      provides unused extra

                """
        )
        #expect(report.json["passed"] == true)
        #expect(report.json["buildpacks"] == ["a/python@3"])
        #expect(report.json["groups"]?[1]?["members"]?[0]?["output"] == ["found requirements.txt"])
    }

    @Test("errors and unmet requirements")
    func fails() {
        let report = report(Self.failed)
        #expect(report.chosen.isEmpty)
        #expect(
            report.text == """
                group 1: does not pass
                  a/node@1.0  is in error: exit code 77
                      boom

                group 2: does not pass
                  a/python@3  does not take part, and is required
                      requires cpython

                """
        )
    }

    @Test(
        "a detector that says nothing, and one that says nonsense",
        arguments: ["", "======== ========\nx", "pass: a@1"]
    )
    func nonsense(text: String) {
        #expect(report(text).text == "no group of buildpacks was tried\n")
    }
}
