/// Finds the head, the body and the end of one response in a stream of bytes, without doing input or output.
///
/// The caller keeps the bytes: it hands over those that are not consumed yet and is told what they are. Body bytes
/// are reported as a range of the caller's buffer, so that nothing is copied. Where a body ends is decided by RFC 9112
/// §6.3; what that section calls an error, or what could make two readers disagree about the end, is refused.
public struct HTTPResponseDecoder: Sendable {
    /// What the bytes at the front of the buffer are.
    public enum Event: Equatable, Sendable {
        /// Nothing can be said before more bytes have arrived.
        case needsMoreBytes
        /// The final response's head; informational ones (100 to 199) are skipped.
        case head(HTTPResponseHead)
        /// Bytes of the body, as offsets into the buffer; never empty.
        case body(Range<Int>)
        /// The response is complete. Bytes after it, if any, were not asked for.
        case end
    }

    /// How much a peer may make us hold before a body begins.
    public struct Limits: Sendable {
        /// The size of a head, and of the trailers after a chunked body, in bytes.
        public var headBytes = 64 * 1024
        /// The number of fields in a head.
        public var fields = 256
        /// The length of a line with a chunk's size and its extensions, in bytes.
        public var chunkLineBytes = 4096
        /// The number of informational responses before the final one.
        public var informationalResponses = 8

        public init() {}
    }

    private enum State: Equatable {
        case head
        case counted(remaining: Int)
        case chunkSize
        case chunkData(remaining: Int)
        case chunkEnd
        case trailers
        case untilClose
        case done
    }

    private let requestMethod: HTTPMethod
    private let limits: Limits
    private var state = State.head
    /// How far the front of the buffer has been searched for a line's or the head's end.
    private var searched = 0
    private var informationalResponses = 0
    private var trailerBytes = 0
    private var keepsAlive = false

    /// Prepares for the response to a request.
    ///
    /// - Parameters:
    ///   - requestMethod: the method of the request, since answers to HEAD and CONNECT have no body
    ///   - limits: what the peer may make us hold
    public init(requestMethod: HTTPMethod, limits: Limits = Limits()) {
        self.requestMethod = requestMethod
        self.limits = limits
    }

    /// Whether the connection may carry another exchange; meaningful after `.end`.
    public var canReuseConnection: Bool { state == .done && keepsAlive }

    /// Says what the front of `bytes` is.
    ///
    /// - Parameters:
    ///   - bytes: everything received that was not consumed before
    ///   - atEndOfStream: whether the peer has closed its side, so that no more bytes will come
    /// - Returns: the event, and how many bytes at the front are done with after it
    /// - Throws: `.malformedResponse`, or `.connectionLost` if the stream ends before the response does
    public mutating func decode(
        _ bytes: UnsafeRawBufferPointer,
        atEndOfStream: Bool
    ) throws(HTTPError) -> (event: Event, consumed: Int) {
        var consumed = 0
        while true {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[consumed...])
            let (event, used) = try step(rest, atEndOfStream: atEndOfStream)
            consumed += used
            switch event {
            case .none where used == 0 && state != .done:
                guard !atEndOfStream else {
                    throw .connectionLost(bytes.isEmpty && state == .head ? "EOF" : "unexpected EOF")
                }
                return (.needsMoreBytes, consumed)
            case .none: continue
            case .body(let range):
                let start = consumed - used
                return (.body(range.lowerBound + start..<range.upperBound + start), consumed)
            case .some(let event): return (event, consumed)
            }
        }
    }

    /// Takes one syntactic element; `nil` with nothing used means that it is not complete yet.
    private mutating func step(
        _ bytes: UnsafeRawBufferPointer,
        atEndOfStream: Bool
    ) throws(HTTPError) -> (Event?, used: Int) {
        switch state {
        case .head: return try takeHead(bytes)
        case .counted(let remaining):
            let count = min(remaining, bytes.count)
            guard count > 0 else { return (nil, 0) }
            state = count == remaining ? .done : .counted(remaining: remaining - count)
            return (.body(0..<count), count)
        case .chunkSize: return (nil, try takeChunkSize(bytes))
        case .chunkData(let remaining):
            let count = min(remaining, bytes.count)
            guard count > 0 else { return (nil, 0) }
            state = count == remaining ? .chunkEnd : .chunkData(remaining: remaining - count)
            return (.body(0..<count), count)
        case .chunkEnd:
            guard bytes.count >= 2 else { return (nil, 0) }
            guard bytes[0] == ASCII.carriageReturn, bytes[1] == ASCII.lineFeed else {
                throw .malformedResponse("chunk is longer than its size says")
            }
            state = .chunkSize
            return (nil, 2)
        case .trailers: return (nil, try takeTrailer(bytes))
        case .untilClose:
            guard bytes.isEmpty else { return (.body(0..<bytes.count), bytes.count) }
            guard atEndOfStream else { return (nil, 0) }
            state = .done
            return (.end, 0)
        case .done: return (.end, 0)
        }
    }

    // MARK: - Head

    private mutating func takeHead(_ bytes: UnsafeRawBufferPointer) throws(HTTPError) -> (Event?, used: Int) {
        guard let end = endOfHead(bytes) else {
            guard bytes.count < limits.headBytes else {
                throw .malformedResponse("head is larger than \(limits.headBytes) bytes")
            }
            return (nil, 0)
        }
        guard end <= limits.headBytes else {
            throw .malformedResponse("head is larger than \(limits.headBytes) bytes")
        }
        let lines = UnsafeRawBufferPointer(rebasing: bytes[..<end].dropLast(1))
        let head = try HTTPHeadParser.parse(trimmingLineEnd(lines), maximumFields: limits.fields)
        if head.status == 101 { throw .malformedResponse("protocol switched without a request to do so") }
        if head.status < 200 {
            informationalResponses += 1
            guard informationalResponses <= limits.informationalResponses else {
                throw .malformedResponse("too many informational responses")
            }
            return (nil, end)
        }
        state = try framing(of: head)
        return (.head(head), end)
    }

    /// The offset after the empty line, or `nil` if there is none yet.
    private mutating func endOfHead(_ bytes: UnsafeRawBufferPointer) -> Int? {
        var index = searched
        while index < bytes.count {
            guard bytes[index] == ASCII.lineFeed else {
                index += 1
                continue
            }
            // The line feed of an empty line follows another one, perhaps with a carriage return between them.
            let before = index > 0 && bytes[index - 1] == ASCII.carriageReturn ? index - 2 : index - 1
            if before >= 0, bytes[before] == ASCII.lineFeed {
                searched = 0
                return index + 1
            }
            index += 1
        }
        searched = bytes.count
        return nil
    }

    private func trimmingLineEnd(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var rest = bytes[...]
        while let last = rest.last, last == ASCII.lineFeed || last == ASCII.carriageReturn { rest.removeLast() }
        return UnsafeRawBufferPointer(rebasing: rest)
    }

    /// Decides how the body is delimited, and whether the connection outlives it.
    private mutating func framing(of head: HTTPResponseHead) throws(HTTPError) -> State {
        let connection = head.headers.tokens("Connection")
        keepsAlive = head.minorVersion == 1 ? !connection.contains("close") : connection.contains("keep-alive")

        let lengths = Set(head.headers.values("Content-Length"))
        guard lengths.count <= 1 else { throw .malformedResponse("contradicting Content-Length fields") }
        let length: Int?
        if let text = lengths.first {
            guard let value = ASCII.decimal(text) else {
                throw .malformedResponse("invalid Content-Length '\(text.prefix(40))'")
            }
            length = value
        } else {
            length = nil
        }

        let isTunnel = requestMethod == .connect && head.isSuccess
        if requestMethod == .head || isTunnel || head.status == 204 || head.status == 304 { return .done }

        let codings = head.headers.tokens("Transfer-Encoding")
        if !codings.isEmpty {
            guard codings == ["chunked"], head.minorVersion == 1 else {
                throw .malformedResponse(
                    "unsupported Transfer-Encoding '\(codings.joined(separator: ", ").prefix(40))'"
                )
            }
            // Both fields together are how responses are smuggled; the chunks count, and the connection ends after.
            if length != nil { keepsAlive = false }
            return .chunkSize
        }
        if let length { return length == 0 ? .done : .counted(remaining: length) }
        keepsAlive = false
        return .untilClose
    }

    // MARK: - Chunks

    private mutating func takeChunkSize(_ bytes: UnsafeRawBufferPointer) throws(HTTPError) -> Int {
        guard let line = try takeLine(bytes, limit: limits.chunkLineBytes, of: "chunk size") else { return 0 }
        var size = 0
        var digits = 0
        for byte in bytes[..<line.length] {
            guard let value = ASCII.hexValue(byte) else { break }
            digits += 1
            // Fifteen digits stay far below the largest Int.
            guard digits <= 15 else { throw .malformedResponse("chunk size is too large") }
            size = size << 4 | Int(value)
        }
        let extensions = bytes[digits..<line.length]
        guard digits > 0, extensions.first.map({ ";\t ".utf8.contains($0) }) ?? true else {
            throw .malformedResponse("invalid chunk size")
        }
        state = size == 0 ? .trailers : .chunkData(remaining: size)
        return line.used
    }

    /// Skips one line of the trailers: nothing we ask for is sent in them.
    private mutating func takeTrailer(_ bytes: UnsafeRawBufferPointer) throws(HTTPError) -> Int {
        guard let line = try takeLine(bytes, limit: limits.headBytes - trailerBytes, of: "trailers") else { return 0 }
        trailerBytes += line.used
        if line.length == 0 { state = .done }
        return line.used
    }

    /// Finds a line that ends with CR LF: its length without the end, and with it.
    private mutating func takeLine(
        _ bytes: UnsafeRawBufferPointer,
        limit: Int,
        of element: String
    ) throws(HTTPError) -> (length: Int, used: Int)? {
        let from = min(searched, bytes.count)
        guard let end = bytes[from...].firstIndex(of: ASCII.lineFeed) else {
            guard bytes.count < limit else { throw .malformedResponse("\(element) longer than \(limit) bytes") }
            searched = bytes.count
            return nil
        }
        searched = 0
        guard end < limit else { throw .malformedResponse("\(element) longer than \(limit) bytes") }
        guard end > 0, bytes[end - 1] == ASCII.carriageReturn else {
            throw .malformedResponse("line feed without carriage return in \(element)")
        }
        return (end - 1, end + 1)
    }
}
