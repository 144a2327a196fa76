/// The text of a document, kept by its tables so that positions can be worked out when somebody asks.
final class TOMLSource: Sendable {
    let file: String
    let bytes: [UInt8]

    init(file: String, bytes: [UInt8]) {
        self.file = file
        self.bytes = bytes
    }

    /// The file, line and column of a byte offset.
    func position(at offset: UInt32) -> TOMLPosition {
        let end = Swift.min(Int(offset), bytes.count)
        var line = 1
        var lineStart = 0
        for place in 0..<end where bytes[place] == UInt8(ascii: "\n") {
            line += 1
            lineStart = place + 1
        }
        return TOMLPosition(file: file, line: line, column: scalarCount(lineStart..<end) + 1)
    }

    /// An error about the text at a byte offset.
    func error(_ message: String, at offset: UInt32, keyPath: String) -> TOMLError {
        let place = position(at: offset)
        let window = excerptWindow(around: Swift.min(Int(offset), bytes.count))
        var error = TOMLError(file: file, keyPath: keyPath, message: message)
        error.line = place.line
        error.column = place.column
        error.sourceLine = String(decoding: bytes[window], as: UTF8.self)
        error.caretIndent = scalarCount(window.lowerBound..<Swift.min(Int(offset), window.upperBound))
        return error
    }

    /// The dotted path of the table or value that begins at a byte offset.
    ///
    /// Tables don't know where they hang in the document, which would cost every one of them memory. The few times that
    /// an error needs to know, the document is read again.
    func keyPath(at offset: UInt32) -> String {
        guard let root = try? TOMLDocument.parse(self), let keys = path(to: offset, in: root) else { return "" }
        return TOMLWriter.path(keys)
    }

    private func path(to offset: UInt32, in table: TOMLTable) -> [String]? {
        for entry in table.storage.entries {
            if entry.valueOffset == offset { return [entry.key] }
            if let rest = path(to: offset, in: entry.value) { return [entry.key] + rest }
        }
        return nil
    }

    private func path(to offset: UInt32, in value: TOMLValue) -> [String]? {
        switch value {
        case .table(let table):
            return path(to: offset, in: table)
        case .array(let array):
            for element in array.places {
                if element.offset == offset { return [] }
                if let rest = path(to: offset, in: element.value) { return rest }
            }
            return nil
        default:
            return nil
        }
    }

    /// The part of the line around an offset that an error shows: all of it unless it is very long.
    private func excerptWindow(around offset: Int) -> Range<Int> {
        let before = 100
        let after = 60
        var start = offset
        while start > 0, offset - start < before, bytes[start - 1] != UInt8(ascii: "\n") { start -= 1 }
        while start < offset, isContinuation(bytes[start]) { start += 1 }
        var end = offset
        while end < bytes.count, end - offset < after, bytes[end] != UInt8(ascii: "\n") { end += 1 }
        while end < bytes.count, end > offset, isContinuation(bytes[end]) { end -= 1 }
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return start..<Swift.max(start, end)
    }

    private func scalarCount(_ range: Range<Int>) -> Int {
        var count = 0
        for place in range where !isContinuation(bytes[place]) { count += 1 }
        return count
    }

    private func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
