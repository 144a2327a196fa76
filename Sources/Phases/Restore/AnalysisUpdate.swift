import Archive
public import BuildpackModel
public import CNBCore
public import Console
public import OCI
import POSIX
public import PlatformModel

/// What the restorer looks up about build and run image, and adds to analyzed.toml, before it restores layers.
///
/// Image extensions may have chosen another run image since the analyzer ran, of which only the name is known. Besides,
/// the extender needs both images on disk.
public struct AnalysisUpdate: Sendable {
    /// What the update needs to know.
    public struct Inputs: Sendable {
        /// The Platform API.
        public var platformAPI: PlatformAPI
        /// The platform's inputs, resolved for the restore phase.
        public var platform: ResolvedInputs
        /// The buildpacks and extensions that take part in the build.
        public var group: Group
        /// What analyzed.toml says, `nil` where it is not there; or why it can't be read.
        public var found: Result<AnalysisMetadata?, PlatformModelError>

        public init(
            platformAPI: PlatformAPI,
            platform: ResolvedInputs,
            group: Group,
            found: Result<AnalysisMetadata?, PlatformModelError>
        ) {
            self.platformAPI = platformAPI
            self.platform = platform
            self.group = group
            self.found = found
        }
    }

    /// What to look up.
    private let inputs: Inputs
    /// Where images are.
    private let stores: PhaseStores
    /// Takes the images that the extender needs, at paths below `PlatformInputs.imagesToExtendDir`.
    private let imagesToExtend: any ImageStore
    /// Told what happens.
    private let logger: Logger

    public init(inputs: Inputs, stores: PhaseStores, imagesToExtend: any ImageStore, logger: Logger) {
        self.inputs = inputs
        self.stores = stores
        self.imagesToExtend = imagesToExtend
        self.logger = logger
    }

    /// Brings analyzed.toml up to date, and writes it.
    ///
    /// - Returns: What analyzed.toml says now.
    /// - Throws: A ``PhaseError`` of kind `failed` when an image that is needed can't be had.
    public func run() throws(PhaseError) -> AnalysisMetadata {
        let path = inputs.platform.analyzedPath
        var analysis = AnalysisMetadata()
        switch inputs.found {
        case .success(let found?): analysis = found
        case .success(nil): logger.warn("No analyzed metadata found at path \"\(path)\"")
        case .failure(let error):
            logger.warn("Not using analyzed data, usable file not found: \(error)")
            return analysis
        }
        try lookUpBuildImage(&analysis)
        let isMirror = try takeMirror(&analysis)
        try lookUpRunImage(&analysis, isMirror: isMirror)
        try analysis.write(path, logger: logger)
        return analysis
    }

    // MARK: The build image

    private func lookUpBuildImage(_ analysis: inout AnalysisMetadata) throws(PhaseError) {
        let name = inputs.platform.buildImage
        guard inputs.platformAPI.supports(.buildImageExtension), !name.isEmpty else { return }
        logger.debug("Pulling builder image metadata for \(name)...")
        let image = try wrapping(.failed, failedTo: "pull builder image \(name)") { try pull(name) }
        analysis.buildImage = image.identifier
        logger.debug("Adding build image info to analyzed metadata: ")
        logger.debug("{\"Reference\":\"\(image.identifier)\"}")
    }

    // MARK: The run image

    /// Makes sure that the run image which was chosen can still be read, and takes a mirror if it can't.
    ///
    /// - Returns: Whether a mirror was taken, of which only the name is known.
    private func takeMirror(_ analysis: inout AnalysisMetadata) throws(PhaseError) -> Bool {
        guard inputs.platformAPI.supports(.restorerRunImageCheck) else { return false }
        let runPath = inputs.platform.runPath
        guard let offered = try wrapping(.failed, { try RunTOML.read(runPath) }) else {
            logger.info("No run metadata found at path \"\(runPath)\"")
            return false
        }
        // Extensions may choose images that the platform hasn't offered.
        guard let name = analysis.runImage?.image, let names = offered.images.first(where: { $0.contains(name) }),
            stores.kind == .registry
        else { return false }
        do {
            try stores.images.checkReadAccess(name)
            return false
        } catch {
            let others = names.all.filter { $0 != name }
            guard let mirror = others.first(where: { (try? stores.images.open($0, platform: nil)) != nil }) else {
                throw PhaseError(.failed, "selected run image '\(name)' is not accessible: \(error)")
            }
            logger.warn("Using run image \"\(mirror)\", as \"\(name)\" is not accessible: \(error)")
            analysis.runImage?.image = mirror
            return true
        }
    }

    private func lookUpRunImage(_ analysis: inout AnalysisMetadata, isMirror: Bool) throws(PhaseError) {
        guard let runImage = analysis.runImage else { return }
        let image: any StoredImage
        // The extender finds images in registries only, also where the app image goes to a daemon.
        if runImage.extend && inputs.platformAPI.supports(.runImageExtension) && stores.kind != .layout {
            logger.debug("Pulling run image metadata for \(runImage.image)...")
            image = try wrapping(.failed, failedTo: "pull run image \(runImage.image)") { try pull(runImage.image) }
        } else if isMirror || needsTarget(runImage) {
            logger.debug("Updating run image info in analyzed metadata...")
            image = try open(runImage.image)
        } else {
            return
        }
        logger.debug("Run image info in analyzed metadata was: ")
        logger.debug(analysis.runImage.summary)
        analysis.runImage?.reference = image.identifier
        analysis.runImage?.target = inputs.platformAPI.supports(.targetData) ? RunImageTarget(analyzing: image) : nil
        logger.debug("Run image info in analyzed metadata is: ")
        logger.debug(analysis.runImage.summary)
    }

    private func open(_ name: String) throws(PhaseError) -> any StoredImage {
        let image = try wrapping(.failed, failedTo: "get run image \(name)") {
            try stores.images.open(name, platform: nil)
        }
        guard let image else { throw PhaseError(.failed, "failed to get run image \(name)") }
        return image
    }

    /// Whether the run image was chosen by an extension, so that nobody has looked at it yet.
    private func needsTarget(_ runImage: AnalyzedRunImage) -> Bool {
        inputs.platformAPI.supports(.restorerUpdatesAnalyzed) && !inputs.group.extensions.isEmpty
            && (runImage.target?.os ?? "").isEmpty
    }

    // MARK: Images to extend

    /// Opens an image in a registry, and saves it for the extender.
    private func pull(_ name: String) throws(PullError) -> any StoredImage {
        let image: (any StoredImage)?
        do {
            image = try stores.registry.open(name, platform: nil)
            if let image { try save(image) }
        } catch {
            throw .store(error)
        }
        guard let image else { throw .notFound }
        return image
    }

    private func save(_ image: any StoredImage) throws(OCIError) {
        let path = Path.join(inputs.platform.imagesToExtendDir, image.manifestDigest.description)
        logger.debug("Saving image metadata to \(path)...")
        let destination = try imagesToExtend.destination(for: path)
        for layer in image.manifest.layers { try destination.adopt(layer, from: image) }
        var config: [UInt8] = []
        try image.readBlob(image.manifest.config) { config.append(contentsOf: $0) }
        let results = try destination.commit(
            manifest: image.manifest.bytes,
            mediaType: image.manifest.mediaType ?? .ociManifest,
            config: config,
            references: [path]
        )
        if let error = results.lazy.compactMap(\.error).first { throw error }
    }
}

/// Why an image can't be had.
private enum PullError: Error, CustomStringConvertible {
    case notFound
    case store(OCIError)

    var description: String {
        switch self {
        case .notFound: "failed to get remote image"
        case .store(let error): error.description
        }
    }
}
