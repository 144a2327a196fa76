import Archive
import ImageLibrary
import OCI

/// Where a build gets images from: the local store, and through it registries, daemons and files.
final class ImageSource: Sendable {
    let store: LocalStore
    let lease: StoreLease
    let remote: RemoteImages
    private let policy: PullPolicy
    private let platform: OCIPlatform?
    private let cancellation: Cancellation

    init(
        home: SlipwayHome,
        request: BuildRequest,
        platform: OCIPlatform?,
        environment: [String: String],
        cancellation: Cancellation,
        report: @escaping @Sendable (BuildEvent) -> Void
    ) throws(BuildError) {
        var options = RemoteImages.Options(environment: environment)
        options.insecureRegistries = request.insecureRegistries
        options.isCancelled = { cancellation.isCancelled }
        options.warn = { report(.warning($0)) }
        for mirror in request.registryMirrors {
            let registry = mirror.name == "docker.io" ? ImageReference.defaultRegistry : mirror.name
            options.mirrors[registry, default: []].append(mirror.value)
        }
        remote = RemoteImages(options)
        policy = PullPolicy(request.pull)
        (self.platform, self.cancellation) = (platform, cancellation)
        do throws(LibraryError) {
            store = try LocalStore(path: home.storeDir)
            lease = try store.lease()
        } catch {
            throw BuildError(error)
        }
    }

    /// Takes an image into the store, whole.
    func pull(_ location: ImageLocation) throws(BuildError) -> any StoredImage {
        do throws(LibraryError) {
            return try fetch(location)
        } catch {
            throw BuildError(error)
        }
    }

    /// Takes an image into the store, whole.
    func fetch(_ location: ImageLocation) throws(LibraryError) -> any StoredImage {
        try store.pull(location, platform: platform, policy: policy, from: remote, holding: lease)
    }

    /// Opens an image of a registry without fetching its layers; from the store where it may be.
    func open(_ reference: ImageReference) throws(LibraryError) -> any StoredImage {
        if policy != .always, let known = try store.image(named: reference.original, platform: platform) {
            return known
        }
        guard policy != .never else { throw .notInStore(name: reference.original) }
        return try remote.open(.registry(reference), platform: platform)
    }

    /// The file tree of an image in the store.
    func root(of image: any StoredImage) throws(BuildError) -> String {
        do throws(LibraryError) {
            return try store.root(of: image, holding: lease, cancellation: cancellation).path
        } catch {
            throw BuildError(error)
        }
    }
}

extension PullPolicy {
    fileprivate init(_ choice: BuildRequest.PullChoice) {
        self =
            switch choice {
            case .always: .always
            case .missing: .missing
            case .never: .never
            }
    }
}

extension BuildError {
    /// The failure that an error of the image library is.
    init(_ error: LibraryError) {
        let help: String? =
            switch error {
            case _ where error.isFullDisk: Self.roomHelp
            case .notInStore: "pull it once without --pull never, or name a file or directory that holds it"
            case .notFound:
                "check the name; for an image of a file, write oci:DIR, oci-archive:FILE or docker-archive:FILE"
            case .notAnImage:
                "name a file or directory that holds an image: oci:DIR, oci-archive:FILE or docker-archive:FILE"
            case .image(_, .store(let failure)): Self.help(failure.kind)
            case .image(_, .platformNotFound): "choose one of these with --platform, or another image"
            default: nil
            }
        self.init(error.isUsage ? .usage : .failed, "\(error)", help: help)
    }
}

extension BuildError {
    private static func help(_ failure: StoreFailure.Kind) -> String? {
        switch failure {
        case .unreachable:
            "check the name and the network; without a registry, an image can be of a file: oci:DIR, oci-archive:FILE"
        case .denied: "log in to the registry, for instance with `docker login`; `slipway doctor` lists credentials"
        case .notFound: "check the name of the image"
        case .other: nil
        }
    }
}

extension LibraryError {
    fileprivate var isUsage: Bool {
        if case .invalidName = self { true } else { false }
    }
}
