import Archive
import ImageStores
public import OCI
import POSIX
import Synchronization

/// The way to images outside of the local store: registries with their credentials, a daemon, files.
public final class RemoteImages: Sendable {
    /// How images are reached.
    public struct Options: Sendable {
        /// All variables by name; those for proxies, certificates, credentials, directories and the daemon count.
        public var environment: [String: String]
        /// Prefixes of image names for which plain HTTP and untrusted certificates are good enough.
        public var insecureRegistries: [String] = []
        /// Places that have copies of a registry's repositories (`mirror.test:5000`, `mirror.test/hub`), by the registry
        /// (`docker.io`); asked first, in order, and only for reading.
        public var mirrors: [String: [String]] = [:]
        /// Asked from time to time; `true` ends what is going on.
        public var isCancelled: @Sendable () -> Bool = { false }
        /// Told what deserves attention but is no error.
        public var warn: @Sendable (String) -> Void = { _ in }

        /// Makes the usual options.
        ///
        /// - Parameter environment: All variables by name.
        public init(environment: [String: String]) { self.environment = environment }
    }

    let options: Options
    private let registries = Mutex<[String: RegistryStore]>([:])

    /// Nothing is connected or read yet.
    ///
    /// - Parameter options: How images are reached.
    public init(_ options: Options) { self.options = options }

    /// Opens an image without fetching its layers.
    ///
    /// - Parameters:
    ///   - location: Where the image is; neither the store nor a root.
    ///   - platform: What it is to be for; `linux` on this processor by default.
    ///   - temporaryDir: Where a compressed archive, or what a daemon has, is kept meanwhile; `nil` for `TMPDIR`.
    /// - Returns: The image.
    /// - Throws: `LibraryError` that says what is there instead, which platforms there are, or who refuses.
    public func open(
        _ location: ImageLocation,
        platform: OCIPlatform? = nil,
        temporaryDir: String? = nil
    ) throws(LibraryError) -> any StoredImage {
        let wanted = platform ?? .current
        let found = try find(location, platform: wanted, temporaryDir: temporaryDir)
        let has = found.platform
        guard has.satisfies(OCIPlatform(os: wanted.os, architecture: wanted.architecture)) || has.os.isEmpty else {
            let error = OCIError.platformNotFound(platform: wanted, image: "\(location)", available: [has])
            throw .image(name: "\(location)", error)
        }
        return found
    }

    private func find(
        _ location: ImageLocation,
        platform: OCIPlatform,
        temporaryDir: String?
    ) throws(LibraryError) -> any StoredImage {
        switch location {
        case .registry(let reference):
            if let copy = mirrored(reference, platform: platform) { return copy }
            return try published(reference, platform: platform)
        case .layout(let directory, let tag): return try layout(directory, tag, "\(location)", platform)
        case .layoutArchive(let path, let tag):
            let file = try ArchiveFile(path: path, temporaryDirectory: temporaryDir)
            return try LayoutArchive(file).open("\(location)", tag: tag, platform: platform)
        case .dockerArchive(let path):
            let file = try ArchiveFile(path: path, temporaryDirectory: temporaryDir)
            return try DockerArchive(file).open("\(location)", platform: platform)
        case .daemon(let name): return try saved(name, "\(location)", platform, temporaryDir)
        case .store(let name): throw .notFound(name: name, place: "a place outside of the local store")
        case .root(let directory):
            throw .notAnImage(path: directory, reason: "it is the root of a file tree, of which nobody made an image")
        }
    }

    private func layout(
        _ directory: String,
        _ tag: String?,
        _ name: String,
        _ platform: OCIPlatform
    ) throws(LibraryError) -> any StoredImage {
        let layout = LayoutDirectory(path: directory)
        let index = try onImage(name) { () throws(OCIError) in try layout.readIndex() }
        guard let index else {
            guard FileSystem.exists(directory) else { throw .notFound(name: name, place: "the directory \(directory)") }
            throw .notAnImage(path: directory, reason: "expected an OCI layout, but index.json is missing")
        }
        return try onImage(name) { () throws(OCIError) in
            let descriptor = try layout.choose(from: index.named(tag, in: name), platform: platform, of: name)
            return try BlobImage(name, descriptor, in: layout)
        }
    }

    /// The image in the first mirror that has it.
    private func mirrored(_ reference: ImageReference, platform: OCIPlatform) -> (any StoredImage)? {
        let full = StoreName.full(reference)
        let host = full.prefix { $0 != "/" }
        for mirror in options.mirrors[String(host)] ?? options.mirrors[reference.registry] ?? [] {
            do {
                return try published(ImageReference(mirror + full.dropFirst(host.count)), platform: platform)
            } catch {
                options.warn("\(reference) is not taken from the mirror \(mirror): \(error)")
            }
        }
        return nil
    }

    private func published(
        _ reference: ImageReference,
        platform: OCIPlatform
    ) throws(LibraryError) -> any StoredImage {
        let store = try registry(for: [reference])
        let found = try onImage(reference.original) { () throws(OCIError) in
            try store.open(reference.original, platform: platform)
        }
        guard let found else { throw .notFound(name: reference.original, place: reference.registry) }
        return found
    }

    /// An image of the daemon, by way of a file.
    private func saved(
        _ name: String,
        _ title: String,
        _ platform: OCIPlatform,
        _ temporaryDir: String?
    ) throws(LibraryError) -> any StoredImage {
        let daemon = try onImage(title) { () throws(OCIError) in try DaemonStore(environment: options.environment) }
        let directory = temporaryDir ?? options.environment["TMPDIR"] ?? "/tmp"
        let path = Path.join(directory, "daemon-\(RandomBytes.hexadecimal(count: 8)).tar")
        let file = try system { () throws(POSIXError) in
            try OwnedDescriptor(opening: path, [.write, .create, .exclusive], mode: 0o600)
        }
        // Whoever has opened the file can still read it.
        defer { try? FileSystem.removeFile(path) }
        var failure: POSIXError?
        do throws(OCIError) {
            try daemon.save(name, platform: platform) { (piece) throws(OCIError) in
                do throws(POSIXError) {
                    try file.descriptor.writeAll(piece, path: path)
                } catch {
                    failure = error
                    throw .store(StoreFailure(kind: .other, message: "\(error)"))
                }
            }
        } catch {
            if let failure { throw .system(failure) }
            throw .image(name: title, error)
        }
        return try DockerArchive(try ArchiveFile(path: path, temporaryDirectory: directory))
            .open(title, platform: platform)
    }

    // MARK: - Registries

    /// The store for the repositories of references to one registry; credentials are read, and helpers asked, when it is
    /// first needed.
    func registry(for references: [ImageReference]) throws(LibraryError) -> RegistryStore {
        guard let reference = references.first else { throw .invalidName("", expected: "a reference") }
        let key = Set(references.map(\.context)).sorted().joined(separator: " ")
        return try registries.withLock { (registries) throws(LibraryError) in
            if let store = registries[key] { return store }
            let keychain: Keychain
            do throws(KeychainError) {
                keychain = try .resolve(images: references.map(\.original), environment: options.environment)
            } catch {
                let message = "credentials for \(reference.registry): \(error)"
                throw .image(name: reference.original, .store(StoreFailure(kind: .denied, message: message)))
            }
            var storeOptions = RegistryStore.Options()
            storeOptions.isStrict = true
            storeOptions.isCancelled = options.isCancelled
            storeOptions.warn = options.warn
            let store = try onImage(reference.original) { () throws(OCIError) in
                try RegistryStore(
                    keychain: keychain,
                    insecureRegistries: options.insecureRegistries,
                    environment: options.environment,
                    options: storeOptions
                )
            }
            registries[key] = store
            return store
        }
    }
}
