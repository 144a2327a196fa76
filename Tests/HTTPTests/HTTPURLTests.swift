import Testing

@testable import HTTP

@Suite("HTTP URLs")
struct HTTPURLTests {
    @Test("takes a URL apart")
    func parts() throws {
        let url = try HTTPURL("HTTPS://User:Secret@Registry.Example.COM:8443/v2/a%20b?x=1&y=2#fragment")
        #expect(url.scheme == .https)
        #expect(url.host == "registry.example.com")
        #expect(url.origin.port == 8443)
        #expect(url.target == "/v2/a%20b?x=1&y=2")
        #expect(url.userInfo == "User:Secret")
        #expect(url.description == "https://registry.example.com:8443/v2/a%20b?x=1&y=2")
        #expect(url.redacted == "https://registry.example.com:8443/v2/a%20b?...")
    }

    @Test("knows IPv6 addresses and default ports")
    func addresses() throws {
        let url = try HTTPURL("http://[::1]:5000")
        #expect(url.host == "::1")
        #expect(url.authority == "[::1]:5000")
        #expect(url.path == "/")
        #expect(try HTTPURL("http://host").origin == HTTPURL("http://host:80/x").origin)
        #expect(try HTTPURL("https://host").origin != HTTPURL("http://host").origin)
    }

    @Test(
        "refuses what is no absolute http URL",
        arguments: [
            "", "/path", "ftp://host/", "http:/host", "http://", "http://host:port/", "http://host:65536/",
            "http://ho st/",
            "http://host/a b", "http://host/\u{7f}", "http://[::1/", "http://[host]/", "http://host\r\nX: y/",
            "https://:80/",
        ]
    )
    func invalid(_ text: String) {
        #expect(throws: HTTPError.self) { try HTTPURL(text) }
    }

    @Test(
        "resolves the references that Location fields hold",
        arguments: [
            ("/v2/x?y", "https://host:1/v2/x?y"),
            ("https://other/x", "https://other/x"),
            ("//other:2/x", "https://other:2/x"),
            ("sibling", "https://host:1/a/b/sibling"),
            ("../up", "https://host:1/a/up"),
            ("./here/../there", "https://host:1/a/b/there"),
            ("?q=1", "https://host:1/a/b/c?q=1"),
            ("/../../etc", "https://host:1/etc"),
        ]
    )
    func resolving(_ reference: String, _ expected: String) throws {
        #expect(try HTTPURL("https://host:1/a/b/c?old").resolving(reference).description == expected)
    }

    @Test("adds encoded parameters to a query")
    func parameters() throws {
        let url = try HTTPURL("http://host/x?a=1")
        #expect(
            url.adding([("digest", "sha256:00"), ("from", "a/b c")]).target
                == "/x?a=1&digest=sha256%3A00&from=a%2Fb%20c"
        )
    }

    @Test("errors about URLs show no password")
    func secrets() {
        let error = #expect(throws: HTTPError.self) { try HTTPURL("http://user:secret@ho st/?sig=secret") }
        #expect(error.map { !"\($0)".contains("secret") } == true)
    }
}

@Suite("IP addresses")
struct IPAddressTests {
    @Test("reads both versions")
    func bytes() {
        #expect(IPAddress("10.0.0.255")?.bytes == [10, 0, 0, 255])
        #expect(IPAddress("::1")?.bytes == [UInt8](repeating: 0, count: 15) + [1])
        #expect(IPAddress("fe80::1:2")?.bytes.suffix(4) == [0, 1, 0, 2])
        #expect(IPAddress("::ffff:127.0.0.1")?.isLoopback == true)
        #expect(IPAddress("2001:db8:0:0:0:0:0:1")?.bytes.count == 16)
    }

    @Test(
        "refuses everything else",
        arguments: [
            "", "1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.4.5", ":::", "1::2::3", "12345::", "::g", "1:2:3:4:5:6:7:8:9",
            "fe80::1%eth0", "fe80::1%2", "::1%",
        ]
    )
    func invalid(_ text: String) { #expect(IPAddress(text) == nil) }

    @Test("knows private and local addresses")
    func kinds() {
        #expect(
            ["10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fd00::1"].allSatisfy {
                IPAddress($0)?.isPrivate == true
            }
        )
        #expect(
            ["172.32.0.1", "192.169.0.1", "8.8.8.8", "2001:db8::1"].allSatisfy { IPAddress($0)?.isPrivate == false }
        )
        #expect(["169.254.169.254", "fe80::1"].allSatisfy { IPAddress($0)?.isLinkLocal == true })
        #expect(["127.0.0.1", "127.8.8.8", "::1"].allSatisfy { IPAddress($0)?.isLoopback == true })
    }
}

@Suite("Base64")
struct Base64Tests {
    @Test(
        "encodes and decodes",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("user:pässword", "dXNlcjpww6Rzc3dvcmQ="),
        ]
    )
    func both(_ text: String, _ encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
        #expect(Base64.decode(encoded.filter { $0 != "=" }) == Array(text.utf8))
    }

    @Test("refuses other characters", arguments: ["a", "Zg=", "Zm9v!", "====", "Z=g="])
    func invalid(_ text: String) { #expect(Base64.decode(text) == nil) }
}
