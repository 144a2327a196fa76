import BuildpackModel
import CNBCore
import Console

/// The table that people are shown when no group has passed: for each group, its members and what became of them.
struct DetectionReport {
    private struct Row {
        var cells: [String]

        static let heading = Row(cells: ["GROUP", "MODULE", "VERSION", "RESULT"])
    }

    private var rows: [Row] = []
    private var notes: [String] = []
    private var groupCount = 0

    /// Adds a group that was tried.
    mutating func add(_ trial: GroupTrial, _ result: GroupTrial.Result) {
        groupCount += 1
        rows += trial.members.map { member in
            Row(cells: ["\(groupCount)", member.element.id.text, member.element.version.text, member.summary])
        }
        notes += result.unmet.map { "not met in group \(groupCount): \($0)" }
    }

    /// The table's lines, and below it a line for each plan entry that was not met; empty when no group was tried.
    var lines: [String] {
        guard !rows.isEmpty else { return [] }
        let all = [Row.heading] + rows
        let widths = Row.heading.cells.indices.map { column in
            all.map { $0.cells[column].count }.max() ?? 0
        }
        let table = all.map { row in
            let columns = zip(row.cells, widths).dropLast().map { cell, width in
                cell + String(repeating: " ", count: max(0, width - cell.count))
            }
            return (columns + row.cells.suffix(1)).joined(separator: "  ")
        }
        return table + notes
    }

    /// Shows the table, whatever the log level.
    func write(to logger: Logger) {
        for line in lines { logger.show([UInt8](line.utf8)) }
    }
}

extension GroupTrial.Member {
    /// What became of the member, in a word or two; causes of errors have been told before.
    fileprivate var summary: String {
        switch outcome.status {
        case .passed: "pass"
        case .declined: element.isOptional ? "skipped" : "fail"
        case .exited(let code): "error (exit code \(code))"
        case .errored: "error"
        }
    }
}
