import BuildpackModel
import Console

/// The table that people are shown when no group has passed: for each group, its members and what became of them.
struct DetectionReport {
    private struct Row {
        var id: String
        var version: String
        var result: String
    }

    private struct Entry {
        var rows: [Row]
        var unmet: [UnmetPlanEntry]
    }

    private var groups: [Entry] = []

    /// Adds a group that was tried.
    mutating func add(_ trial: GroupTrial, _ result: GroupTrial.Result) {
        let rows = trial.members.map { member in
            Row(
                id: member.element.id,
                version: member.element.version,
                result: member.summary
            )
        }
        groups.append(Entry(rows: rows, unmet: result.unmet))
    }

    /// The table's lines.
    var lines: [String] {
        let rows = groups.flatMap(\.rows)
        let idWidth = rows.map(\.id.count).max() ?? 0
        let versionWidth = rows.map(\.version.count).max() ?? 0
        var lines = ["======== Groups ========"]
        for (index, group) in groups.enumerated() {
            lines.append("group \(index + 1) of \(groups.count):")
            lines += group.rows.map { row in
                "  \(row.id.padded(to: idWidth))  \(row.version.padded(to: versionWidth))  \(row.result)"
            }
            lines += group.unmet.map { "  not met: \($0)" }
        }
        return lines
    }

    /// Shows the table, whatever the log level.
    func write(to logger: Logger) {
        for line in lines { logger.show([UInt8](line.utf8)) }
    }
}

extension GroupTrial.Member {
    /// What became of the member, in a word or two.
    fileprivate var summary: String {
        switch outcome.status {
        case .passed: "pass"
        case .declined: element.isOptional ? "skipped" : "fail"
        case .exited(let code): "error (exit code \(code))"
        case .errored(let cause?): "error (\(cause))"
        case .errored(nil): "error"
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }
}
