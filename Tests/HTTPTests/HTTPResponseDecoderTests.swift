import Testing

@testable import HTTP

/// What a decoder made of a whole response.
struct Decoded: Equatable {
    var status = 0
    var body = ""
    var isComplete = false
    var canReuse = false
}

/// Decodes a response that arrives in pieces of `step` bytes, after which the peer closes the connection.
private func decode(
    _ text: String,
    method: HTTPMethod = .get,
    step: Int = .max,
    closes: Bool = true
) throws(HTTPError) -> Decoded {
    let bytes = Array(text.utf8)
    var decoder = HTTPResponseDecoder(requestMethod: method)
    var result = Decoded()
    var start = 0
    var end = 0
    while !result.isComplete {
        let atEnd = closes && end == bytes.count
        let piece = Array(bytes[start..<end])
        let (event, consumed) = try piece.withUnsafeBytes { buffer in
            Result { () throws(HTTPError) in try decoder.decode(buffer, atEndOfStream: atEnd) }
        }.get()
        switch event {
        case .needsMoreBytes:
            guard end < bytes.count else { return result }
            end = min(bytes.count, step == .max ? bytes.count : end + step)
        case .head(let head): result.status = head.status
        case .body(let range): result.body += String(decoding: piece[range], as: UTF8.self)
        case .end:
            result.isComplete = true
            result.canReuse = decoder.canReuseConnection
        }
        start += consumed
    }
    return result
}

@Suite("HTTP response decoder")
struct HTTPResponseDecoderTests {
    static let wellFormedResponses: [(String, Decoded)] = [
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            Decoded(status: 200, body: "hello", isComplete: true, canReuse: true)
        ),
        (
            "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
            Decoded(status: 200, isComplete: true, canReuse: true)
        ),
        (
            "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi",
            Decoded(status: 200, body: "hi", isComplete: true, canReuse: true)
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc",
            Decoded(status: 200, body: "abc", isComplete: true)
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nT: v\r\n\r\n",
            Decoded(status: 200, body: "hello world", isComplete: true, canReuse: true)
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n1\r\na\r\n0\r\n\r\n",
            Decoded(status: 200, body: "a", isComplete: true)
        ),
        (
            "HTTP/1.1 200 OK\r\n\r\nuntil the end",
            Decoded(status: 200, body: "until the end", isComplete: true)
        ),
        (
            "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
            Decoded(status: 200, body: "x", isComplete: true)
        ),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
            Decoded(status: 204, isComplete: true, canReuse: true)
        ),
        (
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n",
            Decoded(status: 304, isComplete: true, canReuse: true)
        ),
    ]

    @Test("finds head, body and end, however the bytes arrive", arguments: wellFormedResponses)
    func wellFormed(_ text: String, _ expected: Decoded) throws {
        for step in [1, 2, 7, .max] {
            #expect(try decode(text, step: step) == expected)
        }
    }

    @Test("an answer to HEAD has no body, whatever its length says")
    func head() throws {
        let decoded = try decode("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", method: .head)
        #expect(decoded == Decoded(status: 200, isComplete: true, canReuse: true))
    }

    @Test("the bytes after an opened tunnel belong to the tunnel")
    func connect() throws {
        let decoded = try decode("HTTP/1.1 200 Connection established\r\n\r\n", method: .connect)
        #expect(decoded.isComplete)
    }

    /// A response, named by its beginning, since some of them are long.
    struct Hostile: CustomTestStringConvertible {
        let text: String
        var testDescription: String { String(text.prefix(80)) }
    }

    static let hostileResponses = [
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/2 200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 +20 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\n: no name\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\u{0}c\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello!\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;" + String(repeating: "x", count: 5000) + "\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + String(repeating: "T: v\r\n", count: 20_000),
        "HTTP/1.1 200 OK\r\n" + String(repeating: "A: b\r\n", count: 300) + "\r\n",
        "HTTP/1.1 200 OK\r\nA: " + String(repeating: "b", count: 70_000) + "\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: " + String(repeating: "b", count: 70_000),
        String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 20),
    ].map(Hostile.init)

    @Test("refuses a response that breaks the rules or the limits", arguments: hostileResponses)
    func hostile(_ response: Hostile) {
        for step in [3, .max] {
            let error = #expect(throws: HTTPError.self) { try decode(response.text, step: step) }
            guard case .malformedResponse = error else {
                Issue.record("unexpected error \(String(describing: error))")
                continue
            }
        }
    }

    static let truncatedResponses: [String] = [
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
    ]

    @Test("never takes a truncated response for a whole one", arguments: truncatedResponses)
    func truncated(_ text: String) {
        let error = #expect(throws: HTTPError.self) { try decode(text) }
        #expect(error?.isTransient == true)
    }

    @Test("survives any change of a single byte")
    func mutations() {
        let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
        for index in text.utf8.indices {
            for replacement in [0, 10, 13, 32, 45, 48, 58, 127, 255] as [UInt8] {
                var bytes = Array(text.utf8)
                bytes[text.utf8.distance(from: text.utf8.startIndex, to: index)] = replacement
                // Whatever comes of it, it must end, and without a trap.
                _ = try? decode(String(decoding: bytes, as: UTF8.self), step: 5)
            }
        }
    }
}
