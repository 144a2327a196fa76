import POSIX

/// One transport with the buffer of bytes received over it; carries one exchange after the other.
///
/// Used by one thread at a time: by the response that it belongs to, or by nobody while it lies in the pool, whose lock
/// orders the hand-over. That makes the unchecked conformance to `Sendable` sound.
final class HTTPConnection: @unchecked Sendable {
    private let transport: any HTTPTransport
    private var ownsTransport = true
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 * 1024, alignment: 16)
    /// The part of the buffer that holds bytes not consumed yet.
    private var pending = 0..<0
    private var atEndOfStream = false
    /// Whether a request could not be written whole, after which no other one may follow.
    private var isBroken = false
    private var decoder = HTTPResponseDecoder(requestMethod: .get)
    /// How many exchanges were begun.
    private(set) var exchanges = 0
    /// How long an answer may take that is read as a whole, in seconds; `nil` for any time.
    private let answerLimit: Int?
    private var answerDeadline = Int64.max
    /// Whether what is being read is a head, or a body that is read as a whole: what has a deadline.
    var isDueSoon = false

    init(_ transport: any HTTPTransport, answerLimit: Int? = nil) {
        (self.transport, self.answerLimit) = (transport, answerLimit)
    }

    deinit {
        if ownsTransport { transport.close() }
        buffer.deallocate()
    }

    /// Whether another exchange may begin.
    var isReusable: Bool {
        decoder.canReuseConnection && pending.isEmpty && !atEndOfStream && !isBroken && transport.isReadyForReuse
    }

    func close() { transport.close() }

    /// The transport itself, for a tunnel: whoever takes it must not use this connection again.
    ///
    /// - Throws: `.malformedResponse` if the peer has sent bytes already
    func tunnel() throws(HTTPError) -> any HTTPTransport {
        guard pending.isEmpty else { throw .malformedResponse("bytes before the tunnel was used") }
        ownsTransport = false
        return transport
    }

    /// Sends a request and waits for the head of the response.
    func send(_ request: HTTPRequest, form: HTTPRequestEncoder.TargetForm) throws(HTTPError) -> HTTPResponseHead {
        exchanges += 1
        decoder = HTTPResponseDecoder(requestMethod: request.method)
        let head = try HTTPRequestEncoder.head(of: request, form: form)
        answerDeadline = .max
        do throws(HTTPError) {
            try write(request.body, after: head)
        } catch .connectionLost(let reason) {
            // A server that refuses a body says so and closes before it has read everything; its answer explains more
            // than the broken connection does.
            guard let answer = try? readHead(), answer.status >= 400 || request.acceptsEarlyAnswer else {
                throw .connectionLost(reason)
            }
            isBroken = true
            return answer
        }
        return try readHead()
    }

    /// The next bytes of the body, only valid until the next call; `nil` after the last.
    func nextBodyBytes() throws(HTTPError) -> UnsafeRawBufferPointer? {
        switch try nextEvent() {
        case .body(let bytes): return bytes
        case .end: return nil
        case .head: throw .malformedResponse("a second head")
        }
    }

    // MARK: - Writing

    private func write(_ body: HTTPBody, after head: [UInt8]) throws(HTTPError) {
        switch body.content {
        case .bytes(let bytes): try write(head + bytes)
        case .produced(.some(let length), let produce):
            try write(head)
            var remaining = length
            try produce { (bytes: UnsafeRawBufferPointer) throws(HTTPError) in
                remaining -= bytes.count
                guard remaining >= 0 else { throw .bodyUnavailable("more than \(length) bytes") }
                try self.transport.write(bytes)
            }
            guard remaining == 0 else { throw .bodyUnavailable("\(remaining) of \(length) bytes are missing") }
        case .produced(.none, let produce):
            try write(head)
            try produce { (bytes: UnsafeRawBufferPointer) throws(HTTPError) in
                // A chunk without bytes would end the body.
                guard !bytes.isEmpty else { return }
                try self.write(HTTPRequestEncoder.chunkHead(size: bytes.count))
                try self.transport.write(bytes)
                try self.write(HTTPRequestEncoder.chunkEnd)
            }
            try write(HTTPRequestEncoder.lastChunk)
        }
    }

    private func write(_ bytes: [UInt8]) throws(HTTPError) {
        var failure: HTTPError?
        bytes.withUnsafeBytes { buffer in
            do throws(HTTPError) { try transport.write(buffer) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    // MARK: - Reading

    private enum Event {
        case head(HTTPResponseHead)
        case body(UnsafeRawBufferPointer)
        case end
    }

    private func readHead() throws(HTTPError) -> HTTPResponseHead {
        if let answerLimit { answerDeadline = Clock.monotonicNanoseconds + Int64(answerLimit) * 1_000_000_000 }
        isDueSoon = true
        defer { isDueSoon = false }
        guard case .head(let head) = try nextEvent() else { throw .malformedResponse("no head") }
        return head
    }

    private func nextEvent() throws(HTTPError) -> Event {
        while true {
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[pending])
            let (event, consumed) = try decoder.decode(bytes, atEndOfStream: atEndOfStream)
            pending = pending.lowerBound + consumed..<pending.upperBound
            switch event {
            case .head(let head): return .head(head)
            case .body(let range): return .body(UnsafeRawBufferPointer(rebasing: bytes[range]))
            case .end: return .end
            case .needsMoreBytes: try receive()
            }
        }
    }

    /// Moves the pending bytes to the front and reads more behind them.
    ///
    /// The decoder's limits keep the pending bytes far smaller than the buffer.
    private func receive() throws(HTTPError) {
        let count = pending.count
        if pending.lowerBound > 0, count > 0, let base = buffer.baseAddress {
            base.copyMemory(from: base + pending.lowerBound, byteCount: count)
        }
        pending = 0..<count
        let free = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
        guard !free.isEmpty else { throw .malformedResponse("head is too large") }
        let received = try transport.read(into: free)
        if isDueSoon, received > 0, let answerLimit, Clock.monotonicNanoseconds > answerDeadline {
            throw .tooSlow(action: "reading a short answer", bytes: count + received, seconds: answerLimit)
        }
        if received == 0 { atEndOfStream = true }
        pending = 0..<count + received
    }
}
