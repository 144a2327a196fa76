/// Rows of words below headings, in columns.
struct TextTable {
    /// The headings.
    let headings: [String]
    /// The rows, each with a cell for each heading.
    let rows: [[String]]

    /// The text; each line with its end.
    var text: String {
        var widths = headings.map(TerminalText.width)
        for row in rows {
            for (column, cell) in row.enumerated() { widths[column] = max(widths[column], TerminalText.width(cell)) }
        }
        return ([headings] + rows).map { row in
            let cells = row.enumerated().map { column, cell in
                let isLast = column == row.count - 1
                return cell + (isLast ? "" : String(repeating: " ", count: widths[column] - TerminalText.width(cell)))
            }
            return cells.joined(separator: "  ") + "\n"
        }.joined()
    }
}
