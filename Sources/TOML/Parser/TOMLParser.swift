/// Reads one document: the loop over its lines, and what all parts of the parser share.
///
/// The parser works on the bytes and remembers places as offsets. A `TOMLTable` is filled through its storage, which
/// nobody else can see before the parser is done.
struct TOMLParser: ~Copyable {
    /// How deep arrays and tables may be nested, headers and dotted keys included.
    ///
    /// It bounds the parser's recursion, and that of everybody who walks over the result.
    static let depthLimit = 200

    let text: UnsafeBufferPointer<UInt8>
    let source: TOMLSource
    /// The offset of the next byte to read.
    var cursor = 0
    /// Where the keys stand that lead to the place the parser is at: those of the header, then those of values within
    /// values.
    var path: [UInt32] = []
    /// How many arrays and inline tables are open.
    var openValues = 0
    /// The text of a string with escapes while it is put together.
    var scratch: [UInt8] = []
    /// Whether the whole document is ASCII, so that no part of it needs to be looked at again.
    var isASCII = false
    /// Keys that were seen lately.
    var knownKeys = KnownKeys()

    init(_ text: UnsafeBufferPointer<UInt8>, of source: TOMLSource) {
        self.text = text
        self.source = source
    }

    /// Reads the whole document.
    mutating func parse() throws(TOMLError) -> TableStorage {
        guard text.count < Int(UInt32.max) else { throw failure("a document has to be smaller than 4 GiB", at: 0) }
        isASCII = isAllASCII(text)
        if !isASCII, let invalid = firstInvalidUTF8(in: text) { throw failure("invalid UTF-8", at: invalid) }
        if text.count >= KnownKeys.worthwhileCount { knownKeys.begin() }
        if text.starts(with: byteOrderMark) { cursor = 3 }

        let root = TableStorage(origin: .header, source: source, offset: 0)
        var current = root
        while true {
            skipBlanks()
            switch peek() {
            case nil: return root
            case .lineFeed, .carriageReturn, .numberSign: break
            case .leftBracket: current = try parseHeader(root)
            default: try parseEntry(into: current)
            }
            try endLine()
        }
    }
}

// MARK: - Bytes

extension TOMLParser {
    /// The next byte, or nil at the end.
    func peek() -> UInt8? {
        cursor < text.count ? text[cursor] : nil
    }

    /// The byte so many places after the next one, or nil past the end.
    func peek(ahead distance: Int) -> UInt8? {
        cursor &+ distance < text.count ? text[cursor &+ distance] : nil
    }

    /// A part of the document as a string.
    func string(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        // The document is known to be well-formed; but a string that may not be ASCII is to find out whether it is.
        isASCII
            ? String(copying: UTF8Span(unchecked: bytes.span, isKnownASCII: true))
            : String(decoding: bytes, as: UTF8.self)
    }

    /// Steps over the next byte if it is this one.
    @inline(__always)
    mutating func skip(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        cursor &+= 1
        return true
    }

    /// Steps over spaces and tabs.
    mutating func skipBlanks() {
        while cursor < text.count, text[cursor] == .space || text[cursor] == .tab {
            cursor &+= 1
        }
    }

    /// Steps over a comment, if there is one, and a line end; nothing else may come before the line end.
    mutating func endLine() throws(TOMLError) {
        skipBlanks()
        try skipComment()
        guard peek() != nil else { return }
        guard try skipLineEnd() else { throw failure("expected the end of the line, found \(found())") }
    }

    /// Steps over blanks, comments and line ends.
    mutating func skipBlankLines() throws(TOMLError) {
        while true {
            skipBlanks()
            try skipComment()
            guard try skipLineEnd() else { return }
        }
    }

    /// Steps over a line end and tells whether there was one.
    mutating func skipLineEnd() throws(TOMLError) -> Bool {
        if skip(.lineFeed) { return true }
        guard peek() == .carriageReturn else { return false }
        guard peek(ahead: 1) == .lineFeed else { throw failure("a carriage return has to be followed by a line feed") }
        cursor &+= 2
        return true
    }

    private mutating func skipComment() throws(TOMLError) {
        guard skip(.numberSign) else { return }
        skipText(until: .lineFeed, or: .lineFeed)
        switch peek() {
        case nil, .lineFeed?, .carriageReturn?: return
        default: throw failure("\(found()) in a comment")
        }
    }
}

// MARK: - Errors

extension TOMLParser {
    /// An error at a place, or at the next byte.
    @inline(never)
    func failure(_ message: String, at offset: Int? = nil) -> TOMLError {
        source.error(message, at: UInt32(clamping: offset ?? cursor), keyPath: TOMLWriter.path(keysOfPath()))
    }

    /// What stands at the cursor, for messages.
    func found() -> String {
        guard let byte = peek() else { return "the end of the file" }
        switch byte {
        case .lineFeed: return "the end of the line"
        case .carriageReturn where peek(ahead: 1) == .lineFeed: return "the end of the line"
        case 0..<(.space), .delete: return "control character U+\(hexadecimal(byte))"
        case .doubleQuote: return "a double quote"
        default: return "\"\(scalarAtCursor())\""
        }
    }

    private func scalarAtCursor() -> String {
        var end = cursor &+ 1
        while end < text.count, text[end] & 0xC0 == 0x80 { end &+= 1 }
        return String(decoding: text[cursor..<end], as: UTF8.self)
    }

    private func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }
}
