public import BuildpackModel
public import CNBCore
public import OCI
import TOML

/// package.toml: what a buildpackage is made of, and with it what the buildpack in a directory needs beside itself.
public struct PackageDescriptor: Equatable, Sendable {
    /// The name of the file, beside buildpack.toml or extension.toml.
    public static let fileName = "package.toml"

    /// A buildpack that goes into the package.
    public enum Dependency: Hashable, Sendable {
        /// A locator, which begins at the directory of package.toml where it is a relative path.
        case locator(String)
        /// A buildpackage in an image registry.
        case image(ImageReference)
    }

    /// Buildpack or extension.
    public var kind: ModuleKind
    /// Where the buildpack or extension is that the package is named after; `.` where the file doesn't say.
    public var uri: String
    /// The buildpacks that it stands for, in order.
    public var dependencies: [Dependency]
    /// The operating system of the package: `linux`.
    public var os: String
    /// The targets of a composite buildpack.
    public var targets: [Target]
    /// What the author may want to mend.
    public var warnings: [DescriptorWarning]

    /// Reads a package.toml.
    ///
    /// - Parameters:
    ///   - bytes: The file's contents, at most `FileLimit.projectDescriptor` bytes.
    ///   - file: The file's name, for errors.
    /// - Throws: When the file is too large or no TOML, or breaks a rule.
    public init(parsing bytes: [UInt8], file: String) throws(DistributionError) {
        try checkSize(bytes.count, of: file, limit: FileLimit.projectDescriptor)
        do {
            try self.init(document: try TOMLDocument.parse(bytes, file: file))
        } catch {
            throw .file(error)
        }
    }

    private init(document: TOMLTable) throws(TOMLError) {
        let buildpack = try document.table("buildpack")
        let imageExtension = try document.table("extension")
        guard buildpack == nil || imageExtension == nil else {
            throw document.error("expected either buildpack or extension, found both", at: "extension")
        }
        kind = imageExtension == nil ? .buildpack : .imageExtension
        let uri = try (buildpack ?? imageExtension)?.string("uri") ?? ""
        self.uri = uri.isEmpty ? "." : uri
        dependencies = []
        for entry in try document.limitedTables("dependencies") { dependencies.append(try Dependency(toml: entry)) }
        let platform = try document.table("platform")
        let os = try platform?.string("os") ?? ""
        self.os = os.isEmpty ? "linux" : os
        if let platform, self.os != "linux" {
            throw platform.error("the operating system '\(os)' is not supported; there is linux", at: "os")
        }
        targets = try document.values("targets")
        warnings = DescriptorWarning.unknownKeys(of: document, at: "", Self.keys)
    }

    private static let keys = KnownKeys([
        "buildpack": KnownKeys(names: "uri"), "extension": KnownKeys(names: "uri"),
        "dependencies": KnownKeys(names: "uri", "image"), "platform": KnownKeys(names: "os"),
        "targets": KnownKeys([
            "os": nil, "arch": nil, "variant": nil, "arch-variant": nil, "distros": KnownKeys(names: "name", "version"),
        ]),
    ])
}

extension PackageDescriptor.Dependency {
    fileprivate init(toml: TOMLTable) throws(TOMLError) {
        let uri = try toml.string("uri") ?? ""
        let image = try toml.string("image") ?? ""
        switch (uri.isEmpty, image.isEmpty) {
        case (false, false): throw toml.error("expected either uri or image, found both", at: "image")
        case (true, true): throw toml.error("a dependency needs a uri or an image")
        case (false, true): self = .locator(uri)
        case (true, false):
            do {
                self = .image(try ImageReference(image))
            } catch {
                throw toml.error(error.description, at: "image")
            }
        }
    }
}
