import BuildpackModel
import CNBCore
import Distribution
import OCI
import TestSupport
import Testing

@Suite("Buildpack locators")
struct BuildpackLocatorTests {
    private func locate(_ text: String, files: Set<String> = []) throws -> BuildpackLocator {
        try BuildpackLocator(text, onBuilder: try Samples.builder().buildpacks, baseDir: "/app") { files.contains($0) }
    }

    @Test(
        "modules of the builder are found by prefix or by name",
        arguments: [
            ("urn:cnb:builder:acme/java", "acme/java@2.0.0"),
            ("urn:cnb:builder:acme/java@2.0.0", "acme/java@2.0.0"),
            ("from=builder:acme/jdk@1.1.0", "acme/jdk@1.1.0"),
            ("acme/java", "acme/java@2.0.0"),
            ("samples", "samples@0.1.0"),
            ("acme/jdk@1.0.0", "acme/jdk@1.0.0"),
        ]
    )
    func onBuilder(text: String, name: String) throws {
        #expect(try locate(text) == .onBuilder(try ModuleName(name)))
    }

    @Test("all of the builder's order is meant by from=builder alone")
    func fromBuilder() throws {
        #expect(try locate("from=builder") == .fromBuilder)
    }

    @Test(
        "names in a registry",
        arguments: [
            ("urn:cnb:registry:other/java", "other/java", nil),
            ("urn:cnb:registry:acme/java@1.0", "acme/java", "1.0"),
            ("paketobuildpacks/java", "paketobuildpacks/java", nil),
            ("paketo-buildpacks/java@1.2.3-rc.1+b", "paketo-buildpacks/java", "1.2.3-rc.1+b"),
            ("acme/java@9.9.9", "acme/java", "9.9.9"),
        ]
    )
    func registry(text: String, id: String, version: String?) throws {
        #expect(try locate(text) == .registry(try RegistryID(id), version: version))
    }

    @Test(
        "images by docker: or by a name that can be nothing else",
        arguments: [
            ("docker://acme/java", "acme/java"),
            ("docker:///acme/java:1", "acme/java:1"),
            ("docker:/localhost:5000/java", "localhost:5000/java"),
            ("docker:ubuntu", "ubuntu"),
            ("paketobuildpacks/java:latest", "paketobuildpacks/java:latest"),
            ("gcr.io/buildpacks/java/x", "gcr.io/buildpacks/java/x"),
            ("localhost:5000/java", "localhost:5000/java"),
            ("ubuntu", "ubuntu"),
            (
                "acme/jdk@sha256:\(String(repeating: "a", count: 64))",
                "acme/jdk@sha256:\(String(repeating: "a", count: 64))"
            ),
        ]
    )
    func image(text: String, name: String) throws {
        #expect(try locate(text) == .image(try ImageReference(name)))
    }

    @Test("addresses of other schemes")
    func addresses() throws {
        #expect(try locate("https://example.com/b.tgz") == .download("https://example.com/b.tgz"))
        #expect(try locate("HTTP://example.com/b.tgz") == .download("HTTP://example.com/b.tgz"))
        #expect(try locate("file:///tmp/my%20b.tgz") == .path("/tmp/my b.tgz"))
        #expect(try locate("file:/tmp/b") == .path("/tmp/b"))
        #expect(try locate("file://localhost/tmp/b") == .path("/tmp/b"))
    }

    @Test("a path that exists comes before anything else that a bare name may mean")
    func paths() throws {
        #expect(try locate("acme/java", files: ["/app/acme/java"]) == .path("/app/acme/java"))
        #expect(try locate("./b.cnb", files: ["/app/./b.cnb"]) == .path("/app/./b.cnb"))
        #expect(try locate("/b.tgz", files: ["/b.tgz"]) == .path("/b.tgz"))
        #expect(try locate("urn:cnb:builder:acme/java", files: ["/app/urn:cnb:builder:acme/java"]).isOnBuilder)
        let inWorkingDir = try BuildpackLocator("b", onBuilder: [], baseDir: "") { $0 == "b" }
        #expect(inWorkingDir == .path("b"))
    }

    @Test(
        "what can be nothing is refused with what to do",
        arguments: [
            ("", "'' is no buildpack: it is empty"),
            ("urn:cnb:builder:acme/jav", "the builder has no buildpack 'acme/jav'; did you mean 'acme/java'?"),
            (
                "from=builder:acme/jdk@3.0.0",
                "the builder has no buildpack 'acme/jdk@3.0.0'; it has version 1.0.0, 1.1.0"
            ),
            (
                "acme/jdk",
                "'acme/jdk' is no buildpack: the builder has several versions; "
                    + "choose from acme/jdk@1.0.0, acme/jdk@1.1.0"
            ),
            (
                "urn:cnb:registry:java",
                "buildpack 'java' of the registry: expected <namespace>/<name>"
            ),
            (
                "urn:cnb:registry:Acme/java",
                "buildpack 'Acme/java' of the registry: "
                    + "namespace and name have 1 to 253 lower-case letters, digits, '-' and '.'"
            ),
            (
                "ftp://x/y",
                "'ftp://x/y' is no buildpack: 'ftp:' is not supported; there are docker:, file:, http: and https:"
            ),
            (
                "file://host/b",
                "'file://host/b' is no buildpack: expected file:///path or file:/path on this machine"
            ),
            (
                "./acme/Jva",
                "'./acme/Jva' is no buildpack: there is no such file, the builder has nothing of that name, "
                    + "and it is no image's name; did you mean 'acme/java'?"
            ),
            (
                "Sampels",
                "'Sampels' is no buildpack: there is no such file, the builder has nothing of that name, "
                    + "and it is no image's name; did you mean 'samples'?"
            ),
            (
                "./NOWHERE",
                "'./NOWHERE' is no buildpack: there is no such file, the builder has nothing of that name, "
                    + "and it is no image's name"
            ),
            ("a\nb", "'a\nb' is no buildpack: it has a control character"),
        ]
    )
    func refused(text: String, message: String) throws {
        let error = #expect(throws: DistributionError.self) { try locate(text) }
        #expect(error?.description == message)
    }

    @Test(
        "the file in a registry's index",
        arguments: [
            ("ns/a", "1/ns_a"), ("ns/ab", "2/ns_ab"), ("ns/foo", "3/fo/ns_foo"),
            ("paketo-buildpacks/java", "ja/va/paketo-buildpacks_java"), ("ns/nodejs", "no/de/ns_nodejs"),
        ]
    )
    func indexPath(id: String, path: String) throws {
        #expect(try RegistryID(id).indexPath == path)
    }

    @Test("no name in a registry leads out of its index", arguments: ["ns/..ab", "ns/ab..", "../..", "ns/..", "a/b/c"])
    func traversal(id: String) {
        let path = try? RegistryID(id).indexPath
        #expect(path.map { $0.split(separator: "/").contains("..") } != true)
    }
}

extension BuildpackLocator {
    fileprivate var isOnBuilder: Bool {
        if case .onBuilder = self { true } else { false }
    }
}
