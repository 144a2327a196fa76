import ImageLibrary
import OCI
import TestSupport
import Testing

@Suite("Names of images and places")
struct ImageLocationTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test(
        "know registries, layouts, archives, daemons and the store",
        arguments: [
            ("builder:24", ImageTransport.registry, "builder:24", "docker.io/library/builder:24"),
            ("docker://host.test/b@\(digest)", .registry, "host.test/b@\(digest)", "host.test/b@\(digest)"),
            ("registry:5000/app", .registry, "registry:5000/app", "registry:5000/app:latest"),
            ("oci:/a/b:v1", .layout, "oci:/a/b:v1", "oci:/a/b:v1"),
            ("oci:/a:b/c", .layout, "oci:/a:b/c", "oci:/a:b/c"),
            ("oci-archive:/a.tar", .layoutArchive, "oci-archive:/a.tar", "oci-archive:/a.tar"),
            ("docker-archive:/a:1.tar", .dockerArchive, "docker-archive:/a:1.tar", "docker-archive:/a:1.tar"),
            ("docker-daemon:app", .daemon, "docker-daemon:app", "docker-daemon:app"),
            ("store:app", .store, "store:docker.io/library/app:latest", "docker.io/library/app:latest"),
        ]
    )
    func transports(text: String, transport: ImageTransport, description: String, storeName: String) throws {
        let location = try ImageLocation(parsing: text, in: "/nowhere")
        #expect(location.transport == transport)
        #expect(location.description == description)
        #expect(location.storeName == storeName)
        #expect(try ImageLocation(parsing: description, in: "/nowhere") == location)
    }

    private static let digest = "sha256:0123456789012345678901234567890123456789012345678901234567890123"

    @Test("see by what is at a path what it is")
    func paths() throws {
        try directory.write("layout/index.json", "{}")
        try directory.makeDirectory("layout/blobs")
        try directory.write("app/index.json", "{}")
        try directory.makeDirectory("root/etc")
        #expect(
            try ImageLocation(parsing: "layout", in: directory.path)
                == .layout(directory: directory.path("layout"), tag: nil)
        )
        #expect(try ImageLocation(parsing: "./root", in: directory.path) == .root(directory: directory.path("root")))
        // A directory that is neither is no reason not to mean a repository.
        #expect(try ImageLocation(parsing: "app", in: directory.path) == .registry(ImageReference("app")))
    }

    @Test(
        "are refused with what was expected",
        arguments: [
            ("dir:/x", "expected another transport than dir"), ("oci:", "expected something after oci:"),
            ("Upper/Case", "upper-case letter"), ("./missing", "nothing is there"),
            ("./empty", "expected an OCI layout (index.json and blobs) or the root of a file tree"),
            ("./text", "expected a tar"), ("store:A", "expected an image reference"),
        ]
    )
    func refusals(text: String, reason: String) throws {
        try directory.makeDirectory("empty")
        try directory.write("text", String(repeating: "x", count: 2000))
        let error = #expect(throws: LibraryError.self) { try ImageLocation(parsing: text, in: directory.path) }
        #expect(error.map { "\($0)" }?.contains(reason) == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test(
        "say where an image goes",
        arguments: [
            ("store", "store"), ("registry", "registry"), ("oci:out", "oci:/work/out"),
            ("oci:out:v1", "oci:/work/out:v1"), ("oci-archive:a.tar", "oci-archive:/work/a.tar"),
            ("docker-archive:/a.tar", "docker-archive:/a.tar"), ("docker-daemon", "docker-daemon:"),
            ("docker-daemon:", "docker-daemon:"),
        ]
    )
    func outputs(text: String, description: String) throws {
        #expect(try ImageOutput(parsing: text, in: "/work").description == description)
    }

    @Test(
        "say where no image goes",
        arguments: [
            ("out.tar", "expected store, registry, oci:DIR"), ("docker-archive:", "a file after docker-archive:"),
            ("registry:app", "nothing after registry"),
        ]
    )
    func outputRefusals(text: String, reason: String) throws {
        let error = #expect(throws: LibraryError.self) { try ImageOutput(parsing: text, in: "/work") }
        #expect(error.map { "\($0)" }?.contains(reason) == true)
    }

    @Test(
        "are short for people",
        arguments: [("docker.io/library/a:1", "a:1"), ("docker.io/x/a:1", "x/a:1"), ("h.t/a:1", "h.t/a:1")]
    )
    func short(name: String, short: String) { #expect(StoreName.short(name) == short) }
}
