import Archive
public import HTTP
public import OCI
import POSIX
import Synchronization

/// The images of all registries.
public final class RegistryStore: ImageStore {
    /// How a store does its work.
    public struct Options: Sendable {
        /// How often failed requests are repeated.
        public var retries = RetryPolicy()
        /// How many blobs are sent at the same time.
        public var parallelUploads = 4
        /// Where blobs lie that do not fit into memory while they wait to be sent; `nil` for `TMPDIR`.
        public var temporaryDirectory: String?
        /// How long to wait for connections, and on silence.
        public var timeouts = HTTPTimeouts()
        /// How slow registries may be.
        public var pace = HTTPPace()
        /// Whether an image that may not be seen, or is not for the platform, is an error, rather than a missing image.
        public var isStrict = false
        /// Asked from time to time; `true` ends what is going on.
        public var isCancelled: @Sendable () -> Bool = { false }
        /// Told what deserves attention but is no error.
        public var warn: @Sendable (String) -> Void = { _ in }

        public init() {}
    }

    private let keychain: Keychain
    private let insecureRegistries: [String]
    private let connections: RegistryConnections
    private let sessions = Mutex<[RegistryHost: RegistrySession]>([:])
    private let options: Options
    private let temporaryDirectory: String

    /// Makes a store; nothing is connected yet.
    ///
    /// - Parameters:
    ///   - keychain: the credentials
    ///   - insecureRegistries: prefixes of image names for which plain HTTP and untrusted certificates are good enough
    ///   - environment: all variables by name; those for proxies, certificates and directories count
    ///   - options: how the store does its work
    /// - Throws: `OCIError` if the environment names a malformed proxy
    public init(
        keychain: Keychain,
        insecureRegistries: [String] = [],
        environment: [String: String],
        options: Options = Options()
    ) throws(OCIError) {
        self.keychain = keychain
        self.insecureRegistries = insecureRegistries.filter { !$0.isEmpty }
        self.options = options
        let named = environment["TMPDIR"] ?? ""
        temporaryDirectory = options.temporaryDirectory ?? (named.isEmpty ? "/tmp" : named)
        do throws(HTTPError) {
            connections = try RegistryConnections(
                environment: environment,
                pace: options.pace,
                connector: SocketTransport.tcp(
                    timeouts: options.timeouts,
                    pace: options.pace,
                    isCancelled: options.isCancelled
                )
            )
        } catch {
            throw .store(StoreFailure(kind: .other, message: "\(error)"))
        }
    }

    // MARK: - ImageStore

    /// Opens an image; one that may not be seen without credentials counts as one that does not exist, as registries do
    /// not tell the difference.
    public func open(_ reference: String, platform: OCIPlatform?) throws(OCIError) -> (any StoredImage)? {
        let parsed = try ImageReference(reference)
        let client = client(for: parsed)
        guard let raw = try manifest(parsed, parsed.identifier, client: client) else { return nil }
        return try image(parsed, raw, platform: platform ?? .current, client: client)
    }

    /// Looks for the image; that it does not exist is no error, only that we may not see it.
    public func checkReadAccess(_ reference: String) throws(OCIError) {
        let parsed = try ImageReference(reference)
        do throws(RegistryError) {
            _ = try client(for: parsed).hasManifest(parsed.repository, parsed.identifier)
        } catch {
            // Only a refusal means that there is no access; anything else shows when the image is needed.
            guard error.status == nil || error.status == 401 || error.status == 403 else { return }
            throw error.asOCIError
        }
    }

    /// Looks for the image, then begins an upload and cancels it.
    public func checkWriteAccess(_ reference: String) throws(OCIError) {
        try checkReadAccess(reference)
        let parsed = try ImageReference(reference)
        do throws(RegistryError) {
            try client(for: parsed).checkPush(parsed.repository)
        } catch {
            throw error.asOCIError
        }
    }

    /// The place to which an image with this name is written; nothing is sent yet.
    public func destination(for reference: String) throws(OCIError) -> any ImageDestination {
        let parsed = try ImageReference(reference)
        return RegistryDestination(
            parsed,
            client: client(for: parsed),
            clientFor: { self.client(for: $0) },
            options: options,
            temporaryDirectory: temporaryDirectory
        )
    }

    // MARK: - Sessions

    /// The client for an image's registry.
    ///
    /// Whether the registry is insecure depends on the whole name, as platforms may declare a single repository insecure.
    func client(for reference: ImageReference) -> RegistryClient {
        let host = RegistryHost(
            name: reference.registry,
            isInsecure: insecureRegistries.contains { reference.original.hasPrefix($0) }
        )
        let session = sessions.withLock { sessions in
            if let session = sessions[host] { return session }
            let session = RegistrySession(
                host: host,
                http: connections.client(verifiesPeer: !host.isInsecure),
                keychain: keychain,
                policy: options.retries
            )
            sessions[host] = session
            return session
        }
        return RegistryClient(session: session)
    }

    // MARK: - Manifests

    /// A manifest of an image's repository; `nil` if it does not exist.
    private func manifest(
        _ reference: ImageReference,
        _ identifier: String,
        client: RegistryClient
    ) throws(OCIError) -> RegistryClient.RawManifest? {
        do throws(RegistryError) {
            return try client.manifest(reference.repository, identifier)
        } catch {
            switch error.status {
            case 404: return nil
            case 401 where !options.isStrict:
                options.warn("\(error); treating the image as missing")
                return nil
            default: throw error.opening(reference.original)
            }
        }
    }

    /// The image of a manifest, or of the entry of an index for a platform.
    private func image(
        _ reference: ImageReference,
        _ raw: RegistryClient.RawManifest,
        platform: OCIPlatform,
        client: RegistryClient,
        depth: Int = 0
    ) throws(OCIError) -> RegistryImage? {
        let name = reference.original
        if raw.mediaType.rawValue.hasPrefix("application/vnd.docker.distribution.manifest.v1") {
            throw .malformed(
                document: "manifest of \(name)",
                reason: "schema 1 is obsolete and not supported, push the image again with a current tool"
            )
        }
        if try isIndex(raw, of: name) {
            guard depth < 4 else { throw .malformed(document: "index of \(name)", reason: "indexes within indexes") }
            let index = try ImageIndex(parsing: raw.bytes, of: name)
            guard let entry = index.manifest(for: platform) else {
                let error = OCIError.platformNotFound(platform: platform, image: name, available: index.platforms)
                guard !options.isStrict else { throw error }
                options.warn("\(error); treating it as missing")
                return nil
            }
            guard let child = try self.manifest(reference, entry.digest.description, client: client) else { return nil }
            return try image(reference, child, platform: platform, client: client, depth: depth + 1)
        }
        let manifest = try ImageManifest(parsing: raw.bytes, of: name)
        guard manifest.config.size <= Int64(RegistryClient.configLimit) else {
            throw .malformed(document: "manifest of \(name)", reason: "the config is too large")
        }
        var config: [UInt8] = []
        try client.readBlob(reference.repository, manifest.config) { config.append(contentsOf: $0) }
        client.session.known.add(manifest, in: reference.repository)
        return RegistryImage(
            reference: reference,
            raw: raw,
            manifest: manifest,
            config: try ImageConfig(parsing: config, of: name),
            client: client
        )
    }

    /// Whether a document is an index; some registries serve everything with a type that says nothing.
    private func isIndex(_ raw: RegistryClient.RawManifest, of name: String) throws(OCIError) -> Bool {
        if raw.mediaType.isIndex { return true }
        if raw.mediaType.isManifest { return false }
        return (try? ImageManifest(parsing: raw.bytes, of: name)) == nil
    }
}
