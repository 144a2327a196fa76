import Testing

@testable import HTTP

@Suite("Proxy settings")
struct ProxySettingsTests {
    static let environment = ["HTTPS_PROXY": "http://secure.proxy:3128", "http_proxy": "plain.proxy:8080"]

    @Test(
        "says that SOCKS proxies are not supported",
        arguments: ["socks5://h:1080", "SOCKS5h://h", "socks4a://u:p@h:1"]
    )
    func socks(_ proxy: String) {
        for name in ["HTTP_PROXY", "https_proxy"] {
            let error = #expect(throws: HTTPError.self) { try ProxySettings(environment: [name: proxy]) }
            #expect(
                error.map { "\($0)".contains("SOCKS proxies are not supported") && !"\($0)".contains("u:p") } == true
            )
        }
    }

    @Test("chooses by the scheme of the URL")
    func schemes() throws {
        let settings = try ProxySettings(environment: Self.environment)
        #expect(try settings.proxy(for: HTTPURL("https://registry.example.com/"))?.authority == "secure.proxy:3128")
        #expect(try settings.proxy(for: HTTPURL("http://registry.example.com/"))?.authority == "plain.proxy:8080")
        #expect(try ProxySettings(environment: [:]).proxy(for: HTTPURL("https://a/")) == nil)
    }

    @Test(
        "never sends requests for this machine to a proxy",
        arguments: ["localhost", "127.0.0.1:5000", "[::1]", "127.1.2.3"]
    )
    func loopback(_ host: String) throws {
        #expect(try ProxySettings(environment: Self.environment).proxy(for: HTTPURL("https://\(host)/")) == nil)
    }

    @Test("does not believe HTTP_PROXY within a CGI program")
    func cgi() throws {
        let settings = try ProxySettings(environment: ["HTTP_PROXY": "evil:1", "REQUEST_METHOD": "GET"])
        #expect(try settings.proxy(for: HTTPURL("http://host/")) == nil)
    }

    static let exceptionLists: [(list: String, host: String, isDirect: Bool)] = [
        ("*", "anything.test", true),
        ("example.com", "example.com", true),
        ("example.com", "registry.example.com", true),
        ("example.com", "notexample.com", false),
        (".example.com", "example.com", false),
        (".example.com", "registry.example.com", true),
        ("*.example.com", "registry.example.com", true),
        ("EXAMPLE.com", "Registry.Example.COM", true),
        ("example.com:5000", "example.com:5000", true),
        ("example.com:5000", "example.com:5001", false),
        ("example.com:443", "example.com", true),
        ("10.0.0.0/8", "10.20.30.40", true),
        ("10.0.0.0/8", "11.20.30.40", false),
        ("192.168.1.7", "192.168.1.7", true),
        ("192.168.1.7:5000", "192.168.1.7:5001", false),
        ("2001:db8::/32", "[2001:db8::5]", true),
        ("other.test, , example.com ", "example.com", true),
        ("10.0.0.0/99,not a host", "10.0.0.1", false),
        ("", "example.com", false),
    ]

    @Test("makes the exceptions that Go's programs make", arguments: exceptionLists)
    func exceptions(_ list: String, _ host: String, _ isDirect: Bool) throws {
        var environment = Self.environment
        environment["NO_PROXY"] = list
        let proxy = try ProxySettings(environment: environment).proxy(for: HTTPURL("https://\(host)/"))
        #expect((proxy == nil) == isDirect)
    }

    @Test("refuses a proxy that is no URL")
    func invalid() {
        #expect(throws: HTTPError.self) { try ProxySettings(environment: ["HTTPS_PROXY": "socks5://host:1"]) }
    }
}
