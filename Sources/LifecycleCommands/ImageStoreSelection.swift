import Console
import ImageStores
import OCI
import Phases
import PlatformModel

/// Makes the image stores that the inputs ask for.
struct ImageStoreSelection {
    let inputs: ResolvedInputs
    let environment: [String: String]
    let logger: Logger

    init(_ context: CommandContext<ResolvedInputs>) {
        inputs = context.inputs
        environment = context.environment
        logger = context.logger
    }

    /// Resolves the credentials for images, and makes the stores.
    ///
    /// To be called before privileges are dropped, as credentials may be readable by root only.
    ///
    /// - Parameter moreImages: Images that the inputs don't name.
    /// - Returns: The stores.
    /// - Throws: A `PhaseError` of kind `failed` when credentials are malformed, or a daemon can't be talked to;
    ///   `invalidArguments` when images are to be in a daemon and in layouts.
    func stores(for moreImages: [String] = []) throws(PhaseError) -> PhaseStores {
        guard !inputs.useDaemon || !inputs.useLayout else {
            throw PhaseError(
                .invalidArguments,
                failedTo: "resolve inputs",
                "-daemon and -layout exclude each other: images are in a docker daemon or in OCI layouts"
            )
        }
        let keychain = try wrapping(.failed, failedTo: "resolve keychain") {
            try Keychain.resolve(images: inputs.registryImages + moreImages, environment: environment)
        }
        for problem in keychain.problems { logger.warn(problem) }
        let registry = try registryStore(keychain)
        if inputs.useDaemon {
            return PhaseStores(images: try daemonStore(), registry: registry, kind: .daemon)
        }
        guard inputs.useLayout, !inputs.layoutDir.isEmpty else {
            return PhaseStores(images: registry, registry: registry, kind: .registry)
        }
        return PhaseStores(images: LayoutStore(layoutDir: inputs.layoutDir), registry: registry, kind: .layout)
    }

    private func daemonStore() throws(PhaseError) -> DaemonStore {
        var options = DaemonStore.Options()
        let logger = logger
        options.note = { logger.debug($0) }
        return try wrapping(.failed, failedTo: "initialize docker client") {
            try DaemonStore(environment: environment, options: options)
        }
    }

    private func registryStore(_ keychain: Keychain) throws(PhaseError) -> RegistryStore {
        var options = RegistryStore.Options()
        let logger = logger
        options.warn = { logger.warn($0) }
        return try wrapping(.failed) {
            try RegistryStore(
                keychain: keychain,
                insecureRegistries: inputs.insecureRegistries,
                environment: environment,
                options: options
            )
        }
    }
}

/// Finds out which run images can be read, before one is chosen.
struct ImageAccessCheck {
    let inputs: PlatformInputs
    let environment: [String: String]

    /// Whether an image can be read; layouts and daemons aren't asked, as a missing image is reported when it is
    /// opened.
    func check(_ image: String) -> ImageAccess {
        guard !inputs.useDaemon && !inputs.useLayout else { return .readable }
        guard let keychain = try? Keychain.resolve(images: [image], environment: environment),
            let store = try? RegistryStore(
                keychain: keychain,
                insecureRegistries: inputs.insecureRegistries,
                environment: environment
            )
        else { return .inaccessible }
        do {
            try store.checkReadAccess(image)
            return try store.open(image, platform: nil) == nil ? .missing : .readable
        } catch {
            return .inaccessible
        }
    }
}
