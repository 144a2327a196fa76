import HTTP
import OCI
import POSIX
import TestSupport
import Testing

@testable import ImageStores

/// Base64 of texts.
enum Base64Text {
    static func encode(_ text: String) -> String { Base64.encode(Array(text.utf8)) }
}

@Suite("Keychain")
struct KeychainTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func keychain(
        _ images: [String] = [],
        config: String? = nil,
        auth: String? = nil,
        more: [String: String] = [:]
    ) throws -> Keychain {
        var environment = more
        environment["HOME"] = directory.path
        if let config { _ = try directory.write(".docker/config.json", config) }
        if let auth { environment["CNB_REGISTRY_AUTH"] = auth }
        return try Keychain.resolve(images: images, environment: environment)
    }

    private func credential(_ keychain: Keychain, _ image: String) throws -> Credential? {
        try keychain.credential(for: ImageReference(image))?.credential
    }

    @Test("reads all kinds of values from CNB_REGISTRY_AUTH, in any case of the scheme")
    func environmentKinds() throws {
        let keychain = try keychain(
            auth: #"{"a.test":"Basic dTpw","b.test:5000":"bearer tok en","https://c.test/v1/":"X-Identity refresh"}"#
        )
        #expect(try credential(keychain, "a.test/app/x") == .basic("dTpw"))
        #expect(try credential(keychain, "b.test:5000/app") == .registryToken("tok en"))
        #expect(try credential(keychain, "c.test/app/y:1") == .identityToken("refresh"))
        #expect(try credential(keychain, "b.test/app") == nil)
        #expect(try keychain.credential(for: ImageReference("a.test/app"))?.source == "CNB_REGISTRY_AUTH")
    }

    @Test(
        "knows Docker Hub by all its names",
        arguments: ["docker.io", "index.docker.io", "https://index.docker.io/v1/", "registry-1.docker.io"]
    )
    func dockerHub(_ name: String) throws {
        let keychain = try keychain(auth: #"{"\#(name)":"Basic dTpw"}"#)
        for image in ["ubuntu", "docker.io/team/app", "index.docker.io/team/app"] {
            #expect(try credential(keychain, image) == .basic("dTpw"))
        }
    }

    @Test("takes the longest path that matches")
    func longestPath() throws {
        let auth = #"{"r.test":"Basic cm9vdDo=","r.test/team":"Basic dGVhbTo=","r.test/team/app":"Basic YXBwOg=="}"#
        let keychain = try keychain(auth: auth)
        #expect(try credential(keychain, "r.test/team/app/web") == .basic("YXBwOg=="))
        #expect(try credential(keychain, "r.test/team/other") == .basic("dGVhbTo="))
        #expect(try credential(keychain, "r.test/teamwork/app") == .basic("cm9vdDo="))
    }

    @Test("an entry with a path serves its whole registry if there is nothing better, as in the reference")
    func pathInEnvironment() throws {
        let keychain = try keychain(auth: #"{"r.test/team":"Basic dGVhbTo="}"#)
        #expect(try credential(keychain, "r.test/other/app") == .basic("dGVhbTo="))
    }

    @Test(
        "a malformed CNB_REGISTRY_AUTH is an error that shows no secret",
        arguments: ["{", "[]", #"{"r.test":5}"#]
    )
    func malformedEnvironment(_ text: String) throws {
        let error = #expect(throws: KeychainError.self) { try keychain(auth: text) }
        #expect(error.map { "\($0)".contains("CNB_REGISTRY_AUTH") && !"\($0)".contains("s3cret") } == true)
    }

    @Test("a value of an unknown kind is an error once it is needed", arguments: ["Digest s3cret", "s3cret", ""])
    func malformedValue(_ value: String) throws {
        let keychain = try keychain(auth: #"{"r.test":"\#(value)","a.test":"Basic dTpw"}"#)
        #expect(try credential(keychain, "a.test/app") == .basic("dTpw"))
        let error = #expect(throws: KeychainError.self) { try credential(keychain, "r.test/app") }
        #expect(error.map { "\($0)".contains("r.test in CNB_REGISTRY_AUTH") && !"\($0)".contains("s3cret") } == true)
    }

    @Test("reads all kinds of entries of config.json")
    func configKinds() throws {
        let keychain = try keychain(
            config: """
                {"auths":{
                  "https://a.test":{"auth":"dTpw"},
                  "b.test":{"username":"u","password":"p"},
                  "c.test":{"identitytoken":"id"},
                  "d.test":{"registrytoken":"reg"},
                  "e.test":{},
                  "f.test":{"auth":"###"},
                  "g.test/team":{"auth":"\(Base64Text.encode("u:päss:word"))"}
                },"proxies":{"x":1}}
                """
        )
        #expect(try credential(keychain, "a.test/app") == .basic("dTpw"))
        #expect(try credential(keychain, "b.test/app") == .basic("dTpw"))
        #expect(try credential(keychain, "c.test/app") == .identityToken("id"))
        #expect(try credential(keychain, "d.test/app") == .registryToken("reg"))
        #expect(try credential(keychain, "e.test/app") == nil)
        #expect(try credential(keychain, "f.test/app") == nil)
        #expect(try credential(keychain, "g.test/team/app") == .basic(Base64Text.encode("u:päss:word")))
        #expect(try credential(keychain, "g.test/other") == nil)
        #expect(keychain.problems.count == 1)
        #expect(keychain.problems[0].contains("f.test"))
    }

    @Test("CNB_REGISTRY_AUTH comes before config.json")
    func precedence() throws {
        let keychain = try keychain(
            config: #"{"auths":{"a.test":{"auth":"Y29uZjo="},"b.test":{"auth":"Y29uZjo="}}}"#,
            auth: #"{"a.test":"Basic ZW52Og=="}"#
        )
        #expect(try credential(keychain, "a.test/app") == .basic("ZW52Og=="))
        #expect(try credential(keychain, "b.test/app") == .basic("Y29uZjo="))
    }

    @Test("finds the file where Docker's and containers' tools look for it")
    func places() throws {
        func file(_ path: String, _ user: String) throws -> String {
            try directory.write(path, #"{"auths":{"r.test":{"auth":"\#(Base64Text.encode("\(user):"))"}}}"#)
        }
        func user(_ variables: [String: String]) throws -> String? {
            let keychain = try keychain(more: variables)
            guard case .basic(let pair) = try credential(keychain, "r.test/app") else { return nil }
            return Base64.decode(pair).map { String(decoding: $0.dropLast(), as: UTF8.self) }
        }
        #expect(try user([:]) == nil)
        _ = try file(".config/containers/auth.json", "containers")
        #expect(try user([:]) == "containers")
        _ = try file("run/containers/auth.json", "runtime")
        #expect(try user(["XDG_RUNTIME_DIR": directory.path("run")]) == "runtime")
        let named = try file("named.json", "named")
        #expect(try user(["REGISTRY_AUTH_FILE": named]) == "named")
        _ = try file(".docker/config.json", "home")
        #expect(try user(["REGISTRY_AUTH_FILE": named]) == "home")
        _ = try file("dc/config.json", "docker")
        #expect(try user(["DOCKER_CONFIG": directory.path("dc")]) == "docker")
    }

    @Test("a malformed config.json means anonymous, and is remembered")
    func malformedConfig() throws {
        let keychain = try keychain(config: "{ s3cret")
        #expect(try credential(keychain, "a.test/app") == nil)
        #expect(keychain.problems.count == 1)
        #expect(!keychain.problems[0].contains("s3cret"))
    }

    @Test("asks credential helpers by their protocol, once for each server, before anything else happens")
    func helpers() throws {
        _ = try directory.write(
            "bin/docker-credential-test",
            """
            #!/bin/sh
            read server
            echo "$1 $server" >> "\(directory.path("calls"))"
            case $server in
              id.test) echo '{"ServerURL":"","Username":"<token>","Secret":"refresh"}';;
              none.test) echo 'credentials not found in native keychain'; exit 1;;
              bad.test) echo 'vault is sealed'; exit 1;;
              odd.test) echo 'not json';;
              *) echo '{"ServerURL":"","Username":"u","Secret":"p"}';;
            esac
            """,
            mode: 0o755
        )
        let config = """
            {"credsStore":"test","credHelpers":{"helped.test":"test","none.test":"test","gone.test":"missing"},
             "auths":{"fallback.test":{"auth":"ZjpmCg=="}}}
            """
        let images = [
            "id.test/a1", "helped.test/a1", "helped.test/b1", "none.test/a1", "bad.test/a1", "odd.test/a1",
            "gone.test/a1", "ubuntu",
        ]
        let keychain = try keychain(images, config: config, more: ["PATH": "\(directory.path("bin")):/usr/bin:/bin"])
        #expect(try credential(keychain, "id.test/x1") == .identityToken("refresh"))
        #expect(try credential(keychain, "helped.test/x1") == .basic("dTpw"))
        #expect(try credential(keychain, "none.test/x1") == nil)
        #expect(try credential(keychain, "ubuntu") == .basic("dTpw"))
        #expect(try keychain.credential(for: ImageReference("ubuntu"))?.source == "docker-credential-test")
        #expect(keychain.problems.count == 3)
        let calls = try FileSystem.readText(directory.path("calls")).split(separator: "\n")
        #expect(
            calls == [
                "get id.test", "get helped.test", "get none.test", "get bad.test", "get odd.test",
                "get https://index.docker.io/v1/",
            ]
        )
        // Nothing is asked afterwards.
        #expect(try credential(keychain, "later.test/a1") == nil)
    }

    @Test("a credential never shows itself")
    func secrecy() {
        let credential = SourcedCredential(credential: .basic("c2VjcmV0"), source: "somewhere")
        var dumped = ""
        dump(credential, to: &dumped)
        for text in ["\(credential)", String(reflecting: credential), dumped] { #expect(!text.contains("c2VjcmV0")) }
    }
}

@Suite("Authentication challenges")
struct AuthenticationChallengeTests {
    @Test("reads one and several challenges of a field")
    func parse() {
        let bearer = AuthenticationChallenge(
            scheme: "bearer",
            parameters: ["realm": "https://auth.test/token", "service": "r", "scope": "repository:a/b:pull,push"]
        )
        #expect(
            AuthenticationChallenge.parse(
                #"Bearer realm="https://auth.test/token",service="r",scope="repository:a/b:pull,push""#
            ) == [bearer]
        )
        #expect(
            AuthenticationChallenge.parse(#"Negotiate, Basic realm = "a \"b\"" , charset=UTF-8"#) == [
                AuthenticationChallenge(scheme: "negotiate", parameters: [:]),
                AuthenticationChallenge(scheme: "basic", parameters: ["realm": #"a "b""#, "charset": "UTF-8"]),
            ]
        )
    }

    @Test(
        "ends with any text",
        arguments: ["", ",", "=", "\"", "Bearer realm=\"", "Bearer =", "a b c=,,\"d", "Basic \\"]
    )
    func hostile(_ text: String) { _ = AuthenticationChallenge.parse(text) }
}

@Suite("Registry hosts")
struct RegistryHostTests {
    static let table: [(name: String, insecure: Bool, schemes: [HTTPURL.Scheme])] = [
        ("registry.example.com", false, [.https]),
        ("registry.example.com:5000", false, [.https]),
        ("registry.example.com", true, [.https, .http]),
        ("localhost:5000", false, [.http, .https]),
        ("localhost", false, [.https]),
        ("127.0.0.1:5000", false, [.http, .https]),
        ("127.0.0.1", false, [.https, .http]),
        ("127.0.0.2:5000", false, [.https]),
        ("[::1]:5000", false, [.http, .https]),
        ("kind.localhost:5000", false, [.http, .https]),
        ("10.1.2.3", false, [.https, .http]),
        ("192.168.0.9:5000", false, [.https, .http]),
        ("172.32.0.1", false, [.https]),
        ("registry.local:5000", false, [.https]),
    ]

    @Test("tries plain HTTP only where the reference does", arguments: table)
    func schemes(_ name: String, _ insecure: Bool, _ schemes: [HTTPURL.Scheme]) {
        #expect(RegistryHost(name: name, isInsecure: insecure).schemes == schemes)
    }
}
