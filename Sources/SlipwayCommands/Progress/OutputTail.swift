/// The last lines of a step, as many as memory should be spent on.
struct OutputTail: Sendable {
    private let lineLimit: Int
    private let byteLimit: Int
    private var kept: [String] = []
    private var first = 0
    private var bytes = 0
    /// How many lines came before those that are kept.
    private(set) var droppedCount = 0

    /// Makes room for lines.
    /// - Parameters:
    ///   - lineLimit: The most lines, at least 1.
    ///   - byteLimit: The most bytes of all lines; a single line may be longer, and is cut.
    init(lineLimit: Int = 2000, byteLimit: Int = 1 << 20) {
        self.lineLimit = lineLimit
        self.byteLimit = byteLimit
    }

    /// The lines, in order.
    var lines: ArraySlice<String> { kept[first...] }

    /// Takes a line.
    mutating func append(_ line: String) {
        let line = line.utf8.count <= byteLimit ? line : String(decoding: line.utf8.prefix(byteLimit), as: UTF8.self)
        kept.append(line)
        bytes += line.utf8.count
        while kept.count - first > 1, kept.count - first > lineLimit || bytes > byteLimit {
            bytes -= kept[first].utf8.count
            kept[first] = ""
            first += 1
            droppedCount += 1
        }
        // Moving the lines once in a while costs less than moving them each time.
        if first > lineLimit {
            kept.removeSubrange(..<first)
            first = 0
        }
    }
}
