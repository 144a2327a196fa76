import POSIX
import TestSupport
import Testing

@testable import HTTP

private func client(
    proxies: ProxySettings = .none,
    timeouts: HTTPTimeouts = HTTPTimeouts(connect: 5, silence: 5),
    isCancelled: @escaping @Sendable () -> Bool = { false }
) -> HTTPClient {
    HTTPClient(.init(connect: SocketTransport.tcp(timeouts: timeouts, isCancelled: isCancelled), proxies: proxies))
}

private func text(_ response: HTTPResponse) throws -> String {
    String(decoding: try response.readAll(limit: 1 << 20), as: UTF8.self)
}

@Suite("HTTP client")
struct HTTPClientTests {
    @Test("sends several requests over one connection")
    func keepAlive() throws {
        let server = try LoopbackServer { connection, number in
            var count = 0
            while let request = try connection.readRequest() {
                count += 1
                let body = try connection.readBody(request.bodyLength)
                try connection.respond("200 OK", [:], Array("\(number).\(count) \(request.method) ".utf8) + body)
            }
        }
        let client = client()
        let url = try HTTPURL("http://\(server.host)/x")
        #expect(try text(client.send(HTTPRequest(.get, url))) == "0.1 GET ")
        #expect(try text(client.send(HTTPRequest(.put, url, body: .bytes(Array("body".utf8))))) == "0.2 PUT body")
        let held = try client.send(HTTPRequest(.get, url))
        // While one response is unread, another connection is needed.
        #expect(try text(client.send(HTTPRequest(.get, url))) == "1.1 GET ")
        #expect(try text(held) == "0.3 GET ")
    }

    @Test("replaces a kept connection that the server has closed meanwhile")
    func staleConnection() throws {
        let server = try LoopbackServer { connection, number in
            guard try connection.readRequest() != nil else { return }
            try connection.respond("200 OK", [:], Array("\(number)".utf8))
            // The first connection is closed only when the second request is on its way.
            if number == 0 { _ = try connection.readRequest() }
        }
        let client = client()
        let url = try HTTPURL("http://\(server.host)/")
        #expect(try text(client.send(HTTPRequest(.get, url))) == "0")
        #expect(try text(client.send(HTTPRequest(.get, url))) == "1")
    }

    @Test("sends chunks when the length is not known")
    func chunkedRequest() throws {
        let server = try LoopbackServer { connection, _ in
            let request = try connection.readRequest()
            var raw: [UInt8] = []
            while !String(decoding: raw, as: UTF8.self).hasSuffix("0\r\n\r\n") {
                raw += try connection.readSome(limit: 100)
            }
            try connection.respond("200 OK", [:], Array("\(request?.headers["transfer-encoding"] ?? "-") ".utf8) + raw)
        }
        let body = HTTPBody.chunked { write throws(HTTPError) in
            for piece in ["abc", "", "0123456789abcdef"] {
                let bytes = Array(piece.utf8)
                var failure: HTTPError?
                bytes.withUnsafeBytes { buffer in do throws(HTTPError) { try write(buffer) } catch { failure = error } }
                if let failure { throw failure }
            }
        }
        let response = try client().send(HTTPRequest(.post, HTTPURL("http://\(server.host)/"), body: body))
        #expect(try text(response) == "chunked 3\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n")
    }

    @Test("follows redirects, and shows credentials to the first host only")
    func redirects() throws {
        let other = try LoopbackServer { connection, _ in
            while let request = try connection.readRequest() {
                try connection.respond("200 OK", [:], Array((request.headers["authorization"] ?? "none").utf8))
            }
        }
        let elsewhere = "http://\(other.host)/"
        let server = try LoopbackServer { connection, _ in
            while let request = try connection.readRequest() {
                switch request.path {
                case "/same": try connection.respond("307 Temporary Redirect", ["Location": "/answer"])
                case "/other": try connection.respond("302 Found", ["Location": elsewhere])
                case "/loop": try connection.respond("302 Found", ["Location": "/loop"])
                default: try connection.respond("200 OK", [:], Array((request.headers["authorization"] ?? "none").utf8))
                }
            }
        }
        let client = client()
        func get(_ path: String) throws -> String {
            var request = HTTPRequest(.get, try HTTPURL("http://\(server.host)\(path)"))
            request.headers["Authorization"] = "Basic secret"
            return try text(client.send(request))
        }
        #expect(try get("/same") == "Basic secret")
        #expect(try get("/other") == "none")
        #expect(throws: HTTPError.self) { try get("/loop") }
        let upload = HTTPRequest(.post, try HTTPURL("http://\(server.host)/other"))
        #expect(try client.send(upload).status == 302)
    }

    @Test("prefers a refusal over the broken connection that follows it")
    func earlyAnswer() throws {
        let server = try LoopbackServer { connection, _ in
            _ = try connection.readRequest()
            try connection.respond("413 Request Entity Too Large", ["Connection": "close"])
            connection.socket.finishWriting()
            Clock.sleep(milliseconds: 300)
        }
        let piece = [UInt8](repeating: 0, count: 1 << 20)
        let body = HTTPBody.sized(64 << 20) { write throws(HTTPError) in
            for _ in 0..<64 {
                var failure: HTTPError?
                piece.withUnsafeBytes { buffer in do throws(HTTPError) { try write(buffer) } catch { failure = error } }
                if let failure { throw failure }
            }
        }
        let response = try client().send(HTTPRequest(.put, HTTPURL("http://\(server.host)/"), body: body))
        #expect(response.status == 413)
    }

    @Test("gives up on a silent server")
    func silence() throws {
        let server = try LoopbackServer { connection, _ in
            _ = try connection.readRequest()
            Clock.sleep(milliseconds: 3000)
        }
        let client = client(timeouts: HTTPTimeouts(connect: 1, silence: 1))
        let error = #expect(throws: HTTPError.self) {
            try client.send(HTTPRequest(.get, HTTPURL("http://\(server.host)/")))
        }
        guard case .timedOut = error else {
            Issue.record("unexpected error \(String(describing: error))")
            return
        }
    }

    @Test("stops soon after it is cancelled")
    func cancellation() throws {
        let server = try LoopbackServer { connection, _ in
            _ = try connection.readRequest()
            Clock.sleep(milliseconds: 5000)
        }
        let deadline = Clock.monotonicNanoseconds + 300_000_000
        let client = client(isCancelled: { Clock.monotonicNanoseconds > deadline })
        #expect(throws: HTTPError.cancelled) { try client.send(HTTPRequest(.get, HTTPURL("http://\(server.host)/"))) }
        #expect(Clock.monotonicNanoseconds < deadline + 2_000_000_000)
    }

    @Test("names the address where nobody listens")
    func refused() throws {
        let port = try LoopbackServer { _, _ in }.port
        let error = #expect(throws: HTTPError.self) {
            try client().send(HTTPRequest(.get, HTTPURL("http://127.0.0.1:\(port)/")))
        }
        #expect(error.map { "\($0)" } == "dial tcp 127.0.0.1:\(port): connect: connection refused")
    }

    @Test("hands plain requests to a proxy whole, with the proxy's own credentials")
    func plainProxy() throws {
        let proxy = try LoopbackServer { connection, _ in
            while let request = try connection.readRequest() {
                let authorization = request.headers["proxy-authorization"] ?? "-"
                try connection.respond("200 OK", [:], Array("\(request.target) \(authorization)".utf8))
            }
        }
        let proxies = try ProxySettings(environment: ["HTTP_PROXY": "http://me:p%40ss@\(proxy.host)"])
        let response = try client(proxies: proxies).send(HTTPRequest(.get, HTTPURL("http://registry.test/v2/?n=1")))
        #expect(try text(response) == "http://registry.test/v2/?n=1 Basic \(Base64.encode(Array("me:p@ss".utf8)))")
    }

    @Test("refuses to send header fields that would become two")
    func injection() throws {
        var request = HTTPRequest(.get, try HTTPURL("http://127.0.0.1:1/"))
        request.headers["X"] = "a\r\nY: b"
        let server = try LoopbackServer { connection, _ in _ = try connection.readRequest() }
        request.url = try HTTPURL("http://\(server.host)/")
        let error = #expect(throws: HTTPError.self) { try client().send(request) }
        guard case .invalidRequest = error else {
            Issue.record("unexpected error \(String(describing: error))")
            return
        }
    }
}
