import Archive
import OCI
import Testing

@Suite("Image references")
struct ImageReferenceTests {
    @Test(
        "fills in what short names leave out",
        arguments: [
            ("ubuntu", "index.docker.io/library/ubuntu:latest"),
            ("team/app:1.0", "index.docker.io/team/app:1.0"),
            ("docker.io/ubuntu", "index.docker.io/library/ubuntu:latest"),
            ("localhost/app", "localhost/app:latest"),
            ("host:5000/app", "host:5000/app:latest"),
            ("host:5000/deep/path/app:v1", "host:5000/deep/path/app:v1"),
            ("[::1]:5000/app", "[::1]:5000/app:latest"),
            ("registry.test/app:v1", "registry.test/app:v1"),
        ]
    )
    func names(text: String, name: String) throws {
        #expect(try ImageReference(text).name == name)
    }

    @Test("keeps a digest and drops the tag before it")
    func digest() throws {
        let digits = String(repeating: "0a", count: 32)
        let reference = try ImageReference("host/app:v1@sha256:\(digits)")
        #expect(
            reference.name == "host/app@sha256:\(digits)"
                || reference.name == "index.docker.io/host/app@sha256:\(digits)"
        )
        #expect(reference.tag == nil)
        #expect(reference.identifier == "sha256:\(digits)")
    }

    @Test(
        "takes names of one letter",
        arguments: [
            ("a", "index.docker.io/library/a:latest"), ("x:1", "index.docker.io/library/x:1"),
            ("localhost:5000/a", "localhost:5000/a:latest"), ("first.example/a", "first.example/a:latest"),
        ]
    )
    func oneLetter(text: String, name: String) throws {
        #expect(try ImageReference(text).name == name)
    }

    @Test(
        "refuses names that no registry would take",
        arguments: [
            "", "App", "host.test/app:", "host.test/app:bad/", "host.test/ap p", "app:\u{e9}",
            "host:port/app", "app@sha256:123", "app@md5:0123", "a@b@c", "bad host.test/app", "host.test/app:a b",
            "host.test/" + String(repeating: "a", count: 256), "app:" + String(repeating: "a", count: 129),
        ]
    )
    func invalid(text: String) {
        #expect(throws: OCIError.self) { try ImageReference(text) }
    }
}

@Suite("Digests")
struct DigestTests {
    @Test(
        "are sha256 with 64 lowercase digits",
        arguments: [
            "", "sha256:", "sha256:12", "sha512:" + String(repeating: "a", count: 64),
            "sha256:" + String(repeating: "A", count: 64),
        ]
    )
    func invalid(text: String) {
        #expect(throws: OCIError.self) { try Digest(text) }
    }

    @Test("of bytes are their SHA-256")
    func ofBytes() {
        #expect(Digest.of([]).hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }
}
