public import OCI

/// The credentials that a process may need, resolved once: nothing is read and no helper runs afterwards, so the
/// process can give up its privileges.
///
/// `CNB_REGISTRY_AUTH` comes before Docker's configuration. Within one source the entry with the longest matching path
/// counts, so `registry.example.com/team` beats `registry.example.com`.
public struct Keychain: Sendable {
    /// Knows no credentials: everything is anonymous.
    public static let anonymous = Keychain(entries: [], places: [])

    /// One source's entries: what `Keychain` searches in order.
    struct Source: Sendable {
        /// Credentials by registry and path, in the form of `Keychain.key(_:)`; a malformed one only counts when it is
        /// needed.
        var entries: [String: Result<SourcedCredential, KeychainError>] = [:]
        /// Whether an entry with a path also serves other paths of its registry if nothing fits better.
        var sharesPaths = false
    }

    /// What went wrong while the sources were read, one line for each; none of it is fatal by itself.
    public private(set) var problems: [String] = []
    /// The places that were searched, as messages name them.
    public private(set) var places: [String]
    private var sources: [Source]

    init(entries sources: [Source], places: [String], problems: [String] = []) {
        (self.sources, self.places, self.problems) = (sources, places, problems)
    }

    /// Reads all sources, and asks the credential helpers that the configuration names for the given images.
    ///
    /// - Parameters:
    ///   - images: the names of all images that will be used; malformed names are ignored here
    ///   - environment: all variables by name
    /// - Returns: the keychain
    /// - Throws: `KeychainError` if `CNB_REGISTRY_AUTH` is not an object of strings
    public static func resolve(
        images: [String],
        environment: [String: String]
    ) throws(KeychainError) -> Keychain {
        let references = images.compactMap { try? ImageReference($0) }
        let fromEnvironment = try EnvironmentCredentials.source(environment: environment)
        var keychain = Keychain(entries: [fromEnvironment], places: [EnvironmentCredentials.variable])
        guard let path = DockerConfiguration.path(environment: environment) else {
            keychain.places.append("~/.docker/config.json")
            return keychain
        }
        keychain.places.append(path)
        do throws(KeychainError) {
            let configuration = try DockerConfiguration(path: path)
            let resolved = configuration.source(for: references, environment: environment)
            keychain.sources.append(resolved.source)
            keychain.problems = resolved.problems
        } catch {
            // As in the reference, requests are anonymous then; the message is for the case that access is denied.
            keychain.problems.append(error.description)
        }
        return keychain
    }

    /// The credential for a repository.
    ///
    /// - Parameter reference: any image of the repository
    /// - Returns: the credential, `nil` to be anonymous
    /// - Throws: `KeychainError` if the entry that counts is malformed
    public func credential(for reference: ImageReference) throws(KeychainError) -> SourcedCredential? {
        try credential(registry: reference.registry, repository: reference.repository)
    }

    func credential(registry: String, repository: String) throws(KeychainError) -> SourcedCredential? {
        for source in sources {
            if let found = Self.bestMatch(source, registry: registry, repository: repository) { return try found.get() }
        }
        return nil
    }

    private static func bestMatch(
        _ source: Source,
        registry: String,
        repository: String
    ) -> Result<SourcedCredential, KeychainError>? {
        var path = Substring("\(registry)/\(repository)")
        while true {
            if let found = source.entries[String(path)] { return found }
            guard let slash = path.lastIndex(of: "/") else { break }
            path = path[..<slash]
        }
        guard source.sharesPaths else { return nil }
        return source.entries.filter { $0.key.hasPrefix("\(registry)/") }.min { $0.key < $1.key }?.value
    }

    /// The common form of the ways in which sources name a registry: no scheme, no API version, no final slash, and one
    /// name for Docker Hub.
    static func key(_ name: some StringProtocol) -> String {
        var key = Substring(name)
        for scheme in ["https://", "http://"] where key.hasPrefix(scheme) { key = key.dropFirst(scheme.count) }
        while key.hasSuffix("/") { key.removeLast() }
        for version in ["/v1", "/v2"] where key.hasSuffix(version) { key = key.dropLast(version.count) }
        let host = key.prefix { $0 != "/" }
        let path = key[host.endIndex...]
        let isDockerHub = ["docker.io", "registry-1.docker.io", "registry.hub.docker.com"].contains(host)
        return (isDockerHub ? ImageReference.defaultRegistry : host.lowercased()) + path
    }
}

/// A source of credentials that cannot be used.
public struct KeychainError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, without the secret that it is wrong with.
    public let description: String

    init(_ description: String) { self.description = description }
}
