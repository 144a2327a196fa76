import BuildpackModel
import CNBCore
import Distribution
import OCI
import Testing

@Suite("package.toml")
struct PackageDescriptorTests {
    private func read(_ text: String) throws -> PackageDescriptor {
        try PackageDescriptor(parsing: Array(text.utf8), file: "package.toml")
    }

    @Test("all of a file is read")
    func whole() throws {
        let package = try read(
            """
            [buildpack]
            uri = "java"
            [[dependencies]]
            uri = "urn:cnb:registry:acme/jdk"
            [[dependencies]]
            image = "acme/maven:3"
            [platform]
            os = "linux"
            [[targets]]
            os = "linux"
            arch = "arm64"
            """
        )
        #expect(package.kind == .buildpack)
        #expect(package.uri == "java")
        #expect(
            package.dependencies == [
                .locator("urn:cnb:registry:acme/jdk"), .image(try ImageReference("acme/maven:3")),
            ]
        )
        #expect(package.targets == [Target(os: "linux", arch: "arm64")])
        #expect(package.warnings.isEmpty)
    }

    @Test("where a file says nothing, the buildpack beside it is meant, on Linux")
    func defaults() throws {
        let package = try read("")
        #expect(package.kind == .buildpack && package.uri == "." && package.os == "linux")
        let ofExtension = try read("[extension]\nuri = \"rpm\"\n[[dependncies]]\nuri = \"a\"\n")
        #expect(ofExtension.kind == .imageExtension && ofExtension.uri == "rpm")
        #expect(
            ofExtension.warnings.map(\.description) == ["unknown key dependncies; did you mean 'dependencies'?"]
        )
    }

    @Test(
        "what breaks a rule is refused",
        arguments: [
            ("[buildpack]\n[extension]", "expected either buildpack or extension, found both"),
            ("[[dependencies]]\nuri = \"a\"\nimage = \"a\"", "expected either uri or image, found both"),
            ("[[dependencies]]", "a dependency needs a uri or an image"),
            ("[[dependencies]]\nimage = \"A B\"", "invalid image reference"),
            ("[platform]\nos = \"windows\"", "the operating system 'windows' is not supported; there is linux"),
            ("buildpack = 1", "expected a table, found an integer"),
        ]
    )
    func refused(text: String, message: String) {
        let error = #expect(throws: DistributionError.self) { try read(text) }
        #expect(error?.description.contains(message) == true, "\(String(describing: error))")
    }
}
