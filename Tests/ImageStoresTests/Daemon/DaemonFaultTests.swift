import Archive
import OCI
import POSIX
import TestSupport
import Testing

@testable import ImageStores

@Suite("Faults of daemons")
struct DaemonFaultTests {
    @Test("a load that fails says what the daemon says", arguments: LoadFault.allCases)
    func failedLoad(_ fault: LoadFault) throws {
        let daemon = try FakeDaemon(FakeDaemon.Behaviour(load: fault.answer))
        let error = try #require(throws: OCIError.self) { _ = try daemon.save() }
        guard case .store(let failure) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(failure.message.contains("loading image \"test/app\""))
        #expect(failure.message.contains(fault.expectedText), "\(failure.message)")
        #expect(failure.kind == (fault == .connectionClosed ? .unreachable : .other))
    }

    enum LoadFault: String, CaseIterable, Sendable {
        case connectionClosed, errorInStream, earlyError, garbage, status

        /// What the message has to have.
        var expectedText: String {
            switch self {
            case .connectionClosed: "connection lost"
            case .errorInStream, .earlyError: "no space left on device"
            case .garbage: "parsing daemon response"
            case .status: "server is ill"
            }
        }

        @Sendable func answer(_ connection: ClientConnection, _ attempt: Int) throws {
            let error = Array(#"{"errorDetail":{"message":"no space left on device"},"error":"x"}"#.utf8)
            switch self {
            case .connectionClosed:
                _ = try connection.readBody(1000)
                throw POSIXError(.connectionReset, "read")
            case .errorInStream:
                _ = try FakeDaemon.readChunkedBody(connection)
                try connection.respond("200 OK", [:], Array("{\"stream\":\"Loading\"}\r\n".utf8) + error)
            case .earlyError:
                _ = try connection.readBody(1000)
                try connection.respond("200 OK", ["Connection": "close"], error)
                // A daemon waits a little, so that its answer is not lost with the connection.
                Clock.sleep(milliseconds: 100)
                throw POSIXError(.connectionReset, "read")
            case .garbage:
                _ = try FakeDaemon.readChunkedBody(connection)
                try connection.respond("200 OK", [:], [0xFF, 0x00, 0x7B])
            case .status:
                _ = try FakeDaemon.readChunkedBody(connection)
                let body = Array(#"{"message":"server is ill"}"#.utf8)
                try connection.respond("500 Internal Server Error", [:], body)
            }
        }
    }

    @Test("a daemon that understands no omitted layers is sent them all", arguments: [false, true])
    func sendsAllLayers(closesConnection: Bool) throws {
        let bodies = Lock<[[UInt8]]>([])
        var behaviour = FakeDaemon.Behaviour(savedImage: try Self.legacyImage())
        behaviour.load = { connection, attempt in
            let body = try FakeDaemon.readChunkedBody(connection)
            bodies.withLock { $0.append(body) }
            if closesConnection, attempt == 1 { throw POSIXError(.connectionReset, "read") }
            let answer = attempt == 1 ? #"{"error":"invalid tar header"}"# : #"{"stream":"Loaded"}"#
            try connection.respond("200 OK", [:], Array(answer.utf8))
        }
        let daemon = try FakeDaemon(behaviour)
        #expect(try daemon.save()[0].error == nil)
        let layers = try bodies.withLock { try $0.map(Self.entries) }
        #expect(layers.count == 2)
        #expect(layers[0]["blank_0"]?.isEmpty == true)
        #expect(layers[1]["/\(FakeDaemon.diffID).tar"] == FakeDaemon.layer)
    }

    @Test("containerd is sent all layers from the start")
    func containerd() throws {
        let daemon = try FakeDaemon(
            FakeDaemon.Behaviour(usesContainerd: true, savedImage: try Self.layoutImage(compressed: true))
        )
        _ = try daemon.save()
        #expect(daemon.requests.filter { $0.hasPrefix("POST") && $0.contains("/load") }.count == 1)
        #expect(daemon.requests.contains { $0.hasSuffix("/get") })
    }

    @Test("layers are found in images of old and new daemons, compressed or not", arguments: 0..<3)
    func savedFormats(_ format: Int) throws {
        let saved =
            format == 0 ? try Self.legacyImage() : try Self.layoutImage(compressed: format == 2)
        let image = try FakeDaemon(FakeDaemon.Behaviour(savedImage: saved)).open()
        var bytes: [UInt8] = []
        try image.readBlob(image.manifest.layers[0]) { bytes.append(contentsOf: $0) }
        #expect(bytes == FakeDaemon.layer)
    }

    @Test("an image that comes damaged is an error, not a layer", arguments: 0..<3)
    func damagedImage(_ kind: Int) throws {
        let whole = try Self.legacyImage()
        let saved = [Array(whole.prefix(1100)), [UInt8](repeating: 0x41, count: 5000), []][kind]
        let image = try FakeDaemon(FakeDaemon.Behaviour(savedImage: saved)).open()
        #expect(throws: OCIError.self) { try image.readBlob(image.manifest.layers[0]) { _ in } }
    }

    @Test(
        "the newest version that both sides know is spoken",
        arguments: [("1.41", "1.41"), ("1.99", "1.51"), ("nonsense", "1.24"), (nil, "1.24")] as [(String?, String)]
    )
    func versions(offered: String?, spoken: String) throws {
        let daemon = try FakeDaemon(FakeDaemon.Behaviour(version: offered))
        _ = try daemon.open()
        let inspections = daemon.requests.filter { $0.contains("/json") }
        #expect(inspections.allSatisfy { $0.hasPrefix("GET /v\(spoken)/images/test/base/json") })
        // Daemons that keep images for several platforms are asked for ours.
        #expect(inspections.contains { $0.contains("?platform=") } == (spoken == "1.51"))
    }

    // MARK: - Saved images

    private static func archive(_ files: [(String, [UInt8])]) throws -> [UInt8] {
        let sink = MemorySink()
        var writer = TarWriter(sink)
        for (name, content) in files {
            try writer.add(TarHeader(name: Array(name.utf8), kind: .file, mode: 0o644), content: content)
        }
        try writer.finish()
        return sink.bytes
    }

    /// As daemons before version 25 have it, where nothing but the manifest says which layer is which.
    private static func legacyImage() throws -> [UInt8] {
        try archive([
            ("abc/VERSION", Array("1.0".utf8)), ("abc/json", Array("{}".utf8)), ("abc/layer.tar", FakeDaemon.layer),
            ("manifest.json", Array(#"[{"Config":"x.json","Layers":["abc/layer.tar"]}]"#.utf8)),
        ])
    }

    /// As newer daemons have it.
    private static func layoutImage(compressed: Bool) throws -> [UInt8] {
        var layer = FakeDaemon.layer
        if compressed {
            let sink = MemorySink()
            _ = try LayerEngine(pool: CompressionPool(threads: 0)).compress(MemorySource(layer), to: sink)
            layer = sink.bytes
        }
        return try archive([
            ("blobs/sha256/\(Digest.of(layer).hex)", layer), ("blobs/sha256/\(Digest.of([]).hex)", Array("{}".utf8)),
            ("index.json", Array("{}".utf8)), ("oci-layout", Array("{}".utf8)),
        ])
    }

    /// The files of a tar.
    private static func entries(_ bytes: [UInt8]) throws -> [String: [UInt8]] {
        var reader = TarReader(MemorySource(bytes))
        var entries: [String: [UInt8]] = [:]
        while let header = try reader.next() {
            entries[header.displayName] = try reader.readContent(limit: 1 << 26)
        }
        return entries
    }
}

@Suite("Finding the daemon")
struct DaemonEndpointTests {
    @Test(
        "an address that can't be used is refused with a reason",
        arguments: [
            ("docker.sock", "expected unix://PATH or tcp://HOST:PORT"), ("unix://", "nothing after ://"),
            ("ssh://me@host", "ssh:// is not supported"), ("tcp://a b", "unable to parse docker host"),
        ]
    )
    func refused(host: String, reason: String) throws {
        let error = try #require(throws: OCIError.self) { try DaemonStore(environment: ["DOCKER_HOST": host]) }
        #expect("\(error)".contains(reason), "\(error)")
    }

    @Test("a missing socket shows when an image is needed, and the message says what to do")
    func missingSocket() throws {
        let store = try DaemonStore(environment: ["DOCKER_HOST": "unix:///nowhere/docker.sock"])
        let error = try #require(throws: OCIError.self) { try store.open("app", platform: nil) }
        #expect("\(error)".contains("cannot connect to the Docker daemon at unix:///nowhere/docker.sock"))
        #expect("\(error)".contains("mount the daemon's socket"))
    }

    @Test("a socket of root's where nobody listens is an error at once", .enabled(if: Conditions.isRoot))
    func deadSocket() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("docker.sock")
        do {
            let listening = try ListeningSocket(unixPath: path)
            listening.shutDown()
        }
        let error = try #require(throws: OCIError.self) {
            try DaemonStore(environment: ["DOCKER_HOST": "unix://\(path)"])
        }
        #expect("\(error)".contains("failed to connect to docker socket"))
        #expect("\(error)".contains("is the docker daemon running?"))
    }

    @Test("TLS needs the certificates that it is told of")
    func certificates() throws {
        let environment = [
            "DOCKER_HOST": "tcp://127.0.0.1:1", "DOCKER_CERT_PATH": "/nowhere", "DOCKER_TLS_VERIFY": "1",
        ]
        let error = try #require(throws: OCIError.self) { try DaemonStore(environment: environment) }
        #expect("\(error)".contains("certificates for the docker daemon"), "\(error)")
        #expect("\(error)".contains("/nowhere/ca.pem"), "\(error)")
    }
}
