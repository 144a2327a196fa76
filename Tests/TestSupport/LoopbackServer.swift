public import POSIX

/// A server on a free port of this machine that does with each connection what a test says; stopped when the last
/// reference goes away.
public final class LoopbackServer: Sendable {
    /// Serves one connection; it is closed when this returns.
    ///
    /// The number counts connections from 0.
    public typealias Handler = @Sendable (_ connection: ClientConnection, _ number: Int) throws -> Void

    private let listening: ListeningSocket

    /// Starts to serve, each connection with a thread of its own.
    /// - Parameter handler: Serves one connection; what it throws only ends that connection.
    /// - Throws: When the system has no room.
    public init(_ handler: @escaping Handler) throws(POSIXError) {
        let listening = try ListeningSocket()
        self.listening = listening
        try Thread {
            var number = 0
            while let socket = try? listening.accept() {
                let current = number
                number += 1
                let thread = try? Thread {
                    try? handler(ClientConnection(socket), current)
                    socket.shutDown()
                }
                thread?.detach()
            }
        }.detach()
    }

    deinit { stop() }

    /// The port on 127.0.0.1.
    public var port: UInt16 { listening.port }
    /// Host and port, as URLs have them.
    public var host: String { "127.0.0.1:\(port)" }

    /// Ends listening.
    public func stop() { listening.shutDown() }
}

/// A server's side of a connection: reads requests and writes whatever a test wants.
public final class ClientConnection: @unchecked Sendable {
    /// A request as it was received.
    public struct Request: Sendable {
        /// The method.
        public var method: String
        /// What follows the method in the first line.
        public var target: String
        /// The fields, by names in lower case.
        public var headers: [String: String]
        /// The head with the empty line after it.
        public var head: [UInt8]
        /// The length that the head declares for the body.
        public var bodyLength: Int { Int(headers["content-length"] ?? "0") ?? 0 }
        /// Whether the body comes in chunks, without a length.
        public var isChunked: Bool { headers["transfer-encoding"] == "chunked" }
        /// The target without its query.
        public var path: String { String(target.prefix { $0 != "?" }) }
    }

    /// The socket.
    public let socket: Socket
    private var pending: [UInt8] = []

    /// Wraps a socket, used by one thread.
    public init(_ socket: Socket) { self.socket = socket }

    /// Reads the head of the next request.
    /// - Returns: The request, nil when the client has closed the connection.
    /// - Throws: When the connection breaks.
    public func readRequest() throws -> Request? {
        while true {
            if let end = Self.endOfHead(pending) {
                let head = Array(pending[..<end])
                pending.removeFirst(end)
                return Self.parse(head)
            }
            let more = try read()
            if more.isEmpty { return nil }
            pending += more
        }
    }

    /// Reads some bytes of the body.
    /// - Parameter limit: The largest number of bytes.
    /// - Returns: The bytes, none when the client has closed the connection.
    /// - Throws: When the connection breaks.
    public func readSome(limit: Int) throws -> [UInt8] {
        if pending.isEmpty { pending = try read() }
        let bytes = Array(pending.prefix(limit))
        pending.removeFirst(bytes.count)
        return bytes
    }

    /// Reads the next chunk of a body that comes in chunks.
    /// - Returns: Its bytes; none after the last one, and when the client has closed the connection.
    /// - Throws: When the connection breaks.
    public func readChunk() throws -> [UInt8] {
        var line = ""
        while !line.hasSuffix("\r\n") {
            guard let byte = try readSome(limit: 1).first else { return [] }
            line.unicodeScalars.append(Unicode.Scalar(byte))
        }
        let bytes = try readBody(Int(line.dropLast(), radix: 16) ?? 0)
        _ = try readBody(2)
        return bytes
    }

    /// Reads a whole body.
    /// - Parameter count: Its length.
    /// - Returns: The body, shorter when the client has closed the connection.
    /// - Throws: When the connection breaks.
    public func readBody(_ count: Int) throws -> [UInt8] {
        var body: [UInt8] = []
        while body.count < count {
            let bytes = try readSome(limit: count - body.count)
            if bytes.isEmpty { break }
            body += bytes
        }
        return body
    }

    /// Writes text.
    /// - Parameter text: What to write.
    /// - Throws: When the connection breaks.
    public func write(_ text: String) throws { try write(Array(text.utf8)) }

    /// Writes bytes.
    /// - Parameter bytes: What to write.
    /// - Throws: When the connection breaks.
    public func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try socket.writeAll($0, timeout: 10_000) }
    }

    /// Writes a response with its length.
    /// - Parameters:
    ///   - status: The status and what it is called.
    ///   - headers: Further fields.
    ///   - body: The body.
    /// - Throws: When the connection breaks.
    public func respond(_ status: String, _ headers: [String: String] = [:], _ body: [UInt8] = []) throws {
        var text = "HTTP/1.1 \(status)\r\n"
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { text += "\(name): \(value)\r\n" }
        try write(Array("\(text)Content-Length: \(body.count)\r\n\r\n".utf8) + body)
    }

    private func read() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = try buffer.withUnsafeMutableBytes { try socket.read(into: $0, timeout: 10_000) }
        return Array(buffer.prefix(count))
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        let end = Array("\r\n\r\n".utf8)
        guard bytes.count >= end.count else { return nil }
        return (0...bytes.count - end.count).first { Array(bytes[$0..<$0 + end.count]) == end }.map { $0 + end.count }
    }

    private static func parse(_ head: [UInt8]) -> Request? {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let first = lines.first?.split(separator: " ") ?? []
        guard first.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            headers[line[..<colon].lowercased()] = String(value)
        }
        return Request(method: String(first[0]), target: String(first[1]), headers: headers, head: head)
    }
}
