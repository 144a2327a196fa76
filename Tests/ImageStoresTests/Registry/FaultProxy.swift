import POSIX
import TestSupport

/// Stands before a registry and does to chosen exchanges what networks and servers do at their worst.
final class FaultProxy: Sendable {
    /// What happens to an exchange.
    enum Fault: Sendable {
        /// The connection breaks after so many bytes of the request's body have reached the registry.
        case breakRequest(afterBodyBytes: Int)
        /// The registry does its work, but the connection breaks after so many bytes of its answer.
        case breakAnswer(afterBytes: Int)
        /// The registry is not asked; this is the answer.
        case answer(String, headers: [String: String] = [:], body: String = "")
        /// The byte at this offset of the answer's body is another one.
        case corruptBody(at: Int)
        /// A pause before each of the first pieces of the answer.
        case slowAnswer(milliseconds: Int)
        /// A header of the answer has another value.
        case changeHeader(String, to: String)
    }

    /// An exchange that went through.
    struct Exchange: Sendable {
        var method: String
        var target: String
        var authorization: String?
        var requestBytes: Int
        var answerBytes: Int
        var headers: [String: String]
    }

    fileprivate struct Rule: Sendable {
        var method: String
        var pathPart: String
        var skip: Int
        var times: Int
        var fault: Fault
    }

    private let server: LoopbackServer
    private let core: Core
    private let rules = Lock<[Rule]>([])
    private let log = Lock<[Exchange]>([])
    /// May refuse a request before anything else happens: status, headers, body.
    typealias Gate = @Sendable (ClientConnection.Request) -> (status: String, headers: [String: String], body: String)?

    fileprivate final class Core: Sendable {
        let rules: Lock<[Rule]>
        let log: Lock<[Exchange]>
        let upstreamPort: UInt16
        let gate: Gate?
        /// How many bytes of bodies without a length have gone through.
        let streamed = Lock(0)

        init(rules: Lock<[Rule]>, log: Lock<[Exchange]>, upstreamPort: UInt16, gate: Gate?) {
            (self.rules, self.log, self.upstreamPort, self.gate) = (rules, log, upstreamPort, gate)
        }
    }

    init(before upstreamPort: UInt16, gate: Gate? = nil) throws {
        let core = Core(rules: rules, log: log, upstreamPort: upstreamPort, gate: gate)
        self.core = core
        server = try LoopbackServer { connection, _ in try core.serve(connection) }
    }

    var host: String { server.host }
    var port: UInt16 { server.port }

    /// All exchanges so far, without the pings that find out how to speak to the registry.
    var exchanges: [Exchange] { log.withLock { $0 }.filter { $0.target != "/v2/" } }

    /// How many bytes of bodies without a length have gone through, also of those that are not at their end yet.
    var streamedBytes: Int { core.streamed.withLock { $0 } }

    func clearLog() { log.withLock { $0 = [] } }

    /// Plans a fault for exchanges with a method whose target contains a text.
    ///
    /// - Parameters:
    ///   - fault: what happens
    ///   - method: the method of the exchanges
    ///   - pathPart: a part of their targets
    ///   - skip: how many such exchanges go well before
    ///   - times: how many of them suffer
    func inject(_ fault: Fault, _ method: String, _ pathPart: String, skip: Int = 0, times: Int = 1) {
        rules.withLock { $0.append(Rule(method: method, pathPart: pathPart, skip: skip, times: times, fault: fault)) }
    }

    /// How many planned faults have not struck.
    var remainingFaults: Int { rules.withLock { $0.reduce(0) { $0 + $1.times } } }

    /// Forgets all planned faults.
    func clear() { rules.withLock { $0 = [] } }
}

extension FaultProxy.Core {
    private func fault(for request: ClientConnection.Request) -> FaultProxy.Fault? {
        rules.withLock { rules in
            for index in rules.indices
            where rules[index].method == request.method && request.target.contains(rules[index].pathPart) {
                if rules[index].skip > 0 {
                    rules[index].skip -= 1
                    continue
                }
                guard rules[index].times > 0 else { continue }
                rules[index].times -= 1
                return rules[index].fault
            }
            return nil
        }
    }

    fileprivate func serve(_ connection: ClientConnection) throws {
        guard let request = try connection.readRequest() else { return }
        var exchange = FaultProxy.Exchange(
            method: request.method,
            target: request.target,
            authorization: request.headers["authorization"],
            requestBytes: 0,
            answerBytes: 0,
            headers: request.headers
        )
        // Logged before the answer, so that tests see it as soon as the client has the answer.
        if let refusal = gate?(request) {
            _ = try connection.readBody(request.bodyLength)
            record(exchange)
            var headers = refusal.headers
            headers["Connection"] = "close"
            return try connection.respond(refusal.status, headers, Array(refusal.body.utf8))
        }
        let fault = fault(for: request)
        if case .answer(let status, var headers, let body) = fault {
            _ = try connection.readBody(request.bodyLength)
            record(exchange)
            headers["Connection"] = "close"
            return try connection.respond(status, headers, request.method == "HEAD" ? [] : Array(body.utf8))
        }
        let upstream = ClientConnection(
            try Socket.connectTCP(host: "127.0.0.1", port: upstreamPort, timeout: 5000)
        )
        try forward(request, from: connection, to: upstream, fault, &exchange)
        try relayAnswer(from: upstream, to: connection, fault, &exchange)
    }

    private func record(_ exchange: FaultProxy.Exchange) { log.withLock { $0.append(exchange) } }

    private func forward(
        _ request: ClientConnection.Request,
        from connection: ClientConnection,
        to upstream: ClientConnection,
        _ fault: FaultProxy.Fault?,
        _ exchange: inout FaultProxy.Exchange
    ) throws {
        // One exchange a connection keeps the proxy simple.
        try upstream.write(Array(request.head.dropLast(2)) + Array("Connection: close\r\n\r\n".utf8))
        var remaining = request.isChunked ? Int.max : request.bodyLength
        if case .breakRequest(let limit) = fault { remaining = min(remaining, limit) }
        while remaining > 0 {
            let bytes = try request.isChunked ? connection.readChunk() : connection.readSome(limit: remaining)
            if bytes.isEmpty { break }
            let size = "\(String(bytes.count, radix: 16))\r\n"
            try upstream.write(request.isChunked ? Array(size.utf8) + bytes + Array("\r\n".utf8) : bytes)
            exchange.requestBytes += bytes.count
            streamed.withLock { $0 += request.isChunked ? bytes.count : 0 }
            remaining -= bytes.count
        }
        if request.isChunked, remaining > 0 { try upstream.write("0\r\n\r\n") }
        if case .breakRequest = fault {
            record(exchange)
            connection.socket.shutDown()
            upstream.socket.shutDown()
            throw POSIXError(.brokenPipe, "proxy", "injected fault")
        }
    }

    private func relayAnswer(
        from upstream: ClientConnection,
        to connection: ClientConnection,
        _ fault: FaultProxy.Fault?,
        _ exchange: inout FaultProxy.Exchange
    ) throws {
        var answer: [UInt8] = []
        while true {
            let bytes = try upstream.readSome(limit: 1 << 20)
            if bytes.isEmpty { break }
            answer += bytes
        }
        let end = Array("\r\n\r\n".utf8)
        let headEnd = (0..<max(0, answer.count - 3)).first { Array(answer[$0..<$0 + 4]) == end }.map { $0 + 4 } ?? 0
        exchange.answerBytes = answer.count - headEnd
        record(exchange)
        switch fault {
        case .breakAnswer(let limit): answer = Array(answer.prefix(limit))
        case .corruptBody(let offset) where headEnd + offset < answer.count: answer[headEnd + offset] ^= 0x01
        case .slowAnswer(let milliseconds):
            for piece in 0..<4 {
                let size = answer.count / 4 + 1
                try connection.write(Array(answer.dropFirst(piece * size).prefix(size)))
                Clock.sleep(milliseconds: milliseconds)
            }
            return
        case .changeHeader(let name, let value):
            let head = String(decoding: answer[..<headEnd], as: UTF8.self)
            let lines = head.split(separator: "\r\n").map { line in
                line.lowercased().hasPrefix("\(name.lowercased()):") ? "\(name): \(value)" : String(line)
            }
            answer = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + answer[headEnd...]
        default: break
        }
        try connection.write(answer)
    }
}
