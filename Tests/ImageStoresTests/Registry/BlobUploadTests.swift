import Archive
import OCI
import POSIX
import TestSupport
import Testing

@testable import ImageStores

/// A registry of one upload, which remembers how far it got.
private final class UploadServer: Sendable {
    /// What the server holds, and what it does wrong.
    struct State: Sendable {
        var received: [UInt8] = []
        var requests: [String] = []
        var isComplete = false
        /// After so many more bytes the connection breaks; each number is used once.
        var breaks: [Int] = []
        /// The largest part that is accepted, and announced.
        var chunkLimit: Int?
    }

    let state: Lock<State>
    private let server: LoopbackServer

    init(_ initial: State) throws {
        let state = Lock(initial)
        self.state = state
        server = try LoopbackServer { connection, _ in
            while let request = try connection.readRequest() {
                let range = request.headers["content-range"].map { " \($0)" } ?? ""
                state.withLock { $0.requests.append("\(request.method) \(request.path)\(range)") }
                try Self.serve(request, connection, state)
            }
        }
    }

    var host: String { server.host }

    private static func serve(
        _ request: ClientConnection.Request,
        _ connection: ClientConnection,
        _ state: Lock<State>
    ) throws {
        func progress() -> [String: String] {
            let last = max(0, state.withLock { $0.received.count } - 1)
            return ["Location": "/upload/next?state=\(last)", "Range": "0-\(last)"]
        }
        switch (request.method, request.path) {
        case ("GET", "/v2/"): try connection.respond("200 OK")
        case ("HEAD", _): try connection.respond(state.withLock { $0.isComplete } ? "200 OK" : "404 Not Found")
        case ("POST", _):
            state.withLock { $0.received = [] }
            var headers = ["Location": "/upload/first"]
            if let limit = state.withLock({ $0.chunkLimit }) { headers["OCI-Chunk-Max-Length"] = "\(limit)" }
            try connection.respond("202 Accepted", headers)
        case ("GET", _): try connection.respond("204 No Content", progress())
        case ("PATCH", _), ("PUT", _):
            let start = request.headers["content-range"]?.split(separator: "-").first.flatMap { Int($0) } ?? 0
            let expected = state.withLock { $0.received.count }
            let limit = state.withLock { $0.chunkLimit } ?? .max
            if request.method == "PATCH", start != expected || request.bodyLength > limit {
                _ = try connection.readBody(request.bodyLength)
                return try connection.respond("416 Requested Range Not Satisfiable", progress())
            }
            let stop = state.withLock { $0.breaks.isEmpty ? nil : $0.breaks.removeFirst() }
            let body = try connection.readBody(min(request.bodyLength, stop ?? .max))
            state.withLock { $0.received += body }
            if stop != nil { throw POSIXError(.brokenPipe, "test", "injected fault") }
            if request.method == "PUT" { state.withLock { $0.isComplete = true } }
            try connection.respond(request.method == "PUT" ? "201 Created" : "202 Accepted", progress())
        default: try connection.respond("204 No Content")
        }
    }
}

@Suite("Blob uploads")
struct BlobUploadTests {
    private let content = TestImage.random(layers: [5 << 20]).layers[0]

    /// Uploads the content.
    private func upload(to server: UploadServer) throws {
        let spool = BlobSpool(directory: "/tmp")
        try spool.add(content)
        let client = try makeStore().client(for: ImageReference("\(server.host)/team/app"))
        var upload = BlobUpload(spool, digest: .of(content), to: "team/app", client: client, isCancelled: { false })
        try upload.run()
    }

    @Test("sends a large blob as one stream")
    func stream() throws {
        let server = try UploadServer(UploadServer.State())
        try upload(to: server)
        let state = server.state.withLock { $0 }
        #expect(state.received == content)
        #expect(
            state.requests.dropFirst() == [
                "POST /v2/team/app/blobs/uploads/", "PATCH /upload/first", "PUT /upload/next",
            ]
        )
    }

    @Test("continues a broken stream where it broke off, as often as there is progress")
    func resume() throws {
        let server = try UploadServer(
            UploadServer.State(breaks: [1_000_000, 2, 500_000, 1, 100_000, 100_000, 100_000])
        )
        try upload(to: server)
        let state = server.state.withLock { $0 }
        #expect(state.received == content)
        #expect(state.requests.filter { $0.hasPrefix("POST") }.count == 1)
        #expect(state.requests.contains("PATCH /upload/next 1000000-\(content.count - 1)"))
    }

    @Test("sends parts of the size that the registry announces")
    func chunks() throws {
        let server = try UploadServer(UploadServer.State(chunkLimit: 2 << 20))
        try upload(to: server)
        let state = server.state.withLock { $0 }
        #expect(state.received == content)
        #expect(
            state.requests.filter { $0.hasPrefix("PATCH") } == [
                "PATCH /upload/first 0-2097151", "PATCH /upload/next 2097152-4194303",
                "PATCH /upload/next 4194304-5242879",
            ]
        )
    }

    @Test("gives up on a registry that never gets any further")
    func noProgress() throws {
        let server = try UploadServer(UploadServer.State(breaks: [Int](repeating: 0, count: 1000)))
        let error = #expect(throws: RegistryError.self) { try upload(to: server) }
        #expect(error.map { "\($0)".contains("connection lost") || "\($0)".contains("EOF") } == true)
        #expect(server.state.withLock { !$0.isComplete })
    }

    @Test("stops when it is cancelled")
    func cancelled() throws {
        let server = try UploadServer(UploadServer.State())
        let spool = BlobSpool(directory: "/tmp")
        try spool.add(content)
        let client = try makeStore().client(for: ImageReference("\(server.host)/team/app"))
        var upload = BlobUpload(spool, digest: .of(content), to: "team/app", client: client, isCancelled: { true })
        #expect(throws: RegistryError.self) { try upload.run() }
        #expect(server.state.withLock { !$0.isComplete })
    }
}

@Suite("Blob spool")
struct BlobSpoolTests {
    @Test("gives back any part, from memory as from its file", arguments: [10, 300_000, 3 << 20, 15 << 20])
    func parts(_ size: Int) throws {
        let directory = try TemporaryDirectory()
        let content = TestImage.random(layers: [size]).layers[0]
        let spool = BlobSpool(directory: directory.path)
        for start in stride(from: 0, to: size, by: 99_999) {
            try spool.add(Array(content[start..<min(start + 99_999, size)]))
        }
        #expect(spool.size == size)
        for range in [0..<size, 0..<1, size / 3..<size / 2, size..<size] {
            var read: [UInt8] = []
            try spool.read(
                range,
                { (bytes: UnsafeRawBufferPointer) throws(OCIError) in read += bytes },
                failing: { _ in .noLayers(image: "") }
            )
            #expect(read == Array(content[range]))
        }
        #expect(try FileSystem.list(directory.path).isEmpty, "the file has no name")
    }

    @Test("says where it cannot make its file")
    func noDirectory() throws {
        let spool = BlobSpool(directory: "/nowhere")
        let error = #expect(throws: OCIError.self) { try spool.add([UInt8](repeating: 0, count: 13 << 20)) }
        #expect(error.map { "\($0)".contains("/nowhere/") } == true)
    }
}
