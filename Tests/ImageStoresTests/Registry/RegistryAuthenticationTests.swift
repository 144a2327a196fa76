import HTTP
import JSON
import OCI
import POSIX
import TestSupport
import Testing

@testable import ImageStores

@Suite("Registry with htpasswd", .enabled(if: hasRegistry, "needs docker-registry"))
struct RegistryBasicAuthenticationTests {
    let registry: RegistryServer
    let image = TestImage.random(layers: [2 << 20])

    init() throws { registry = try RegistryServer(access: .basicAuthentication) }

    @Test("shows the password, from the variable or the file")
    func accepted() throws {
        let name = "\(registry.host)/team/app"
        let store = try makeStore(basicKeychain(for: registry.host))
        try store.checkWriteAccess(name)
        #expect(try image.push([name], to: store).map(\.error) == [nil])

        let home = try TemporaryDirectory()
        let pair = Base64Text.encode("\(RegistryServer.userName):\(RegistryServer.password)")
        _ = try home.write(".docker/config.json", #"{"auths":{"\#(registry.host)/team":{"auth":"\#(pair)"}}}"#)
        let fromFile = try makeStore(Keychain.resolve(images: [name], environment: ["HOME": home.path]))
        #expect(try fromFile.open(name, platform: nil)?.layerBytes(0) == image.layers[0])
    }

    @Test("says where it looked when there is no password")
    func missing() throws {
        let home = try TemporaryDirectory()
        let store = try makeStore(Keychain.resolve(images: [], environment: ["HOME": home.path]))
        let error = #expect(throws: OCIError.self) { try store.checkReadAccess("\(registry.host)/team/app") }
        let message = error.map { "\($0)" } ?? ""
        #expect(message.contains("look for manifest \(registry.host)/team/app:latest: status 401"))
        #expect(
            message.contains("no credentials found for \(registry.host) in CNB_REGISTRY_AUTH or ~/.docker/config.json")
        )
        guard case .store(let failure) = error else {
            Issue.record("unexpected error")
            return
        }
        #expect(failure.kind == .denied)
    }

    @Test("says which password was wrong, and not what it was")
    func wrong() throws {
        let pair = Base64Text.encode("tester:wr0ng")
        let environment = ["CNB_REGISTRY_AUTH": #"{"\#(registry.host)":"Basic \#(pair)"}"#]
        let store = try makeStore(Keychain.resolve(images: [], environment: environment))
        let results = try image.push(["\(registry.host)/team/app"], to: store)
        let message = results[0].error.map { "\($0)" } ?? ""
        #expect(message.contains("with credentials of CNB_REGISTRY_AUTH"))
        #expect(!message.contains("wr0ng") && !message.contains(pair))
    }

    @Test("an image that may not be seen counts as missing, with a warning, as in the reference")
    func invisible() throws {
        let warnings = Lock<[String]>([])
        let store = try makeStore(warn: { text in warnings.withLock { $0.append(text) } })
        #expect(try store.open("\(registry.host)/team/app", platform: nil) == nil)
        #expect(warnings.withLock { $0.count } == 1)
    }
}

/// A registry that takes bearer tokens, and the server that hands them out.
private final class TokenSetting: Sendable {
    let proxy: FaultProxy
    let tokenRequests = Lock<[(request: ClientConnection.Request, body: String)]>([])
    /// What each handed-out token is good for.
    let tokens = Lock<[String: [String]]>([:])
    private let tokenServer: LoopbackServer

    /// Starts both; the token server may know only the older protocol.
    init(supportsOAuth: Bool = true) throws {
        let (requests, tokens) = (tokenRequests, tokens)
        tokenServer = try LoopbackServer { connection, _ in
            while let request = try connection.readRequest() {
                let body = String(decoding: try connection.readBody(request.bodyLength), as: UTF8.self)
                requests.withLock { $0.append((request, body)) }
                if request.method == "POST" && !supportsOAuth {
                    try connection.respond("404 Not Found")
                    continue
                }
                let parameters = request.method == "POST" ? body : String(request.target.drop { $0 != "?" }.dropFirst())
                let scopes = parameters.split(separator: "&").filter { $0.hasPrefix("scope=") }
                    .flatMap { PercentEncoding.decode($0.dropFirst(6)).split(separator: " ") }.map(String.init)
                let token = "token\(requests.withLock { $0.count })"
                tokens.withLock { $0[token] = scopes }
                try connection.respond("200 OK", [:], Array(#"{"token":"\#(token)","expires_in":300}"#.utf8))
            }
        }
        let realm = "http://\(tokenServer.host)/token"
        proxy = try FaultProxy(before: sharedRegistry().port) { request in
            var challenge = #"Bearer realm="\#(realm)",service="test-registry""#
            let parts = request.path.split(separator: "/").map(String.init)
            var needed: [String] = []
            if let end = parts.firstIndex(where: { ["manifests", "blobs"].contains($0) }) {
                let repository = parts[1..<end].joined(separator: "/")
                let reads = request.method == "GET" || request.method == "HEAD"
                needed.append("repository:\(repository):\(reads ? "pull" : "push,pull")")
                if let from = request.target.split(separator: "from=").dropFirst().first {
                    needed.append("repository:\(PercentEncoding.decode(from)):pull")
                }
                challenge += ",scope=\"\(needed.joined(separator: " "))\""
            }
            let token = request.headers["authorization"].map { String($0.dropFirst(7)) } ?? ""
            guard let granted = tokens.withLock({ $0[token] }) else {
                return ("401 Unauthorized", ["WWW-Authenticate": challenge], #"{"errors":[{"code":"UNAUTHORIZED"}]}"#)
            }
            let isGranted = needed.allSatisfy { scope in
                granted.contains(scope) || granted.contains(scope.replacing(":pull", with: ":push,pull"))
            }
            return isGranted ? nil : ("401 Unauthorized", ["WWW-Authenticate": challenge], "")
        }
    }

    func keychain(_ header: String) throws -> Keychain {
        try Keychain.resolve(images: [], environment: ["CNB_REGISTRY_AUTH": #"{"\#(proxy.host)":"\#(header)"}"#])
    }

    func requests() -> [(request: ClientConnection.Request, body: String)] { tokenRequests.withLock { $0 } }
}

@Suite("Registry with a token server", .enabled(if: hasRegistry, "needs docker-registry"))
struct RegistryTokenTests {
    let image = TestImage.random(layers: [2 << 20, 100])

    @Test("exchanges a password for tokens, and uses each token again")
    func password() throws {
        let setting = try TokenSetting()
        let pair = Base64Text.encode("me:secret")
        let store = try makeStore(setting.keychain("Basic \(pair)"))
        let name = "\(setting.proxy.host)/\(uniqueRepository())"
        #expect(try image.push([name], to: store).map(\.error) == [nil])
        #expect(try store.open(name, platform: nil)?.layerBytes(0) == image.layers[0])
        let requests = setting.requests()
        #expect(requests.allSatisfy { $0.request.headers["authorization"] == "Basic \(pair)" })
        #expect(requests.allSatisfy { $0.request.target.contains("service=test-registry") })
        #expect(requests.count <= 2, "one token for pulling and one for pushing")
        #expect(setting.proxy.exchanges.allSatisfy { $0.authorization?.hasPrefix("Bearer token") ?? false })
    }

    @Test("is anonymous where there are no credentials")
    func anonymous() throws {
        let setting = try TokenSetting()
        #expect(try makeStore().open("\(setting.proxy.host)/no/such", platform: nil) == nil)
        #expect(setting.requests().allSatisfy { $0.request.headers["authorization"] == nil })
        #expect(setting.requests().count == 1)
    }

    @Test("exchanges an identity token by the OAuth2 protocol")
    func identityToken() throws {
        let setting = try TokenSetting()
        let store = try makeStore(setting.keychain("X-Identity ref/resh"))
        let name = "\(setting.proxy.host)/\(uniqueRepository())"
        #expect(try image.push([name], to: store).map(\.error) == [nil])
        let requests = setting.requests()
        #expect(requests.allSatisfy { $0.request.method == "POST" })
        #expect(requests[0].body.contains("grant_type=refresh_token"))
        #expect(requests[0].body.contains("refresh_token=ref%2Fresh"))
        #expect(requests[0].request.headers["content-type"] == "application/x-www-form-urlencoded")
    }

    @Test("falls back to the older protocol where the newer one does not exist")
    func noOAuth() throws {
        let setting = try TokenSetting(supportsOAuth: false)
        let store = try makeStore(setting.keychain("X-Identity refresh"))
        #expect(try store.open("\(setting.proxy.host)/no/such", platform: nil) == nil)
        #expect(setting.requests().map(\.request.method) == ["POST", "GET"])
    }

    @Test("shows a registry token as it is")
    func registryToken() throws {
        let setting = try TokenSetting()
        setting.tokens.withLock { $0["ready"] = ["repository:aa/bb:pull"] }
        let store = try makeStore(setting.keychain("Bearer ready"))
        #expect(try store.open("\(setting.proxy.host)/aa/bb", platform: nil) == nil)
        #expect(setting.requests().isEmpty)
    }

    @Test("asks for both repositories of a mount")
    func mount() throws {
        let setting = try TokenSetting()
        let store = try makeStore()
        let (source, target) = (uniqueRepository(), uniqueRepository())
        try image.push(["\(setting.proxy.host)/\(source)"], to: store)
        let stored = try #require(try store.open("\(setting.proxy.host)/\(source)", platform: nil))
        let destination = try store.destination(for: "\(setting.proxy.host)/\(target)")
        for layer in stored.manifest.layers { try destination.adopt(layer, from: stored) }
        setting.proxy.clearLog()
        let results = try destination.commit(
            manifest: image.manifest.bytes,
            mediaType: .ociManifest,
            config: image.config,
            references: ["\(setting.proxy.host)/\(target)"]
        )
        #expect(results.map(\.error) == [nil])
        let scopes = setting.tokens.withLock { Array($0.values) }
        #expect(scopes.contains(["repository:\(target):push,pull", "repository:\(source):pull"]))
        #expect(setting.proxy.exchanges.reduce(0) { $0 + $1.requestBytes } < 10_000)
    }

    @Test("gets a new token when the registry no longer takes the old one")
    func expiry() throws {
        let setting = try TokenSetting()
        let store = try makeStore()
        let name = "\(setting.proxy.host)/\(uniqueRepository())"
        try image.push([name], to: store)
        setting.tokens.withLock { $0 = [:] }
        #expect(try store.open(name, platform: nil)?.layerBytes(0) == image.layers[0])
    }

    @Test(
        "does not follow a registry to a token server that could be a trap",
        arguments: [
            #"Bearer service="x""#, #"Bearer realm="ftp://auth.test/""#, #"Bearer realm="not a url""#,
            #"Bearer realm="http://[""#,
        ]
    )
    func badRealm(_ challenge: String) throws {
        let proxy = try FaultProxy(before: sharedRegistry().port) { _ in
            ("401 Unauthorized", ["WWW-Authenticate": challenge], "")
        }
        let error = #expect(throws: OCIError.self) { try makeStore().open("\(proxy.host)/aa/bb", platform: nil) }
        #expect(error.map { "\($0)".contains("realm") || "\($0)".contains("token server") } == true)
    }

    @Test(
        "a refusing or confused token server is named",
        arguments: ["401 Unauthorized", "200 OK", "500 Internal Server Error"]
    )
    func badTokenServer(_ status: String) throws {
        let server = try LoopbackServer { connection, _ in
            while try connection.readRequest() != nil { try connection.respond(status, [:], Array("{}".utf8)) }
        }
        let proxy = try FaultProxy(before: sharedRegistry().port) { _ in
            ("401 Unauthorized", ["WWW-Authenticate": "Bearer realm=\"http://\(server.host)/t\""], "")
        }
        let error = #expect(throws: OCIError.self) { try makeStore().checkWriteAccess("\(proxy.host)/aa/bb") }
        #expect(
            error.map { "\($0)".contains("get token for repository:aa/bb:") && "\($0)".contains(" of \(proxy.host)") }
                == true
        )
    }
}
