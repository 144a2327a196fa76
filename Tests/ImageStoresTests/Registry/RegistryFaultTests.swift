import Archive
import HTTP
import OCI
import POSIX
import TestSupport
import Testing

@testable import ImageStores

/// A registry behind a proxy that breaks things, with an image that a new one is to replace.
private struct Setting {
    let registry: RegistryServer
    let proxy: FaultProxy
    let store: RegistryStore
    let direct: RegistryStore
    let old = TestImage.random(layers: [2000], seed: 7)
    /// One layer that goes with the completing request, and one that is streamed.
    let new = TestImage.random(layers: [30_000, 3 << 20], seed: 8)
    let repository: String
    let name: String

    init() throws {
        registry = try sharedRegistry()
        proxy = try FaultProxy(before: registry.port)
        store = try makeStore()
        direct = try makeStore()
        repository = uniqueRepository()
        name = "\(proxy.host)/\(repository):1"
        try old.push([name], to: direct)
        proxy.clearLog()
    }

    /// The image that the tag points at, with all its layers read and verified, asked without the proxy.
    func tagged() throws -> Digest? {
        let stored = try direct.open("\(registry.host)/\(repository):1", platform: nil)
        for layer in stored?.manifest.layers ?? [] { try stored?.readBlob(layer) { _ in } }
        return stored?.manifestDigest
    }
}

/// A fault, and where it strikes.
struct PushFault: Sendable, CustomTestStringConvertible {
    let name: String
    let fault: FaultProxy.Fault
    let method: String
    let part: String
    var skip = 0
    var testDescription: String { name }
}

@Suite("Registry pushes with faults", .enabled(if: hasRegistry, "needs docker-registry"))
struct RegistryPushFaultTests {
    static let passingFaults: [PushFault] = [
        PushFault(name: "ping breaks", fault: .breakAnswer(afterBytes: 0), method: "GET", part: "/v2/"),
        PushFault(name: "look-up breaks", fault: .breakAnswer(afterBytes: 0), method: "HEAD", part: "/blobs/"),
        PushFault(
            name: "look-up breaks within the head",
            fault: .breakAnswer(afterBytes: 20),
            method: "HEAD",
            part: "/blobs/"
        ),
        PushFault(name: "look-up 500", fault: .answer("500 Internal Server Error"), method: "HEAD", part: "/blobs/"),
        PushFault(name: "start 503", fault: .answer("503 Service Unavailable"), method: "POST", part: "/uploads/"),
        PushFault(
            name: "start 429 with Retry-After",
            fault: .answer("429 Too Many Requests", headers: ["Retry-After": "1"]),
            method: "POST",
            part: "/uploads/"
        ),
        PushFault(name: "start answer lost", fault: .breakAnswer(afterBytes: 0), method: "POST", part: "/uploads/"),
        PushFault(
            name: "stream breaks at byte 0",
            fault: .breakRequest(afterBodyBytes: 0),
            method: "PATCH",
            part: "/uploads/"
        ),
        PushFault(
            name: "stream breaks at byte 1",
            fault: .breakRequest(afterBodyBytes: 1),
            method: "PATCH",
            part: "/uploads/"
        ),
        PushFault(
            name: "stream breaks in the middle",
            fault: .breakRequest(afterBodyBytes: 1_500_000),
            method: "PATCH",
            part: "/uploads/"
        ),
        PushFault(
            name: "stream breaks before the last byte",
            fault: .breakRequest(afterBodyBytes: (3 << 20) - 1),
            method: "PATCH",
            part: "/uploads/"
        ),
        PushFault(name: "stream answer lost", fault: .breakAnswer(afterBytes: 0), method: "PATCH", part: "/uploads/"),
        PushFault(name: "stream 502", fault: .answer("502 Bad Gateway"), method: "PATCH", part: "/uploads/"),
        PushFault(name: "stream 408", fault: .answer("408 Request Timeout"), method: "PATCH", part: "/uploads/"),
        PushFault(
            name: "completion breaks",
            fault: .breakRequest(afterBodyBytes: 100),
            method: "PUT",
            part: "/uploads/"
        ),
        PushFault(name: "completion answer lost", fault: .breakAnswer(afterBytes: 0), method: "PUT", part: "/uploads/"),
        PushFault(
            name: "completion 500",
            fault: .answer("500 Internal Server Error"),
            method: "PUT",
            part: "/uploads/"
        ),
        PushFault(
            name: "upload forgotten",
            fault: .answer("404 Not Found", body: #"{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN"}]}"#),
            method: "PUT",
            part: "/uploads/"
        ),
        PushFault(
            name: "manifest breaks",
            fault: .breakRequest(afterBodyBytes: 50),
            method: "PUT",
            part: "/manifests/"
        ),
        PushFault(name: "manifest answer lost", fault: .breakAnswer(afterBytes: 0), method: "PUT", part: "/manifests/"),
        PushFault(name: "manifest 504", fault: .answer("504 Gateway Timeout"), method: "PUT", part: "/manifests/"),
        PushFault(name: "slow answers", fault: .slowAnswer(milliseconds: 100), method: "POST", part: "/uploads/"),
    ]

    @Test("gets over a fault that passes", arguments: passingFaults)
    func passing(_ fault: PushFault) throws {
        let setting = try Setting()
        setting.proxy.inject(fault.fault, fault.method, fault.part, skip: fault.skip)
        let results = try setting.new.push([setting.name], to: setting.store)
        #expect(results.map(\.error) == [nil])
        #expect(setting.proxy.remainingFaults == 0)
        #expect(try setting.tagged() == Digest.of(setting.new.manifest.bytes))
    }

    static let lastingFaults: [(PushFault, expected: String)] = [
        (
            PushFault(
                name: "stream never arrives",
                fault: .breakRequest(afterBodyBytes: 9),
                method: "PATCH",
                part: "/uploads/"
            ),
            "connection lost"
        ),
        (
            PushFault(
                name: "manifest 500",
                fault: .answer("500 Internal Server Error"),
                method: "PUT",
                part: "/manifests/"
            ),
            "push manifest HOST/REPOSITORY:1: status 500 Internal Server Error"
        ),
        (
            PushFault(
                name: "quota",
                fault: .answer("403 Forbidden", body: #"{"errors":[{"code":"DENIED","message":"quota exceeded"}]}"#),
                method: "POST",
                part: "/uploads/"
            ),
            "status 403 DENIED: quota exceeded: no credentials found for HOST"
        ),
        (
            PushFault(
                name: "rate limit for an hour",
                fault: .answer("429 Too Many Requests", headers: ["Retry-After": "3600"]),
                method: "POST",
                part: "/uploads/"
            ),
            "status 429 Too Many Requests: the registry's rate limit is exhausted"
        ),
        (
            PushFault(
                name: "manifest stored wrongly",
                fault: .changeHeader("Docker-Content-Digest", to: Digest.of([1]).description),
                method: "PUT",
                part: "/manifests/"
            ),
            "the registry stored digest"
        ),
        (
            PushFault(
                name: "no place to upload to",
                fault: .changeHeader("Location", to: "ftp://nowhere"),
                method: "POST",
                part: "/uploads/"
            ),
            "invalid URL"
        ),
    ]

    @Test("says clearly what does not pass", arguments: lastingFaults)
    func lasting(_ fault: PushFault, _ expected: String) throws {
        let setting = try Setting()
        setting.proxy.inject(fault.fault, fault.method, fault.part, times: 1000)
        let results = try setting.new.push([setting.name], to: setting.store)
        let wanted = expected.replacing("HOST", with: setting.proxy.host).replacing(
            "REPOSITORY",
            with: setting.repository
        )
        let message = results[0].error.map { "\($0)" } ?? "no error"
        #expect(message.contains(wanted))
        if case .changeHeader = fault.fault, fault.part == "/manifests/" { return }
        #expect(try setting.tagged() == Digest.of(setting.old.manifest.bytes), "the tag still names the old image")
    }

    @Test("does not repeat what was refused")
    func refusedOnce() throws {
        let setting = try Setting()
        setting.proxy.inject(.answer("400 Bad Request"), "PUT", "/manifests/", times: 1000)
        #expect(try setting.new.push([setting.name], to: setting.store)[0].error != nil)
        #expect(setting.proxy.exchanges.filter { $0.method == "PUT" && $0.target.contains("/manifests/") }.count == 1)
    }

    @Test("sends large blobs in parts where a proxy limits requests")
    func tooLarge() throws {
        let registry = try RegistryServer()
        let proxy = try FaultProxy(before: registry.port) { request in
            request.bodyLength > 2 << 20 ? ("413 Request Entity Too Large", [:], "") : nil
        }
        let image = TestImage.random(layers: [5 << 20])
        let name = "\(proxy.host)/team/app"
        #expect(try image.push([name], to: makeStore()).map(\.error) == [nil])
        #expect(proxy.exchanges.filter { $0.method == "PATCH" && $0.requestBytes > 0 }.count >= 3)
    }
}

@Suite("Registry pulls with faults", .enabled(if: hasRegistry, "needs docker-registry"))
struct RegistryPullFaultTests {
    static let passingFaults: [PushFault] = [
        PushFault(name: "manifest breaks", fault: .breakAnswer(afterBytes: 300), method: "GET", part: "/manifests/"),
        PushFault(
            name: "manifest 500",
            fault: .answer("500 Internal Server Error"),
            method: "GET",
            part: "/manifests/"
        ),
        PushFault(name: "manifest corrupted", fault: .corruptBody(at: 30), method: "GET", part: "/manifests/"),
        PushFault(name: "blob refused once", fault: .answer("429 Too Many Requests"), method: "GET", part: "/blobs/"),
        PushFault(name: "config breaks", fault: .breakAnswer(afterBytes: 400), method: "GET", part: "/blobs/"),
        PushFault(
            name: "blob breaks within the head",
            fault: .breakAnswer(afterBytes: 30),
            method: "GET",
            part: "/blobs/",
            skip: 1
        ),
        PushFault(
            name: "blob breaks early",
            fault: .breakAnswer(afterBytes: 1000),
            method: "GET",
            part: "/blobs/",
            skip: 2
        ),
        PushFault(
            name: "blob breaks late",
            fault: .breakAnswer(afterBytes: 3 << 20),
            method: "GET",
            part: "/blobs/",
            skip: 2
        ),
        PushFault(name: "slow blob", fault: .slowAnswer(milliseconds: 100), method: "GET", part: "/blobs/", skip: 2),
    ]

    @Test("gets over a fault that passes", arguments: passingFaults)
    func passing(_ fault: PushFault) throws {
        let setting = try Setting()
        try setting.new.push([setting.name], to: setting.direct)
        setting.proxy.inject(fault.fault, fault.method, fault.part, skip: fault.skip)
        let stored = try #require(try setting.store.open(setting.name, platform: nil))
        for index in setting.new.layers.indices { #expect(try stored.layerBytes(index) == setting.new.layers[index]) }
        #expect(setting.proxy.remainingFaults == 0)
    }

    @Test("continues a broken blob where it broke off, again and again")
    func resumes() throws {
        let setting = try Setting()
        try setting.new.push([setting.name], to: setting.direct)
        let stored = try #require(try setting.store.open(setting.name, platform: nil))
        setting.proxy.clearLog()
        // More breaks than a request has attempts: what counts is that there is progress.
        setting.proxy.inject(.breakAnswer(afterBytes: 400_000), "GET", "/blobs/", times: 7)
        #expect(try stored.layerBytes(1) == setting.new.layers[1])
        let ranges = setting.proxy.exchanges.compactMap { $0.headers["range"] }
        #expect(ranges.count == 7)
        #expect(Set(ranges).count == 7)
    }

    @Test("notices every corrupted byte", arguments: [0, 1, 1_000_000, (3 << 20) - 1])
    func corrupted(_ offset: Int) throws {
        let setting = try Setting()
        try setting.new.push([setting.name], to: setting.direct)
        let stored = try #require(try setting.store.open(setting.name, platform: nil))
        setting.proxy.inject(.corruptBody(at: offset), "GET", "/blobs/")
        let error = #expect(throws: OCIError.self) { try stored.layerBytes(1) }
        guard case .digestMismatch = error else {
            Issue.record("unexpected error \(String(describing: error))")
            return
        }
    }

    @Test("a blob of another length than its descriptor says is an error")
    func wrongLength() throws {
        let setting = try Setting()
        let stored = try #require(try setting.store.open(setting.name, platform: nil))
        setting.proxy.inject(.answer("200 OK", body: String(repeating: "x", count: 5000)), "GET", "/blobs/", times: 9)
        #expect(throws: OCIError.self) { try stored.layerBytes(0) }
        setting.proxy.clear()
        setting.proxy.inject(.answer("200 OK", body: "short"), "GET", "/blobs/", times: 9)
        #expect(throws: OCIError.self) { try stored.layerBytes(0) }
    }

    @Test("a lost blob is named")
    func lost() throws {
        let setting = try Setting()
        let stored = try #require(try setting.store.open(setting.name, platform: nil))
        setting.proxy.inject(.answer("404 Not Found"), "GET", "/blobs/")
        #expect(
            throws: OCIError.blobNotFound(
                digest: stored.manifest.layers[0].digest,
                image: "\(setting.proxy.host)/\(setting.repository)"
            )
        ) { try stored.layerBytes(0) }
    }

    @Test("a registry that always names another digest is not believed")
    func wrongDigest() throws {
        let setting = try Setting()
        setting.proxy.inject(
            .changeHeader("Docker-Content-Digest", to: Digest.of([1]).description),
            "GET",
            "/manifests/",
            times: 99
        )
        let error = #expect(throws: OCIError.self) { try setting.store.open(setting.name, platform: nil) }
        #expect(error.map { "\($0)".contains("expected digest \(Digest.of([1]))") } == true)
    }

    @Test("follows a blob to another host, without credentials")
    func redirect() throws {
        let registry = try RegistryServer(access: .basicAuthentication)
        let proxy = try FaultProxy(before: registry.port)
        let keychain = try basicKeychain(for: proxy.host)
        let store = try makeStore(keychain)
        let image = TestImage.random(layers: [50_000])
        try image.push(["\(proxy.host)/team/app"], to: store)
        let layer = image.layers[0]
        let seen = Lock<[String]>([])
        let bucket = try LoopbackServer { connection, _ in
            while let request = try connection.readRequest() {
                seen.withLock { $0.append(request.headers["authorization"] ?? "none") }
                try connection.respond("200 OK", [:], layer)
            }
        }
        let stored = try #require(try store.open("\(proxy.host)/team/app", platform: nil))
        proxy.inject(
            .answer("307 Temporary Redirect", headers: ["Location": "http://\(bucket.host)/x?sig=y"]),
            "GET",
            "/blobs/"
        )
        #expect(try stored.layerBytes(0) == layer)
        #expect(seen.withLock { $0 } == ["none"])
    }

    @Test("gives up on a registry that falls silent", .timeLimit(.minutes(1)))
    func silent() throws {
        let server = try LoopbackServer { connection, _ in
            _ = try connection.readRequest()
            Clock.sleep(milliseconds: 8000)
        }
        var options = RegistryStore.Options()
        options.retries.attempts = 1
        options.timeouts.silence = 1
        let store = try RegistryStore(keychain: .anonymous, environment: [:], options: options)
        let error = #expect(throws: OCIError.self) { try store.open("\(server.host)/team/app", platform: nil) }
        #expect(error.map { "\($0)".contains("no progress in 1s") } == true)
    }

    /// A registry that answers a ping, and then sends an answer in pieces, each after a pause.
    private static func dripping(_ head: String, piece: Int, pause: Int) throws -> LoopbackServer {
        try LoopbackServer { connection, _ in
            while let request = try connection.readRequest() {
                if request.target == "/v2/" {
                    try connection.respond("200 OK", [:], [])
                    continue
                }
                try connection.write(head)
                while true {
                    Clock.sleep(milliseconds: pause)
                    try connection.write([UInt8](repeating: UInt8(ascii: " "), count: piece))
                }
            }
        }
    }

    @Test(
        "gives up on a registry that drips, without a second try",
        .timeLimit(.minutes(1)),
        arguments: [
            // A byte now and then: below the least rate.
            (piece: 1, pause: 100, pace: HTTPPace(answer: 60, leastRate: 1024, window: 2)),
            // Fast enough, but a manifest must be there within its time.
            (piece: 4096, pause: 100, pace: HTTPPace(answer: 2, leastRate: 1024, window: 60)),
        ]
    )
    func dripping(_ piece: Int, _ pause: Int, _ pace: HTTPPace) throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\nContent-Type: application/json\r\n\r\n"
        let server = try Self.dripping(head, piece: piece, pause: pause)
        var options = RegistryStore.Options()
        options.pace = pace
        let store = try RegistryStore(keychain: .anonymous, environment: [:], options: options)
        let start = Clock.monotonicNanoseconds
        let error = #expect(throws: OCIError.self) { try store.open("\(server.host)/team/app", platform: nil) }
        #expect(error.map { "\($0)".contains("too slow: no more than") } == true)
        #expect(Clock.monotonicNanoseconds - start < 20_000_000_000)
    }

    @Test("gives up on a registry that takes a blob in drops", .timeLimit(.minutes(1)))
    func slowReader() throws {
        let server = try LoopbackServer { connection, _ in
            while let request = try connection.readRequest() {
                guard request.method == "GET" else {
                    // Reads so little that the socket's buffers stay full.
                    while try !connection.readSome(limit: 1 << 16).isEmpty { Clock.sleep(milliseconds: 200) }
                    return
                }
                try connection.respond("200 OK", [:], [])
            }
        }
        let pace = HTTPPace(answer: 60, leastRate: 1 << 20, window: 2)
        let client = HTTPClient(.init(connect: SocketTransport.tcp(pace: pace), pace: pace))
        let body = HTTPBody.bytes([UInt8](repeating: 0, count: 64 << 20))
        let url = try HTTPURL("http://\(server.host)/upload")
        let error = #expect(throws: HTTPError.self) { try client.send(HTTPRequest(.put, url, body: body)) }
        #expect(error?.isTooSlow == true)
    }

    @Test("a slow reader of a body is not taken for a slow registry")
    func slowConsumer() throws {
        let content = [UInt8](repeating: 7, count: 100_000)
        let server = try LoopbackServer { connection, _ in
            guard try connection.readRequest() != nil else { return }
            try connection.respond("200 OK", ["Connection": "close"], content)
        }
        let pace = HTTPPace(answer: 1, leastRate: 1 << 20, window: 1)
        let client = HTTPClient(.init(connect: SocketTransport.tcp(pace: pace), pace: pace))
        let response = try client.send(HTTPRequest(.get, HTTPURL("http://\(server.host)/blob")))
        var count = 0
        while let bytes = try response.nextBytes() {
            count += bytes.count
            Clock.sleep(milliseconds: 700)
        }
        #expect(count == content.count)
    }
}

/// A keychain with the test user's password for a host.
func basicKeychain(for host: String) throws -> Keychain {
    let pair = Base64Text.encode("\(RegistryServer.userName):\(RegistryServer.password)")
    return try Keychain.resolve(images: [], environment: ["CNB_REGISTRY_AUTH": #"{"\#(host)":"Basic \#(pair)"}"#])
}
