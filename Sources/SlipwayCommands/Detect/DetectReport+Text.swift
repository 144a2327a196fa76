import JSON

extension DetectReport {
    /// A table for each group, and below it what those that don't take part have said.
    var text: String {
        var text = ""
        for (number, group) in groups.enumerated() {
            let title = groups.count == 1 ? "group" : "group \(number + 1)"
            text += (number == 0 ? "" : "\n") + title + (group.isChosen ? ": would build" : ": does not pass") + "\n"
            let width = group.members.map(\.name.count).max() ?? 0
            for member in group.members {
                let name = member.name + String(repeating: " ", count: width - member.name.count)
                text += "  \(name)  \(member.verdict)\n"
                for line in member.reasons { text += "      \(line)\n" }
            }
        }
        return text.isEmpty ? "no group of buildpacks was tried\n" : text
    }

    /// The report as an object.
    var json: JSONValue {
        [
            "passed": .boolean(!chosen.isEmpty),
            "buildpacks": .array(chosen.map { .string($0) }),
            "groups": .array(groups.map(\.json)),
        ]
    }
}

extension DetectReport.Group {
    fileprivate var json: JSONValue {
        ["chosen": .boolean(isChosen), "members": .array(members.map(\.json))]
    }
}

extension DetectReport.Member {
    fileprivate var verdict: String {
        switch outcome {
        case .pass: "takes part"
        case .skip: "does not take part"
        case .fail: "does not take part, and is required"
        case .error: code.map { "is in error: exit code \($0)" } ?? "is in error"
        }
    }

    /// Why it does not take part, as far as anybody has said so.
    fileprivate var reasons: [String] {
        guard outcome != .pass else { return [] }
        return problems + output.filter { !$0.isEmpty }.suffix(10)
    }

    fileprivate var json: JSONValue {
        var object: JSONObject = ["name": .string(name), "outcome": .string(outcome.rawValue)]
        if let code { object["exit-code"] = .integer(code) }
        object["problems"] = .array(problems.map { .string($0) })
        object["output"] = .array(output.map { .string($0) })
        return .object(object)
    }
}
