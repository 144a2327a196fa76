public import Archive

/// The name of an image: registry, repository, and a tag or a digest.
///
/// Parsed as container tools do: without a registry Docker Hub is meant, without a tag `latest`. A name with both tag
/// and digest is a digest reference; its tag is dropped.
public struct ImageReference: Hashable, Sendable, CustomStringConvertible {
    /// What Docker Hub is called in requests and in full names.
    public static let defaultRegistry = "index.docker.io"

    /// What names the image within its repository.
    public enum Selector: Hashable, Sendable {
        /// A name that can be moved to another image.
        case tag(String)
        /// The digest of a manifest.
        case digest(Digest)
    }

    /// The name as it was given.
    public let original: String
    /// The registry's host and optional port: `index.docker.io`, `localhost:5000`.
    public let registry: String
    /// The repository's path in the registry; `library/` is added to single names on Docker Hub.
    public let repository: String
    /// The tag or digest.
    public let selector: Selector

    /// Parses a name.
    ///
    /// - Parameter text: A name such as `ubuntu`, `host:5000/team/app:1.0` or `host/app@sha256:…`.
    /// - Throws: `OCIError.invalidReference` with the rule that the name breaks.
    public init(_ text: String) throws(OCIError) {
        original = text
        if let at = text.firstIndex(of: "@") {
            let digest = String(text[text.index(after: at)...])
            guard !digest.contains("@") else { throw .invalidReference(text, reason: "more than one @") }
            do {
                selector = .digest(try Digest(digest))
            } catch {
                throw .invalidReference(text, reason: "the part after @ is no SHA-256 digest")
            }
            let (name, _) = try Self.splitTag(String(text[..<at]), of: text)
            (registry, repository) = try Self.splitRegistry(name, of: text)
        } else {
            let (name, tag) = try Self.splitTag(text, of: text)
            selector = .tag(tag ?? "latest")
            (registry, repository) = try Self.splitRegistry(name, of: text)
        }
    }

    /// The registry and repository, without tag or digest: `index.docker.io/library/ubuntu`.
    public var context: String { "\(registry)/\(repository)" }

    /// The tag or the digest as text.
    public var identifier: String {
        switch selector {
        case .tag(let tag): tag
        case .digest(let digest): digest.description
        }
    }

    /// The tag, `nil` for a digest reference.
    public var tag: String? {
        guard case .tag(let tag) = selector else { return nil }
        return tag
    }

    /// The digest, `nil` for a tag reference.
    public var digest: Digest? {
        guard case .digest(let digest) = selector else { return nil }
        return digest
    }

    /// The full name with registry and tag or digest.
    public var name: String {
        switch selector {
        case .tag(let tag): "\(context):\(tag)"
        case .digest(let digest): "\(context)@\(digest)"
        }
    }

    /// The full name of another image in the same repository.
    ///
    /// - Parameter digest: The digest of a manifest.
    /// - Returns: The name as registries' images are identified in labels and files.
    public func naming(_ digest: Digest) -> String { "\(context)@\(digest)" }

    /// The name as it was given.
    public var description: String { original }

    // MARK: - Rules

    /// Cuts the tag off, where a colon before a slash belongs to a registry's port.
    private static func splitTag(_ name: String, of text: String) throws(OCIError) -> (name: String, tag: String?) {
        guard let colon = name.lastIndex(of: ":") else { return (name, nil) }
        let tag = name[name.index(after: colon)...]
        guard !tag.contains("/") else { return (name, nil) }
        guard !tag.isEmpty else { throw .invalidReference(text, reason: "no tag after the colon") }
        guard tag.unicodeScalars.count <= 128 else {
            throw .invalidReference(text, reason: "the tag is longer than 128 characters")
        }
        for scalar in tag.unicodeScalars where !isTagCharacter(scalar) {
            throw .invalidReference(text, reason: "the tag has the character \"\(scalar)\"")
        }
        return (String(name[..<colon]), String(tag))
    }

    /// Cuts the registry off, where a first component without dot or colon belongs to a repository on Docker Hub.
    private static func splitRegistry(
        _ name: String,
        of text: String
    ) throws(OCIError) -> (registry: String, repository: String) {
        var registry = ""
        var repository = name
        if let slash = name.firstIndex(of: "/") {
            let first = name[..<slash]
            if first == "localhost" || first.contains(".") || first.contains(":") {
                registry = String(first)
                repository = String(name[name.index(after: slash)...])
            }
        }
        try checkRepository(repository, of: text)
        try checkRegistry(registry, of: text)
        if registry.isEmpty || registry == "docker.io" { registry = defaultRegistry }
        if registry == defaultRegistry, !repository.contains("/") { repository = "library/\(repository)" }
        return (registry, repository)
    }

    private static func checkRepository(_ repository: String, of text: String) throws(OCIError) {
        guard !repository.isEmpty else { throw .invalidReference(text, reason: "no repository") }
        guard repository.unicodeScalars.count <= 255 else {
            throw .invalidReference(text, reason: "the repository is longer than 255 characters")
        }
        for scalar in repository.unicodeScalars where !isRepositoryCharacter(scalar) {
            if ("A"..."Z").contains(scalar) {
                let reason = "the repository has the upper-case letter \"\(scalar)\"; repositories are in lower case"
                throw .invalidReference(text, reason: reason)
            }
            throw .invalidReference(text, reason: "the repository has the character \"\(scalar)\"")
        }
    }

    /// A registry is the host part of a URL: a name, an IPv4 or a bracketed IPv6 address, with an optional port.
    private static func checkRegistry(_ registry: String, of text: String) throws(OCIError) {
        var host = Substring(registry)
        if host.hasPrefix("[") {
            guard let close = host.firstIndex(of: "]") else {
                throw .invalidReference(text, reason: "the registry's address has no closing bracket")
            }
            let rest = host[host.index(after: close)...]
            guard rest.isEmpty || (rest.first == ":" && isPort(rest.dropFirst())) else {
                throw .invalidReference(text, reason: "the registry's port is no number")
            }
            host = host[..<close].dropFirst()
        } else if let colon = host.lastIndex(of: ":") {
            guard isPort(host[host.index(after: colon)...]) else {
                throw .invalidReference(text, reason: "the registry's port is no number")
            }
            host = host[..<colon]
        }
        for scalar in host.unicodeScalars where !isHostCharacter(scalar) {
            throw .invalidReference(text, reason: "the registry has the character \"\(scalar)\"")
        }
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func isLowercaseOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
    }

    private static func isRepositoryCharacter(_ scalar: Unicode.Scalar) -> Bool {
        isLowercaseOrDigit(scalar) || scalar == "_" || scalar == "-" || scalar == "." || scalar == "/"
    }

    private static func isTagCharacter(_ scalar: Unicode.Scalar) -> Bool {
        isLowercaseOrDigit(scalar) || ("A"..."Z").contains(scalar) || scalar == "_" || scalar == "-" || scalar == "."
    }

    /// What a URL's host may consist of, without percent-encoding.
    private static func isHostCharacter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x80 || isLowercaseOrDigit(scalar) || ("A"..."Z").contains(scalar)
            || "-_.~!$&'()*+,;=:[]<>\"".unicodeScalars.contains(scalar)
    }
}
