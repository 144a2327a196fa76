public import BuildpackModel
import CNBCore
public import OCI

/// Where a buildpack or image extension is, worked out from what people write behind `--buildpack` and in files.
public enum BuildpackLocator: Hashable, Sendable {
    /// `from=builder`: all that the builder's order names, at this place.
    case fromBuilder
    /// A module on the builder.
    case onBuilder(ModuleName)
    /// A buildpack of a registry.
    case registry(RegistryID, version: String?)
    /// A buildpackage in an image registry.
    case image(ImageReference)
    /// A file behind a web address (`http:`, `https:`).
    case download(String)
    /// A directory, `.tgz` or `.cnb` on this machine: an absolute path, or one that begins at the working directory.
    case path(String)

    /// Works out what a text means.
    ///
    /// In this order: `from=builder`; `urn:cnb:builder:ID[@V]` and `from=builder:ID[@V]`, which have to be on the
    /// builder; `urn:cnb:registry:NS/NAME[@V]`; `docker:` with an image's name; `file:`, `http:` and `https:`
    /// addresses; and without any of these a path that exists, a module on the builder, a name of the form
    /// `NS/NAME[@V]` in a registry, an image's name. So `acme/java` is looked for in the registry, and
    /// `acme/java:latest` is an image.
    ///
    /// - Parameters:
    ///   - text: What was written.
    ///   - modules: What is on the builder, of the kind that is looked for.
    ///   - kind: What is looked for, for errors.
    ///   - baseDir: Where relative paths begin; empty for the working directory.
    ///   - exists: Whether there is something at a path.
    /// - Throws: ``DistributionError/invalidLocator(_:reason:)`` when it can be nothing of that,
    ///   ``DistributionError/notOnBuilder(_:kind:hint:)`` when it names what should be on the builder and isn't.
    public init(
        _ text: String,
        onBuilder modules: [PackagedModule],
        kind: ModuleKind = .buildpack,
        baseDir: String,
        exists: (String) -> Bool
    ) throws(DistributionError) {
        let lookup = BuilderLookup(modules, kind)
        guard !text.isEmpty else { throw .invalidLocator(text, reason: "it is empty") }
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw .invalidLocator(text, reason: "it has a control character")
        }
        if text == "from=builder" {
            self = .fromBuilder
        } else if let name = text.removing("urn:cnb:builder:") ?? text.removing("from=builder:") {
            self = .onBuilder(try lookup.find(try ModuleName(name)))
        } else if let name = text.removing("urn:cnb:registry:") {
            self = try Self.registry(name)
        } else if let name = text.removing("docker:") {
            self = .image(try Self.image(String(name.drop { $0 == "/" }), of: text))
        } else if let scheme = text.scheme {
            self = try Self.address(text, scheme: scheme)
        } else {
            self = try Self.bare(text, lookup, baseDir: baseDir, exists: exists)
        }
    }

    // MARK: - The forms

    private static func registry(_ text: String) throws(DistributionError) -> BuildpackLocator {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, parts.last != "" else {
            throw .notInRegistry(text, reason: "expected <namespace>/<name> or <namespace>/<name>@<version>")
        }
        return .registry(try RegistryID(parts[0]), version: parts.count == 2 ? parts[1] : nil)
    }

    private static func image(_ name: String, of text: String) throws(DistributionError) -> ImageReference {
        do {
            return try ImageReference(name)
        } catch {
            throw .invalidLocator(text, reason: error.description)
        }
    }

    private static func address(_ text: String, scheme: String) throws(DistributionError) -> BuildpackLocator {
        switch scheme {
        case "http", "https": return .download(text)
        case "file":
            guard let path = text.pathOfFileURL else {
                throw .invalidLocator(text, reason: "expected file:///path or file:/path on this machine")
            }
            return .path(path)
        default:
            let reason = "'\(scheme):' is not supported; there are docker:, file:, http: and https:"
            throw .invalidLocator(text, reason: reason)
        }
    }

    private static func bare(
        _ text: String,
        _ lookup: BuilderLookup,
        baseDir: String,
        exists: (String) -> Bool
    ) throws(DistributionError) -> BuildpackLocator {
        let path = text.hasPrefix("/") || baseDir.isEmpty ? text : "\(baseDir)/\(text)"
        if exists(path) { return .path(path) }
        if let name = try? ModuleName(text), lookup.has(name) {
            return .onBuilder(try lookup.find(name))
        }
        if let registered = try? registry(text), registered.hasSemanticVersion { return registered }
        if let reference = try? ImageReference(text) { return .image(reference) }
        let reason = "there is no such file, the builder has nothing of that name, and it is no image's name"
        throw .invalidLocator(text, reason: reason + lookup.suggestion(for: text))
    }

    /// Whether the version, if any, is one that registries have; others are more likely a digest.
    private var hasSemanticVersion: Bool {
        guard case .registry(_, let version?) = self else { return true }
        return SemanticVersion(strict: version) != nil
    }
}

extension String {
    /// What follows a prefix; nil when the text begins otherwise.
    fileprivate func removing(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }

    /// The scheme of an address, in lower case: what comes before `:/`; nil when there is none.
    fileprivate var scheme: String? {
        guard let colon = utf8.firstIndex(of: UInt8(ascii: ":")),
            utf8[utf8.index(after: colon)...].first == UInt8(ascii: "/"),
            let first = utf8.first, first.isASCIILetter
        else { return nil }
        let scheme = self[..<colon]
        let isGood = scheme.utf8.allSatisfy { byte in
            byte.isASCIILetter || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
        }
        return isGood ? scheme.lowercased() : nil
    }

    /// The absolute path that a `file:` address names, percent-encoded bytes decoded; nil for another host's file.
    fileprivate var pathOfFileURL: String? {
        var path = Substring(self).dropFirst("file:".count)
        if path.hasPrefix("//") {
            let rest = path.dropFirst(2)
            guard let slash = rest.firstIndex(of: "/") else { return nil }
            guard rest[..<slash].isEmpty || rest[..<slash] == "localhost" else { return nil }
            path = rest[slash...]
        }
        var bytes: [UInt8] = []
        var left = path.utf8[...]
        while let byte = left.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let value = UInt8(String(Substring(left.prefix(2))), radix: 16), left.count >= 2, value != 0 else {
                return nil
            }
            bytes.append(value)
            left = left.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate var isASCIILetter: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }
}
