import POSIX
import TestSupport
import Testing

@Suite("Sockets")
struct SocketTests {
    /// Sends back all that it gets.
    private func echo(_ listener: ListeningSocket) throws -> Thread {
        try Thread {
            guard let client = try? listener.accept() else { return }
            withUnsafeTemporaryAllocation(byteCount: 65536, alignment: 1) { buffer in
                while let count = try? client.read(into: buffer, timeout: 5000), count > 0 {
                    try? client.writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count]), timeout: 5000)
                }
            }
        }
    }

    private func exchange(_ socket: Socket, _ text: String) throws -> String {
        try Array(text.utf8).withUnsafeBytes { try socket.writeAll($0, timeout: 5000) }
        socket.finishWriting()
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 100)
        while true {
            let count = try buffer.withUnsafeMutableBytes { try socket.read(into: $0, timeout: 5000) }
            if count == 0 { return String(decoding: received, as: UTF8.self) }
            received += buffer[..<count]
        }
    }

    @Test("a TCP connection by name and by number carries bytes both ways", arguments: ["127.0.0.1", "localhost"])
    func tcp(host: String) throws {
        let listener = try ListeningSocket()
        let thread = try echo(listener)
        let socket = try Socket.connectTCP(host: host, port: listener.port, timeout: 5000)
        #expect(socket.isIdle)
        #expect(try exchange(socket, "hello") == "hello")
        thread.join()
    }

    @Test("a connection to a socket in the file system carries bytes both ways")
    func unix() throws {
        let directory = try TemporaryDirectory()
        let listener = try ListeningSocket(unixPath: directory.path("socket"))
        let thread = try echo(listener)
        #expect(try exchange(Socket.connectUnix(path: directory.path("socket")), "hello") == "hello")
        thread.join()
    }

    @Test("nobody listening is reported as Go does")
    func refused() throws {
        let port = try ListeningSocket().port
        let error = #expect(throws: POSIXError.self) { _ = try Socket.connectTCP(host: "127.0.0.1", port: port) }
        #expect(try #require(error).description == "dial tcp 127.0.0.1:\(port): connect: connection refused")
        let missing = #expect(throws: POSIXError.self) { _ = try Socket.connectUnix(path: "/no/such/socket") }
        #expect(try #require(missing).description == "dial unix /no/such/socket: connect: no such file or directory")
    }

    @Test("an unknown name is reported")
    func unknownName() throws {
        let error = #expect(throws: POSIXError.self) {
            _ = try Socket.connectTCP(host: "no-such-host.invalid", port: 1)
        }
        #expect(try #require(error).description == "dial tcp: lookup no-such-host.invalid: no such host")
    }

    @Test("silence ends in a timeout, reading and writing")
    func silence() throws {
        let listener = try ListeningSocket()
        let socket = try Socket.connectTCP(host: "127.0.0.1", port: listener.port)
        var buffer = [UInt8](repeating: 0, count: 10)
        let reading = #expect(throws: POSIXError.self) {
            _ = try buffer.withUnsafeMutableBytes { try socket.read(into: $0, timeout: 20) }
        }
        #expect(reading?.errno == .timedOut)
        let writing = #expect(throws: POSIXError.self) {
            try [UInt8](repeating: 1, count: 50_000_000).withUnsafeBytes { try socket.writeAll($0, timeout: 20) }
        }
        #expect(writing?.errno == .timedOut)
    }

    @Test("writing to a peer that has gone is an error, not the end of the process")
    func brokenPipe() throws {
        let listener = try ListeningSocket()
        let socket = try Socket.connectTCP(host: "127.0.0.1", port: listener.port)
        try listener.accept().shutDown()
        let error = #expect(throws: POSIXError.self) {
            for _ in 1...100 { try [UInt8](repeating: 1, count: 100_000).withUnsafeBytes { try socket.writeAll($0) } }
        }
        #expect([.brokenPipe, .connectionReset].contains(try #require(error).errno))
    }

    @Test("a path that is too long for a socket is refused")
    func longPath() {
        let error = #expect(throws: POSIXError.self) {
            _ = try Socket.connectUnix(path: "/" + String(repeating: "x", count: 200))
        }
        #expect(error?.errno == .nameTooLong)
    }
}

@Suite(
    "Registry server of the tests",
    .enabled(if: Conditions.commandExists("docker-registry"), "needs docker-registry")
)
struct RegistryServerTests {
    @Test("it answers, asks for a password if told to, and is gone after stopping")
    func lifecycle() throws {
        let server = try RegistryServer(access: .basicAuthentication)
        let url = "http://\(server.host)/v2/"
        let code = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}"]
        #expect(try runCommand(code + [url]).output == "401")
        let user = "\(RegistryServer.userName):\(RegistryServer.password)"
        #expect(try runCommand(code + ["-u", user, url]).output == "200")
        server.stop()
        #expect(throws: POSIXError.self) { _ = try Socket.connectTCP(host: "127.0.0.1", port: server.port) }
    }
}
