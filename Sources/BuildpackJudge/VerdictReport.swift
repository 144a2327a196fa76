import JSON

/// Shows what was found about a buildpack.
struct VerdictReport {
    let verdict: BuildpackJudge.Verdict
    let buildpackDir: String

    private var name: String {
        verdict.descriptor.map { "\($0.id) \($0.version)" } ?? buildpackDir
    }

    private var counts: String {
        Severity.allCases.map { severity in
            let count = verdict.findings.count(severity)
            return "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
        }.joined(separator: ", ")
    }

    /// For people.
    var text: String {
        var lines: [String] = []
        for finding in verdict.findings.sorted {
            let section = finding.rule.section
            lines += [
                "\(finding.rule.severity.rawValue): \(finding.place): \(finding.message) [\(finding.rule.id)]",
                "    advice: \(finding.rule.advice)",
                "    buildpack.md, \(section.title): \(section.link)",
            ]
        }
        if let obstacle = verdict.obstacle { lines.append("not judged further: \(obstacle)") }
        lines.append("\(name): \(counts)")
        return lines.joined(separator: "\n") + "\n"
    }

    /// For programs.
    var json: String {
        var findings: [JSONValue] = []
        for finding in verdict.findings.sorted {
            var object: JSONObject = [
                "severity": .string(finding.rule.severity.rawValue), "rule": .string(finding.rule.id),
                "file": .string(finding.file), "message": .string(finding.message),
                "advice": .string(finding.rule.advice), "section": .string(finding.rule.section.title),
                "link": .string(finding.rule.section.link),
            ]
            if finding.line > 0 { object["line"] = .integer(finding.line) }
            findings.append(.object(object))
        }
        var buildpack: JSONObject = ["directory": .string(buildpackDir)]
        if let descriptor = verdict.descriptor {
            buildpack["id"] = .string(descriptor.id)
            buildpack["version"] = .string(descriptor.version)
        }
        let document: JSONObject = [
            "buildpack": .object(buildpack), "findings": .array(findings),
            "errors": .integer(verdict.findings.count(.error)), "warnings": .integer(verdict.findings.count(.warning)),
            "notes": .integer(verdict.findings.count(.note)),
            "obstacle": verdict.obstacle.map { .string($0) } ?? .null,
        ]
        return JSONWriter.string(.object(document), escapeHTML: false, pretty: "  ") + "\n"
    }
}
