/// Reads a response's head from complete lines; RFC 9112 §4 and §5.
enum HTTPHeadParser {
    /// Parses the bytes before the empty line that ends a head.
    ///
    /// - Parameters:
    ///   - bytes: the head with the line ends between its lines
    ///   - maximumFields: how many fields a head may have
    /// - Returns: the head
    /// - Throws: `.malformedResponse`
    static func parse(_ bytes: UnsafeRawBufferPointer, maximumFields: Int) throws(HTTPError) -> HTTPResponseHead {
        var lines = Lines(bytes)
        guard let statusLine = lines.next() else { throw .malformedResponse("empty head") }
        var head = try status(statusLine)
        head.headers = try fields(&lines, maximum: maximumFields)
        return head
    }

    /// Parses field lines up to the end of the bytes, as they stand in heads and in trailers.
    static func fields(_ lines: inout Lines, maximum: Int) throws(HTTPError) -> HTTPHeaders {
        var headers = HTTPHeaders()
        while let line = lines.next() {
            guard headers.fields.count < maximum else {
                throw .malformedResponse("more than \(maximum) header fields")
            }
            // A line that begins with a blank once continued the line before; RFC 9112 §5.2 lets us refuse it.
            guard let first = line.first, first != ASCII.space, first != ASCII.tab else {
                throw .malformedResponse("folded header line")
            }
            guard let colon = line.firstIndex(of: ASCII.colon), colon > line.startIndex,
                line[..<colon].allSatisfy(ASCII.isTokenCharacter)
            else { throw .malformedResponse("invalid header line '\(excerpt(line))'") }
            let value = line[(colon + 1)...]
            guard value.allSatisfy(ASCII.isValueCharacter) else {
                throw .malformedResponse("control character in header '\(excerpt(line[..<colon]))'")
            }
            headers.append(
                String(decoding: line[..<colon], as: UTF8.self),
                String(ASCII.trimmed(Substring(decoding: value, as: UTF8.self)))
            )
        }
        return headers
    }

    private static func status(_ line: Slice<UnsafeRawBufferPointer>) throws(HTTPError) -> HTTPResponseHead {
        let text = String(decoding: line, as: UTF8.self)
        let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0] == "HTTP/1.1" || parts[0] == "HTTP/1.0", parts[1].utf8.count == 3,
            let status = ASCII.decimal(parts[1]), status >= 100
        else { throw .malformedResponse("invalid status line '\(excerpt(line))'") }
        return HTTPResponseHead(
            status: status,
            reason: parts.count == 3 ? String(parts[2]) : "",
            minorVersion: parts[0] == "HTTP/1.1" ? 1 : 0
        )
    }

    /// A short piece of the peer's bytes that is safe to print.
    private static func excerpt(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        let shown = bytes.prefix(40).map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: "?") }
        return String(decoding: shown, as: UTF8.self) + (bytes.count > 40 ? "..." : "")
    }

    /// Cuts bytes into lines; a line ends with LF, and a CR before it belongs to the end.
    struct Lines {
        private var rest: Slice<UnsafeRawBufferPointer>

        init(_ bytes: UnsafeRawBufferPointer) { rest = bytes[...] }

        /// The next line without its end, or `nil` after the last.
        mutating func next() -> Slice<UnsafeRawBufferPointer>? {
            guard !rest.isEmpty else { return nil }
            let end = rest.firstIndex(of: ASCII.lineFeed) ?? rest.endIndex
            var line = rest[..<end]
            if line.last == ASCII.carriageReturn { line.removeLast() }
            rest = end < rest.endIndex ? rest[(end + 1)...] : rest[rest.endIndex...]
            return line
        }
    }
}

extension Substring {
    /// Text of bytes that may not be valid UTF-8.
    fileprivate init(decoding bytes: Slice<UnsafeRawBufferPointer>, as encoding: UTF8.Type) {
        self = String(decoding: bytes, as: encoding)[...]
    }
}
